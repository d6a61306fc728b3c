package org.jacreg.examples.certification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.jacreg.bounds.certify.BallNorm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DistancesTest {

    /** Points that attacks put on the sphere end in the ball, hardly moved, with numbers of their type. */
    @ParameterizedTest
    @EnumSource(BallNorm.class)
    void pulledPointsLieInTheBallExactly(BallNorm norm) {
        Random random = new Random(4);
        int outside = 0;
        for (int t = 0; t < 4000; t++) {
            boolean single = t % 2 == 0;
            double radius = Math.exp(-7 * random.nextDouble());
            double[] centre = new double[1 + random.nextInt(6)];
            double[] point = new double[centre.length];
            double[] direction = random.doubles(centre.length, -1, 1).toArray();
            double length = Distances.norm(norm).length(direction);
            for (int i = 0; i < centre.length; i++) {
                centre[i] = (float) random.nextDouble();
                double wanted = centre[i] + direction[i] * radius / length;
                point[i] = single ? (float) wanted : wanted;
            }
            double[] moved = point.clone();
            outside += Distances.within(norm, point, centre, radius) ? 0 : 1;
            Distances.pull(moved, centre, norm, radius, single);
            assertThat(Distances.within(norm, moved, centre, radius)).isTrue();
            assertThat(Distances.distance(norm, moved, centre))
                    .isGreaterThan(radius * (1 - (single ? 1e-2 : 1e-9)) - (single ? 1e-6 : 0));
            for (double v : moved) {
                assertThat(single ? (float) v : v).isEqualTo(v);
            }
        }
        assertThat(outside).isGreaterThan(500);
    }
}
