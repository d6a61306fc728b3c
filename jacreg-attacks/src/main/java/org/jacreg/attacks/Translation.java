package org.jacreg.attacks;

import java.util.SplittableRandom;

/** A move of an image by whole pixels. */
record Translation(int most, ImageLayout layout) implements InputTransformation {

    Translation {
        Configuration.require(most >= 0, "translation", "most must be at least 0, got " + most);
    }

    @Override
    public double[] apply(double[] x, SplittableRandom random) {
        return moved(x, draw(random), draw(random));
    }

    /** Moving is linear; its transpose moves back. */
    @Override
    public double[] pullBack(double[] x, double[] gradient, SplittableRandom random) {
        return moved(gradient, -draw(random), -draw(random));
    }

    private int draw(SplittableRandom random) {
        return random.nextInt(-most, most + 1);
    }

    private double[] moved(double[] image, int down, int right) {
        Configuration.require(
                image.length == layout.entries(),
                "translation",
                "the layout " + layout + " has " + layout.entries() + " entries, the input " + image.length);
        double[] moved = new double[image.length];
        for (int row = Math.max(0, down); row < Math.min(layout.height(), layout.height() + down); row++) {
            for (int column = Math.max(0, right); column < Math.min(layout.width(), layout.width() + right); column++) {
                for (int channel = 0; channel < layout.channels(); channel++) {
                    moved[layout.index(channel, row, column)] =
                            image[layout.index(channel, row - down, column - right)];
                }
            }
        }
        return moved;
    }

    @Override
    public String toString() {
        return "translation(" + most + ", " + layout + ")";
    }
}
