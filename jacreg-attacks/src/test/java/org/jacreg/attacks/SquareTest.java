package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.SplittableRandom;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.attacks.threat.Region;
import org.jacreg.attacks.threat.ThreatModel;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SquareTest {

    private static final InputBox UNIT = new InputBox(0, 1);

    /** The paper's numbers of pixels for 28 x 28. */
    @ParameterizedTest
    @CsvSource({
        "0, 25", "10, 25", "11, 18", "50, 18", "51, 13", "200, 13", "201, 9", "501, 6", "1001, 4", "2001, 3", "4000, 3",
        "4001, 2"
    })
    void windowsShrinkWithTheIterations(int iteration, int side) {
        double share = SquareWindow.share(0.8, iteration);
        SquareWindow window =
                SquareWindow.draw(ImageLayout.channelsFirst(1, 28, 28), share, 1, false, new SplittableRandom(1));
        assertThat(window.height()).isEqualTo(side);
        assertThat(window.width()).isEqualTo(side);
    }

    @Test
    void windowsCoverTheWholeImageAndNothingElse() {
        ImageLayout layout = ImageLayout.channelsFirst(1, 5, 7);
        SplittableRandom random = new SplittableRandom(2);
        int[] hits = new int[35];
        for (int k = 0; k < 2000; k++) {
            SquareWindow window = SquareWindow.draw(layout, .1, 1, false, random);
            assertThat(window.pixels()).isEqualTo(4);
            for (int pixel = 0; pixel < 4; pixel++) {
                hits[window.index(layout, 0, pixel)]++;
            }
        }
        // a corner lies in one of 24 windows: 83 expected, standard deviation 9
        assertThat(java.util.Arrays.stream(hits).min().orElseThrow()).isGreaterThan(40);
    }

    @Test
    void aStripGetsLongWindowsSoThatTheShareStays() {
        SplittableRandom random = new SplittableRandom(2);
        SquareWindow row = SquareWindow.draw(ImageLayout.flat(100), .2, 1, false, random);
        SquareWindow column = SquareWindow.draw(ImageLayout.channelsFirst(1, 100, 1), .2, 1, false, random);
        assertThat(row.width() * 100 + row.height()).isEqualTo(2001);
        assertThat(column.height() * 100 + column.width()).isEqualTo(2001);
    }

    @Test
    void shapesTellTheLayout() {
        assertThat(ImageLayout.ofShape(3, 32, 30)).isEqualTo(ImageLayout.channelsFirst(3, 32, 30));
        assertThat(ImageLayout.ofShape(32, 30, 3)).isEqualTo(ImageLayout.channelsLast(32, 30, 3));
        assertThat(ImageLayout.ofShape(1, 2, 3)).isEqualTo(ImageLayout.channelsFirst(1, 2, 3));
        assertThat(ImageLayout.ofShape(28, 28)).isEqualTo(ImageLayout.channelsFirst(1, 28, 28));
        assertThat(ImageLayout.ofShape(784)).isEqualTo(ImageLayout.channelsFirst(1, 28, 28));
        assertThat(ImageLayout.ofShape(49)).isEqualTo(ImageLayout.flat(49));
        assertThat(ImageLayout.ofShape(65)).isEqualTo(ImageLayout.flat(65));
        assertThat(ImageLayout.ofShape(2, 2, 2, 2)).isEqualTo(ImageLayout.flat(16));
        // [1, 0, 2] of [2, 2, 3] in row-major order, and of [3, 2, 2] with the channel in front
        assertThat(ImageLayout.channelsLast(2, 2, 3).index(2, 1, 0)).isEqualTo(8);
        assertThat(ImageLayout.channelsFirst(3, 2, 2).index(2, 1, 0)).isEqualTo(10);
    }

    private static Region region(Norm norm, int entries) {
        INDArray center = Nd4j.zeros(org.nd4j.linalg.api.buffer.DataType.DOUBLE, 1, entries)
                .addi(.5);
        return Region.of(ThreatModel.of(new NormBall(norm, .25)), center, InputBox.unbounded());
    }

    @Test
    void linfStartsWithStripesAndGoesOnWithSquaresOfOneColour() {
        ImageLayout layout = ImageLayout.channelsLast(6, 5, 2);
        SquareMoves moves = new SquareLinfMoves(region(Norm.LINF, 60), layout);
        SplittableRandom random = new SplittableRandom(3);
        double[] start = moves.start(0, random);
        for (int column = 0; column < 5; column++) {
            for (int c = 0; c < 2; c++) {
                for (int r = 0; r < 6; r++) {
                    assertThat(Math.abs(start[layout.index(c, r, column)] - .5)).isEqualTo(.25);
                    assertThat(start[layout.index(c, r, column)]).isEqualTo(start[layout.index(c, 0, column)]);
                }
            }
        }
        for (int k = 0; k < 50; k++) {
            double[] next = moves.next(0, start, .3, random); // 3 x 3 of 6 x 5
            int changed = 0;
            for (int pixel = 0; pixel < 30; pixel++) {
                changed += next[2 * pixel] != start[2 * pixel] || next[2 * pixel + 1] != start[2 * pixel + 1] ? 1 : 0;
            }
            assertThat(changed).isBetween(1, 9);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Norm.class,
            names = {"L2", "L1"})
    void roundBallsAreUsedToTheRim(Norm norm) {
        ImageLayout layout = ImageLayout.channelsFirst(2, 11, 9);
        Region region = region(norm, 198);
        SquareMoves moves = new SquareMassMoves(region, layout);
        SplittableRandom random = new SplittableRandom(4);
        double[] point = moves.start(0, random);
        for (int k = 0; k < 50; k++) {
            // the mass of both windows is kept up to 1e-12 in every channel
            assertThat(region.distance(0, point)).isCloseTo(.25, offset(1e-9));
            double[] next = moves.next(0, point, .1, random);
            int changed = 0;
            for (int j = 0; j < 99; j++) {
                changed += Math.abs(next[j] - point[j]) > 1e-9 ? 1 : 0;
            }
            assertThat(changed).isBetween(1, 18); // two windows of 3 x 3
            point = next;
        }
    }

    /** A random search over single features reaches the corner of the ball that is best, so that success is told by the closed form. */
    @Test
    void linearModelsAreBrokenExactlyWhereTheClosedFormSays() {
        LinearProblem problem = LinearProblem.of(1, 40, 16, new double[2], UNIT);
        Square square = Square.linf(.1).queries(600).seed(5).build();
        AttackResult result = square.attack(ForwardsOnly.of(problem.model()), problem.x(), problem.zeros());
        assertThat(result.robustAccuracy()).isBetween(.1, result.accuracy() - .1);
        for (int n = 0; n < 40; n++) {
            double margin = problem.greatestMargin(n, .1);
            AttackOutcome outcome = result.outcomes().get(n);
            assertThat(outcome.success()).isEqualTo(margin > 0);
            if (!outcome.success()) {
                // a dozen operations on numbers below 10
                assertThat(outcome.loss()).isCloseTo(Math.log1p(Math.exp(margin)), offset(1e-12));
            }
        }
    }

    @Test
    void targetedMirrorsUntargetedForTwoClasses() {
        LinearProblem problem = LinearProblem.of(1, 40, 16, new double[2], UNIT);
        AttackResult result = Square.linf(.1)
                .queries(600)
                .targeted(true)
                .build()
                .attack(ForwardsOnly.of(problem.model()), problem.x(), problem.ones());
        for (int n = 0; n < 40; n++) {
            assertThat(result.outcomes().get(n).success()).isEqualTo(problem.greatestMargin(n, .1) > 0);
        }
    }

    /**
     * An 8 x 8 image under a linear model: without a box the greatest gain of the margin is {@code epsilon ||w||_q}. A direction at random
     * has 1/8 of it under L2; windows of 3 x 3 cannot follow independent weights to the end (0.72 of it and more were seen).
     */
    @ParameterizedTest
    @CsvSource({"L2, 0.6", "L1, 0.6"})
    void roundBallsComeNearTheOptimumOfALinearModel(Norm norm, double share) {
        LinearProblem problem = LinearProblem.of(7, 4, 64, new double[] {100, 0}, InputBox.unbounded());
        ClosedFormNet model = problem.model();
        Square square = Square.in(new NormBall(norm, 1)).queries(2000).seed(1).build();
        AttackResult result = square.attack(model, problem.x(), problem.zeros());
        double[][] before = model.logits(problem.x()).toDoubleMatrix();
        double[][] after = model.logits(result.adversarial()).toDoubleMatrix();
        for (int n = 0; n < 4; n++) {
            double gain = after[n][1] - after[n][0] - before[n][1] + before[n][0];
            assertThat(gain / problem.dualNorm(norm)).isBetween(share, 1 + 1e-9);
        }
    }

    @Test
    void theBudgetIsKeptToTheNumber() {
        LinearProblem problem = LinearProblem.of(1, 1, 16, new double[] {1000, 0}, UNIT);
        ForwardsOnly counting = ForwardsOnly.of(problem.model());
        AttackResult result =
                Square.linf(.1).queries(37).restarts(2).build().attack(counting, problem.x(), problem.zeros());
        assertThat(counting.calls().get()).isEqualTo(1 + 2 * 37);
        assertThat(result.outcomes().get(0).forwards()).isEqualTo(1 + 2 * 37);
        assertThat(result.gradients()).isZero();
    }

    @Test
    void brokenSamplesCostNothingMore() {
        LinearProblem problem = LinearProblem.of(1, 40, 16, new double[2], UNIT);
        AttackResult result =
                Square.linf(.1).queries(100).build().attack(problem.model(), problem.x(), problem.zeros());
        assertThat(result.successRate()).isPositive();
        for (AttackOutcome outcome : result.outcomes()) {
            if (outcome.cleanPrediction() == 1) {
                assertThat(outcome.forwards()).isEqualTo(1);
            } else if (!outcome.success()) {
                assertThat(outcome.forwards()).isEqualTo(101);
            } else {
                assertThat(outcome.forwards()).isLessThanOrEqualTo(101);
                // the search stops at its first success, so that the first is the best
                assertThat(outcome.firstDistance()).isEqualTo(outcome.linf());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Norm.class)
    void frozenFeaturesStayAndRangesHold(Norm norm) {
        ClosedFormNet model =
                LinearProblem.of(3, 1, 6, new double[] {50, 0}, UNIT).model();
        INDArray x = Nd4j.createFromArray(new double[][] {{.5, .5, .5, .5, .5, .5}});
        FeatureLimits limits = FeatureLimits.none()
                .withRanges(new double[] {.45, 0, 0, 0, 0, 0}, new double[] {1, 1, 1, .52, 1, 1})
                .withFrozen(false, true, false, false, true, false);
        Square square = Square.in(new ThreatModel(new NormBall(norm, .3), limits))
                .queries(300)
                .build();
        double[] found = square.attack(model, x, Nd4j.zeros(1)).adversarial().toDoubleMatrix()[0];
        assertThat(found[1]).isEqualTo(.5);
        assertThat(found[4]).isEqualTo(.5);
        assertThat(found[0]).isGreaterThanOrEqualTo(.45);
        assertThat(found[3]).isLessThanOrEqualTo(.52);
        assertThat(norm.distance(found, new double[] {.5, .5, .5, .5, .5, .5})).isBetween(.1, .3 + 1e-12);
    }

    @Test
    void theConfigurationIsSpeltOut() {
        Square square = Square.linf(.3)
                .rescaled(true)
                .layout(ImageLayout.channelsLast(4, 4, 3))
                .build();
        assertThat(square)
                .hasToString("Square[threat=linf(0.3), queries=5000, p=0.8, rescaled=true, restarts=1, seed=0, "
                        + "targeted=false, layout=Optional[HWC(4, 4, 3)]]");
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> Square.linf(.1).queries(0).build()).hasMessageContaining("queries");
        assertThatThrownBy(() -> Square.linf(.1).p(Double.NaN).build()).hasMessageContaining("p is a share");
        assertThatThrownBy(() -> Square.linf(.1).p(1.1).build()).hasMessageContaining("1.1");
        assertThatThrownBy(() -> Square.linf(.1).restarts(0).build()).hasMessageContaining("restarts");
        assertThatThrownBy(() -> ImageLayout.flat(0)).hasMessageContaining("at least 1");
        LinearProblem problem = LinearProblem.of(1, 1, 6, new double[2], UNIT);
        Square square = Square.linf(.1).layout(ImageLayout.flat(7)).build();
        assertThatThrownBy(() -> square.attack(problem.model(), problem.x(), problem.zeros()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("7")
                .hasMessageContaining("have 6");
    }
}
