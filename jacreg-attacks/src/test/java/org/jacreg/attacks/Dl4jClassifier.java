package org.jacreg.attacks;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.jacreg.classifier.LossGradient;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A DL4J network as a classifier, through DL4J's own passes. Its last layer gives logits: it is dense with the identity as its activation,
 * not an output layer, and gradients come back through DL4J's door for errors computed elsewhere.
 *
 * @param net the network; one thread at a time may use it
 * @param inputShape the shape of a sample
 * @param classes the number of logits
 */
record Dl4jClassifier(MultiLayerNetwork net, long[] inputShape, int classes) implements Classifier {

    /** {@code [N, 1, 5, 5]} - conv 2x2 to 3 channels - tanh - average pooling 2x2 - dense to 3 logits. */
    static Dl4jClassifier random(long seed) {
        MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(seed)
                .dataType(DataType.FLOAT)
                .weightInit(WeightInit.XAVIER)
                .list()
                .layer(new ConvolutionLayer.Builder(2, 2)
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build())
                .layer(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build())
                .layer(new DenseLayer.Builder()
                        .nOut(3)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.convolutional(5, 5, 1))
                .build();
        MultiLayerNetwork net = new MultiLayerNetwork(configuration);
        net.init();
        // steep enough for small perturbations to matter
        net.params().muli(4);
        return new Dl4jClassifier(net, new long[] {1, 5, 5}, 3);
    }

    @Override
    public DataType dataType() {
        return DataType.FLOAT;
    }

    @Override
    public InputBox box() {
        return new InputBox(0, 1);
    }

    @Override
    public INDArray logits(INDArray x) {
        return net.output(x.dup('c'), false).dup('c');
    }

    @Override
    public INDArray vjp(INDArray x, INDArray cotangent) {
        net.setInput(x.dup('c'));
        net.feedForward(false, false);
        INDArray gradient = net.backpropGradient(cotangent.dup('c'), LayerWorkspaceMgr.noWorkspaces())
                .getSecond()
                .dup('c');
        net.clear();
        return gradient;
    }

    @Override
    public LossGradient crossEntropyGradient(INDArray x, int[] labels) {
        INDArray logits = logits(x);
        double[][] z = logits.toDoubleMatrix();
        double[][] cotangents = new double[labels.length][classes];
        double[] loss = new double[labels.length];
        for (int n = 0; n < labels.length; n++) {
            loss[n] = ClosedFormNet.crossEntropy(z[n], labels[n]);
            for (int c = 0; c < classes; c++) {
                cotangents[n][c] = Math.exp(-ClosedFormNet.crossEntropy(z[n], c)) - (c == labels[n] ? 1 : 0);
            }
        }
        INDArray pulled = vjp(x, Nd4j.createFromArray(cotangents).castTo(DataType.FLOAT));
        return new LossGradient(Nd4j.createFromArray(loss).castTo(DataType.FLOAT), logits, pulled);
    }
}
