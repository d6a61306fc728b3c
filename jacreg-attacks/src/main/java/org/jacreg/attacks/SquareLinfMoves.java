package org.jacreg.attacks;

import java.util.SplittableRandom;
import org.jacreg.attacks.threat.Region;

/** Stripes to start with, then squares of one colour each: all entries at a corner of the ball, clipped to the box. */
final class SquareLinfMoves implements SquareMoves {

    /** How often signs are drawn again that would change nothing. */
    private static final int REDRAWS = 8;

    private final Region region;
    private final ImageLayout layout;

    SquareLinfMoves(Region region, ImageLayout layout) {
        this.region = region;
        this.layout = layout;
    }

    @Override
    public double[] start(int row, SplittableRandom random) {
        double[] point = region.center(row).clone();
        for (int c = 0; c < layout.channels(); c++) {
            for (int column = 0; column < layout.width(); column++) {
                double change = random.nextBoolean() ? region.epsilon() : -region.epsilon();
                for (int r = 0; r < layout.height(); r++) {
                    point[layout.index(c, r, column)] += change;
                }
            }
        }
        region.project(row, point);
        return point;
    }

    @Override
    public double[] next(int row, double[] current, double share, SplittableRandom random) {
        SquareWindow window = SquareWindow.draw(layout, share, 1, false, random);
        double[] point = current.clone();
        boolean changed = false;
        for (int attempt = 0; attempt < REDRAWS && !changed; attempt++) {
            changed = paint(row, current, point, window, random);
        }
        return point;
    }

    private boolean paint(int row, double[] current, double[] point, SquareWindow window, SplittableRandom random) {
        double[] center = region.center(row);
        boolean changed = false;
        for (int c = 0; c < layout.channels(); c++) {
            double change = random.nextBoolean() ? region.epsilon() : -region.epsilon();
            for (int pixel = 0; pixel < window.pixels(); pixel++) {
                int j = window.index(layout, c, pixel);
                point[j] = Math.max(region.lower(row, j), Math.min(region.upper(row, j), center[j] + change));
                // the current point was rounded to the model's type, which this one is not yet
                changed |= Math.abs(point[j] - current[j]) > 1e-6 * region.epsilon() + Math.ulp((float) current[j]);
            }
        }
        return changed;
    }
}
