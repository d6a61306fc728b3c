package org.jacreg.attacks;

import java.util.SplittableRandom;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.Region;

/**
 * Bumps to start with; then the perturbation of one window is moved into another: for balls whose radius is shared by all entries.
 *
 * <p>A bump is a half with positive and a half with negative entries, each highest in its middle: {@code sum_{k = d + 1}^{m + 1} k^-2} at
 * the distance {@code d} from it, {@code m} half the longer side.
 */
final class SquareMassMoves implements SquareMoves {

    private static final int LEAST_SIDE = 3;
    private static final int TILES = 5;
    private static final double TINY = 1e-12;

    private final Region region;
    private final ImageLayout layout;

    SquareMassMoves(Region region, ImageLayout layout) {
        this.region = region;
        this.layout = layout;
    }

    @Override
    public double[] start(int row, SplittableRandom random) {
        int height = Math.max(1, layout.height() / TILES);
        int width = Math.max(1, layout.width() / TILES);
        int rows = layout.height() / height;
        int columns = layout.width() / width;
        double[] delta = new double[layout.entries()];
        for (int tile = 0; tile < rows * columns; tile++) {
            int top = (layout.height() - rows * height) / 2 + tile / columns * height;
            int left = (layout.width() - columns * width) / 2 + tile % columns * width;
            SquareWindow window = new SquareWindow(top, left, height, width);
            double[] bump = bump(height, width, random);
            for (int c = 0; c < layout.channels(); c++) {
                double sign = random.nextBoolean() ? 1 : -1;
                for (int pixel = 0; pixel < bump.length; pixel++) {
                    delta[window.index(layout, c, pixel)] = sign * bump[pixel];
                }
            }
        }
        return pointAt(row, delta);
    }

    @Override
    public double[] next(int row, double[] current, double share, SplittableRandom random) {
        SquareWindow to = SquareWindow.draw(layout, share, LEAST_SIDE, true, random);
        SquareWindow from = SquareWindow.draw(layout, share, LEAST_SIDE, true, random);
        double[] delta = current.clone();
        double[] center = region.center(row);
        for (int j = 0; j < delta.length; j++) {
            delta[j] -= center[j];
        }
        double spare = Math.max(0, mass(region.epsilon()) - mass(delta));
        double[] bump = bump(to.height(), to.width(), random);
        for (int c = 0; c < layout.channels(); c++) {
            move(delta, c, from, to, bump, random.nextBoolean() ? 1 : -1, spare / layout.channels());
        }
        return pointAt(row, delta);
    }

    /** Fills one channel of a window with what it held, a bump added, scaled to the mass of both windows and what is spare. */
    private void move(
            double[] delta, int channel, SquareWindow from, SquareWindow to, double[] bump, int sign, double spare) {
        double[] fresh = new double[to.pixels()];
        double inside = 0;
        for (int pixel = 0; pixel < fresh.length; pixel++) {
            fresh[pixel] = delta[to.index(layout, channel, pixel)];
            inside += mass(fresh[pixel]);
        }
        double outside = 0;
        for (int pixel = 0; pixel < from.pixels(); pixel++) {
            int j = from.index(layout, channel, pixel);
            outside += from.isIn(to, pixel) ? 0 : mass(delta[j]);
            delta[j] = 0;
        }
        double size = TINY + size(inside);
        for (int pixel = 0; pixel < fresh.length; pixel++) {
            fresh[pixel] = fresh[pixel] / size + sign * bump[pixel];
        }
        double scale = size(inside + outside + spare) / (TINY + size(mass(fresh)));
        for (int pixel = 0; pixel < fresh.length; pixel++) {
            delta[to.index(layout, channel, pixel)] = scale * fresh[pixel];
        }
    }

    /** The perturbation as a point: entries that may not change left out, the radius used up, then brought into ball and box. */
    private double[] pointAt(int row, double[] delta) {
        for (int j = 0; j < delta.length; j++) {
            delta[j] = region.lower(row, j) < region.upper(row, j) ? delta[j] : 0;
        }
        double size = size(mass(delta));
        // too much is thinned out by the l1 projection, as in the reference, instead of scaled: few entries stay, and
        // large ones
        boolean scaled = size > 0 && (region.norm() == Norm.L2 || size < region.epsilon());
        double scale = scaled ? region.epsilon() / size : 1;
        double[] point = region.center(row).clone();
        for (int j = 0; j < delta.length; j++) {
            point[j] += scale * delta[j];
        }
        region.project(row, point);
        return point;
    }

    /** A bump of norm 1, row by row, its halves side by side or one above the other. */
    private double[] bump(int height, int width, SplittableRandom random) {
        boolean sideBySide = height < 2 || (width >= 2 && random.nextBoolean());
        double[] bump = new double[height * width];
        int half = (sideBySide ? width : height) / 2;
        for (int r = 0; r < height; r++) {
            for (int column = 0; column < width; column++) {
                int along = sideBySide ? column : r;
                int length = along < half ? half : (sideBySide ? width : height) - half;
                int across = sideBySide ? height : width;
                int d = Math.max(
                        Math.abs((along < half ? along : along - half) - length / 2),
                        Math.abs((sideBySide ? r : column) - across / 2));
                double sum = 0;
                for (int k = d + 1; k <= Math.max(length, across) / 2 + 1; k++) {
                    sum += 1.0 / k / k;
                }
                bump[r * width + column] = along < half ? sum : -sum;
            }
        }
        double size = size(mass(bump));
        for (int pixel = 0; pixel < bump.length; pixel++) {
            bump[pixel] /= size;
        }
        return bump;
    }

    /** What adds up over the entries: squares under l2, absolute values under l1. */
    private double mass(double value) {
        return region.norm() == Norm.L2 ? value * value : Math.abs(value);
    }

    private double mass(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += mass(value);
        }
        return sum;
    }

    private double size(double mass) {
        return region.norm() == Norm.L2 ? Math.sqrt(mass) : mass;
    }
}
