package org.jacreg.training;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.regularizer.SurrogateLoss;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** A way to attach penalties to a graph. */
record Attached(String name, Consumer<SameDiff> attach) {

    static List<Attached> all() {
        return List.of(
                new Attached(
                        "frobenius",
                        sd -> JacobianRegularizer.frobenius(sd).lambda(0.1).attach()),
                new Attached(
                        "l11", sd -> JacobianRegularizer.l11(sd).lambda(0.1).attach()),
                new Attached(
                        "spectral",
                        sd -> JacobianRegularizer.spectral(sd).lambda(0.1).attach()),
                new Attached(
                        "projected",
                        sd -> JacobianRegularizer.frobenius(sd)
                                .projections(1)
                                .lambda(0.1)
                                .attach()),
                new Attached(
                        "surrogate", sd -> SurrogateLoss.linf(sd).epsilon(0.1).attach()),
                new Attached(
                        "surrogate in l2",
                        sd -> SurrogateLoss.l2(sd).epsilon(0.1).attach()),
                new Attached(
                        "scheduled",
                        sd -> JacobianRegularizer.frobenius(sd)
                                .lambda(new MapSchedule(ScheduleType.ITERATION, Map.of(0, 0.0, 2, 0.1, 5, 0.3)))
                                .attach()),
                new Attached(
                        "several",
                        sd -> JacobianRegularizer.attachAll(
                                JacobianRegularizer.frobenius(sd).lambda(0.1),
                                JacobianRegularizer.l11(sd)
                                        .lambda(new MapSchedule(ScheduleType.EPOCH, Map.of(0, 0.01, 2, 0.2))))));
    }

    void to(SameDiff sd) {
        attach.accept(sd);
    }

    @Override
    public String toString() {
        return name;
    }
}
