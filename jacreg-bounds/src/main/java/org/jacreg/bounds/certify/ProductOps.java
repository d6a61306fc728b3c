package org.jacreg.bounds.certify;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ops.ScalarOp;

/** Reads products and quotients of sample-dependent values, and the powers, roots and exponentials that come with them. */
final class ProductOps {

    private static final Map<String, Curve> CURVES = Map.of(
            "square", Curve.SQUARE,
            "Reciprocal", Curve.RECIPROCAL,
            "sqrt", Curve.SQUARE_ROOT,
            "rsqrt", Curve.INVERSE_ROOT,
            "exp", Curve.EXPONENTIAL,
            "log", Curve.LOGARITHM);

    private ProductOps() {}

    static void register(Map<String, OpReaders.NodeReader> readers) {
        CURVES.forEach((name, curve) -> readers.put(name, context -> curve(context, curve)));
        readers.put("multiply", ProductOps::product);
        readers.put("divide", context -> quotient(context, 0, 1));
        readers.put("realdiv", context -> quotient(context, 0, 1));
        readers.put("reversedivide", context -> quotient(context, 1, 0));
        readers.put("rdiv_scalar", ProductOps::quotientOfNumber);
        readers.put("squaredsubtract", ProductOps::squaredDifference);
        readers.put("pow", ProductOps::power);
        readers.put("cube", ProductOps::cube);
        readers.put("matmul", MatrixOps::product);
    }

    /** Whether it is a curve, or a product of values of one shape. */
    static boolean numberByNumber(OpContext context) {
        List<String> data = context.dataInputs();
        return CURVES.containsKey(context.op().opName())
                || (data.size() == 2
                        && context.op().opName().equals("multiply")
                        && Arrays.equals(context.sampleShape(data.get(0)), context.sampleShape(data.get(1))));
    }

    /** Such an op on values of several rows for a sample. */
    static int ofRows(OpContext context) {
        Curve curve = CURVES.get(context.op().opName());
        return curve == null ? product(context) : curve(context, curve);
    }

    private static int curve(OpContext context, Curve curve) {
        if (context.op().inputs().size() != 1) {
            throw new Obstacle(
                    "no rule is known for it with " + context.op().inputs().size() + " operands");
        }
        return curve(context, context.node(context.dataInputs().get(0)), curve);
    }

    static int curve(OpContext context, int from, Curve curve) {
        int size = context.builder().size(from);
        return context.builder().put(new CurveNode(context.name(), size, from, curve));
    }

    private static int product(OpContext context) {
        List<String> data = context.dataInputs();
        if (data.size() == 1) {
            return LayerOps.read(context);
        }
        return product(context, context.node(data.get(0)), context.node(data.get(1)));
    }

    /** The product of nodes that hold the op's operands, in their shapes. */
    private static int product(OpContext context, int a, int b) {
        if (a == b) {
            return curve(context, a, Curve.SQUARE);
        }
        int gelu = context.builder().size(a) == context.builder().size(b)
                ? new GeluPattern(context.builder()).read(context.name(), a, b)
                : -1;
        if (gelu >= 0) {
            return gelu;
        }
        List<String> data = context.dataInputs();
        if (RowOps.apply(context)) {
            int[] all = new int[context.builder().size(a)];
            Arrays.setAll(all, i -> i);
            return pairs(context, a, b, all, all);
        }
        int[] shape = context.sampleShape(context.name());
        int[] left = JoiningOps.spreadIndices(data.get(0), context.sampleShape(data.get(0)), shape);
        int[] right = JoiningOps.spreadIndices(data.get(1), context.sampleShape(data.get(1)), shape);
        return pairs(context, a, b, left, right);
    }

    /** Products of numbers {@code left[i]} of one node and {@code right[i]} of another. */
    static int pairs(OpContext context, int a, int b, int[] left, int[] right) {
        BoundGraphBuilder builder = context.builder();
        int before = builder.size(a);
        int both = builder.concatenate(a, b);
        int[] behind = Arrays.stream(right).map(i -> before + i).toArray();
        return builder.put(new ProductNode(context.name(), both, left.clone(), behind));
    }

    private static int quotient(OpContext context, int dividend, int divisor) {
        List<String> inputs = context.op().inputs();
        List<String> data = context.dataInputs();
        if (data.size() == 1 && data.get(0).equals(inputs.get(dividend))) {
            return LayerOps.read(context);
        }
        int inverse = curve(context, context.node(inputs.get(divisor)), Curve.RECIPROCAL);
        if (data.size() == 1) {
            int[] shape = context.sampleShape(context.name());
            if (!Arrays.equals(shape, context.sampleShape(data.get(0)))) {
                throw new Obstacle("its divisor is repeated; repeat it by another op before");
            }
            return scaled(context, inverse, context.layers().spread(inputs.get(dividend), shape));
        }
        return dividend == 0
                ? product(context, context.node(inputs.get(0)), inverse)
                : product(context, inverse, context.node(inputs.get(1)));
    }

    private static int quotientOfNumber(OpContext context) {
        int inverse = curve(context, context.node(context.dataInputs().get(0)), Curve.RECIPROCAL);
        double[] dividend = new double[context.builder().size(inverse)];
        Arrays.fill(dividend, number(context));
        return scaled(context, inverse, dividend);
    }

    private static int squaredDifference(OpContext context) {
        List<String> data = context.dataInputs();
        if (data.size() != 1) {
            return curve(context, JoiningOps.sum(context, -1), Curve.SQUARE);
        }
        List<String> inputs = context.op().inputs();
        String other = inputs.get(inputs.get(0).equals(data.get(0)) ? 1 : 0);
        int[] shape = context.sampleShape(context.name());
        double[] shift = Arrays.stream(context.layers().spread(other, shape))
                .map(c -> -c)
                .toArray();
        double[] ones = new double[shift.length];
        Arrays.fill(ones, 1);
        int from = context.node(data.get(0));
        return curve(
                context, context.builder().linear(context.name(), from, new DiagonalMap(ones), shift), Curve.SQUARE);
    }

    private static int power(OpContext context) {
        double exponent = number(context);
        if (exponent == 3) {
            return cube(context);
        }
        Curve curve = exponent == 2
                ? Curve.SQUARE
                : exponent == -1
                        ? Curve.RECIPROCAL
                        : exponent == 0.5 ? Curve.SQUARE_ROOT : exponent == -0.5 ? Curve.INVERSE_ROOT : null;
        if (curve == null) {
            throw new Obstacle("its exponent is " + exponent + ", wanted 2, 3, -1, 0.5 or -0.5");
        }
        return curve(context, context.node(context.dataInputs().get(0)), curve);
    }

    private static int cube(OpContext context) {
        int x = context.node(context.dataInputs().get(0));
        int[] all = new int[context.builder().size(x)];
        Arrays.setAll(all, i -> i);
        return pairs(context, x, curve(context, x, Curve.SQUARE), all, all);
    }

    private static int scaled(OpContext context, int from, double[] scale) {
        return context.builder().linear(context.name(), from, new DiagonalMap(scale), new double[scale.length]);
    }

    private static double number(OpContext context) {
        if (context.op().function() instanceof ScalarOp op && op.scalar() != null) {
            return op.scalar().getDouble(0);
        }
        throw new Obstacle("it is of an unknown form, "
                + context.op().function().getClass().getSimpleName());
    }
}
