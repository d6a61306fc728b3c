package org.jacreg.examples.readme;

import org.jacreg.attacks.AttackResult;
import org.jacreg.attacks.Pgd;
import org.jacreg.classifier.Classifier;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.jacobian.JacobianNorms;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.regularizer.RegularizedGraph;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.weightinit.impl.XavierInitScheme;

/** The README's example; {@link ReadmeTest} holds the two together. */
final class ReadmeExample {

    record Outcome(AttackResult attacked, double robustAccuracy, JacobianNorms norms) {}

    private ReadmeExample() {}

    static Outcome run(DataSetIterator train, INDArray images, INDArray labels) {
        // README begins
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("input", DataType.FLOAT, -1, 784);
        SDVariable y = sd.placeHolder("label", DataType.FLOAT, -1, 10);
        SDVariable w1 = sd.var("w1", new XavierInitScheme('c', 784, 100), DataType.FLOAT, 784, 100);
        SDVariable w2 = sd.var("w2", new XavierInitScheme('c', 100, 10), DataType.FLOAT, 100, 10);
        SDVariable logits = sd.nn().relu(x.mmul(w1), 0).mmul("logits", w2);
        sd.loss().softmaxCrossEntropy("loss", y, logits, null);
        sd.setTrainingConfig(TrainingConfig.builder()
                .updater(new Adam(1e-3))
                .dataSetFeatureMapping("input")
                .dataSetLabelMapping("label")
                .build());

        RegularizedGraph g = JacobianRegularizer.frobenius(sd).lambda(0.01).attach();
        sd.fit(train, 1);
        g.detach();

        Classifier model = Classifier.of(sd).bounds(0, 1).build();
        AttackResult attacked =
                Pgd.linf(0.1).steps(10).stepSize(0.02).seed(1).build().attack(model, images, labels);
        double robustAccuracy = attacked.robustAccuracy();
        JacobianNorms norms = Jacobian.of(sd).norms(images);
        // README ends
        return new Outcome(attacked, robustAccuracy, norms);
    }
}
