package org.jacreg.networks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jacreg.nets.SmallNets;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.regularizer.RegularizedGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Before it runs, a session of SameDiff walks from the wanted variables to their inputs, level by level, and takes a variable
 * as often as there are shortest ways to it: where a graph forks and joins over and over, with ways of equal length, that is
 * twice as often at every fork, and the session seems to hang (docs/nd4j-bugs.md). What we emit must not be like that.
 */
class SubgraphWalkTest {

    private static final long CAP = 1_000_000;

    private enum Deep {
        /** 24 tanh layers. */
        CHAIN {
            @Override
            SameDiff build() {
                int[] widths = new int[25];
                Arrays.fill(widths, 4);
                return SmallNets.mlp(DataType.FLOAT, 3, widths);
            }
        },
        /** 24 layers of two branches; on the way back both are three ops long. */
        BRANCHES {
            @Override
            SameDiff build() {
                GraphParts parts = new GraphParts(DataType.FLOAT, 61, 4);
                SDVariable h = parts.x;
                for (int i = 0; i < 24; i++) {
                    h = parts.dense(h, 1, 4, 4);
                    h = parts.sd.math().max(parts.sd.math().neg(h), parts.dense(h, 1, 4, 4));
                }
                return parts.classes(h, 4, 3);
            }
        },
        /** 8 blocks. */
        RESIDUAL {
            @Override
            SameDiff build() {
                return ResidualNetwork.build(DataType.FLOAT, 16, 3, 2, 2, 2, 2);
            }
        },
        LSTM {
            @Override
            SameDiff build() {
                return RecurrentNetworks.lstm(DataType.FLOAT, 2, 12, 2, 3);
            }
        },
        GRU {
            @Override
            SameDiff build() {
                return RecurrentNetworks.gru(DataType.FLOAT, 2, 12, 2, 3);
            }
        },
        ATTENTION {
            @Override
            SameDiff build() {
                return Transformer.build(DataType.FLOAT, Transformer.Attention.WRITTEN_OUT, 6, 3, 4, 2, 3);
            }
        },
        ATTENTION_OP {
            @Override
            SameDiff build() {
                return Transformer.build(DataType.FLOAT, Transformer.Attention.BUILT_IN, 6, 3, 4, 2, 3);
            }
        };

        abstract SameDiff build();
    }

    /** Twice a variable in the mean, measured; one pair of equal ways per layer would be a thousand times and more. */
    @ParameterizedTest
    @EnumSource
    void theSessionsWalkIsNoLongerThanAFewTimesTheGraph(Deep network) {
        for (int projections = 0; projections < 2; projections++) {
            SameDiff sd = network.build();
            JacobianRegularizer regularizer = JacobianRegularizer.frobenius(sd);
            RegularizedGraph graph = (projections == 0 ? regularizer : regularizer.projections(1)).attach();
            assertThat(visitsPerVariable(sd, List.of(graph.penalty().name()))).isLessThan(4);
            assertThat(visitsPerVariable(sd.getFunction("grad"), wantedByFit(sd)))
                    .isLessThan(4);
        }
    }

    /** The walk is as it is described: a chain of products of a variable by itself doubles the visits of every link. */
    @Test
    void equalWaysDouble() {
        SameDiff sd = SameDiff.create();
        SDVariable h = sd.placeHolder("x", DataType.FLOAT, -1, 2);
        for (int i = 0; i < 10; i++) {
            h = h.mul(h);
        }
        assertThat(visits(sd, List.of(h.name()))).isEqualTo((1 << 11) - 1);
    }

    private static double visitsPerVariable(SameDiff sd, Collection<String> wanted) {
        return visits(sd, wanted) / (double) sd.variables().size();
    }

    private static Set<String> wantedByFit(SameDiff sd) {
        SameDiff gradients = sd.getFunction("grad");
        Set<String> wanted = new LinkedHashSet<>(sd.getLossVariables());
        for (SDVariable variable : sd.variables()) {
            if (variable.getVariableType() == VariableType.VARIABLE) {
                wanted.add(variable.gradient().name());
            }
        }
        assertThat(wanted).allMatch(gradients::hasVariable);
        return wanted;
    }

    /** As AbstractSession.initSubgraph of ND4J 1.0.0-M2.1. */
    private static long visits(SameDiff sd, Collection<String> wanted) {
        Queue<String> queue = new ArrayDeque<>(wanted);
        Set<String> seen = new HashSet<>();
        long visits = 0;
        while (!queue.isEmpty() && visits < CAP) {
            String name = queue.remove();
            visits++;
            seen.add(name);
            String op = sd.getVariables().get(name).getOutputOfOp();
            if (op != null) {
                for (String input : sd.getInputsForOp(sd.getOpById(op))) {
                    if (!seen.contains(input)) {
                        queue.add(input);
                    }
                }
            }
        }
        return visits;
    }
}
