package org.jacreg.bounds.covering;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.DiagonalMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/** A small network {@code W_L tanh(... tanh(W_1 x))} in Commons Math. */
record TanhNet(List<RealMatrix> weights) {

    static TanhNet random(RandomGenerator random, int depth, int widest, double size) {
        List<RealMatrix> weights = new ArrayList<>();
        int in = 1 + random.nextInt(widest);
        for (int l = 0; l < depth; l++) {
            int out = 1 + random.nextInt(widest);
            weights.add(gaussian(random, out, in).scalarMultiply(size));
            in = out;
        }
        return new TanhNet(weights);
    }

    static RealMatrix gaussian(RandomGenerator random, int rows, int columns) {
        RealMatrix m = new Array2DRowRealMatrix(rows, columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                m.setEntry(i, j, random.nextGaussian());
            }
        }
        return m;
    }

    TanhNet near(RandomGenerator random, double distance) {
        return new TanhNet(weights.stream()
                .map(w -> w.add(gaussian(random, w.getRowDimension(), w.getColumnDimension())
                        .scalarMultiply(distance)))
                .toList());
    }

    int inputs() {
        return weights.get(0).getColumnDimension();
    }

    RealVector output(RealVector x) {
        RealVector h = x;
        for (int l = 0; l < weights.size(); l++) {
            RealVector a = weights.get(l).operate(h);
            h = l == weights.size() - 1 ? a : a.map(Math::tanh);
        }
        return h;
    }

    RealMatrix jacobian(RealVector x) {
        RealVector h = x;
        RealMatrix j = null;
        for (int l = 0; l < weights.size(); l++) {
            RealMatrix w = weights.get(l);
            RealVector a = w.operate(h);
            j = j == null ? w : w.multiply(j);
            h = a.map(Math::tanh);
            if (l < weights.size() - 1) {
                j = new DiagonalMatrix(h.map(t -> 1 - t * t).toArray()).multiply(j);
            }
        }
        return j;
    }

    static double operator(RealMatrix m) {
        return new SingularValueDecomposition(m).getNorm();
    }

    static RealVector onSphere(RandomGenerator random, int dimension, double radius) {
        RealVector v = new ArrayRealVector(dimension);
        for (int i = 0; i < dimension; i++) {
            v.setEntry(i, random.nextGaussian());
        }
        return v.mapMultiply(radius / v.getNorm());
    }
}
