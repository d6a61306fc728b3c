package org.jacreg.attacks.onnx;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.ByteString;

/** An ONNX file under construction, of opset 13; the batch is a named dimension, as exporters write it. */
final class OnnxGraph {

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("network");
    private final boolean doubles;
    private final Random random;

    OnnxGraph(boolean doubles, long seed) {
        this.doubles = doubles;
        this.random = new Random(seed);
    }

    private int type() {
        return (doubles ? TensorProto.DataType.DOUBLE : TensorProto.DataType.FLOAT).getNumber();
    }

    OnnxGraph input(String name, long... sampleShape) {
        graph.addInput(value(name, sampleShape));
        return this;
    }

    OnnxGraph output(String name, long... sampleShape) {
        graph.addOutput(value(name, sampleShape));
        return this;
    }

    /** Normal numbers times a scale, as bytes, lowest first. */
    OnnxGraph weight(String name, double scale, long... shape) {
        int length = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        ByteBuffer bytes = ByteBuffer.allocate(length * (doubles ? 8 : 4)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < length; i++) {
            double number = scale * random.nextGaussian();
            if (doubles) {
                bytes.putDouble(number);
            } else {
                bytes.putFloat((float) number);
            }
        }
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(type())
                .setRawData(ByteString.copyFrom(bytes.flip()));
        Arrays.stream(shape).forEach(tensor::addDims);
        graph.addInitializer(tensor);
        return this;
    }

    OnnxGraph node(String op, String output, List<String> inputs, AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType(op)
                .setName(output)
                .addAllInput(inputs)
                .addOutput(output)
                .addAllAttribute(Arrays.asList(attributes)));
        return this;
    }

    void write(Path file) throws IOException {
        ModelProto model = ModelProto.newBuilder()
                .setIrVersion(7)
                .setProducerName("jacreg tests")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(13))
                .setGraph(graph)
                .build();
        try (OutputStream out = Files.newOutputStream(file)) {
            model.writeTo(out);
        }
    }

    static AttributeProto integers(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        Arrays.stream(values).forEach(attribute::addInts);
        return attribute.build();
    }

    static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto number(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value)
                .build();
    }

    /** All four attributes of Gemm: the importer does not know the defaults. */
    static AttributeProto[] product(double beta, boolean transposeRight) {
        return new AttributeProto[] {
            number("alpha", 1),
            number("beta", (float) beta),
            integer("transA", 0),
            integer("transB", transposeRight ? 1 : 0)
        };
    }

    private ValueInfoProto value(String name, long... sampleShape) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("N"));
        Arrays.stream(sampleShape)
                .forEach(d ->
                        shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(d)));
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type())
                                .setShape(shape)))
                .build();
    }
}
