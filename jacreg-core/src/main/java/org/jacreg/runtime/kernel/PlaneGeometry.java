package org.jacreg.runtime.kernel;

/**
 * The padded images of a convolution, cut into phases by its stride, so that every tap of the kernel is a contiguous shift.
 *
 * <p>Phase {@code (a, b)} of a padded image holds the pixels {@code (q sH + a, x sW + b)}: one plane of {@code height} by {@code width},
 * which is the output's size and as much more as the furthest tap reaches. What output {@code (q, x)} sees through tap {@code (i, j)} is
 * pixel {@code (q + shiftRow(i), x + shiftColumn(j))} of phase {@code (i dH mod sH, j dW mod sW)}. An im2col row is then one copy of
 * whole rows; the columns past the output's width are computed too, and thrown away. With stride 1 there is one phase.
 */
final class PlaneGeometry {

    private final ImageShape input;
    private final Window window;
    final int outHeight;
    final int outWidth;
    final int height;
    final int width;

    PlaneGeometry(ConvolutionShape shape) {
        input = shape.input();
        window = shape.window();
        outHeight = shape.output().height();
        outWidth = shape.output().width();
        height = outHeight + maxShiftRow();
        width = outWidth + maxShiftColumn();
        Math.multiplyExact(
                input.channels() * window.strideHeight() * window.strideWidth(), Math.multiplyExact(height, width));
    }

    int shiftRow(int tap) {
        return tap * window.dilationHeight() / window.strideHeight();
    }

    int shiftColumn(int tap) {
        return tap * window.dilationWidth() / window.strideWidth();
    }

    int phaseRow(int tap) {
        return tap * window.dilationHeight() % window.strideHeight();
    }

    int phaseColumn(int tap) {
        return tap * window.dilationWidth() % window.strideWidth();
    }

    int maxShiftRow() {
        return shiftRow(window.kernelHeight() - 1);
    }

    int maxShiftColumn() {
        return shiftColumn(window.kernelWidth() - 1);
    }

    /** Where the plane of a phase begins. */
    int plane(int channel, int phaseRow, int phaseColumn) {
        return ((channel * window.strideHeight() + phaseRow) * window.strideWidth() + phaseColumn) * height * width;
    }

    /** An array for all planes of one image: zero, and with room for the last tap to read past the end. */
    float[] newPlanes() {
        return new float[plane(input.channels(), 0, 0) + maxShiftColumn()];
    }

    /** Where the first element lies that the tap of a channel sees. */
    int tapOffset(int channel, int i, int j) {
        return plane(channel, phaseRow(i), phaseColumn(j)) + shiftRow(i) * width + shiftColumn(j);
    }

    /** Whether an image is already what its planes would be. */
    boolean isPlain() {
        return window.strideHeight() == 1
                && window.strideWidth() == 1
                && window.padTop() == 0
                && window.padLeft() == 0
                && height == input.height()
                && width == input.width();
    }

    /** Copies an image into planes whose margins are zero; the margins are never written. */
    void scatter(float[] image, float[] planes) {
        for (int c = 0; c < input.channels(); c++) {
            for (int y = 0; y < input.height(); y++) {
                int padded = y + window.padTop();
                int q = padded / window.strideHeight();
                if (q < height) {
                    int row = (c * input.height() + y) * input.width();
                    scatterRow(image, row, planes, c, padded % window.strideHeight(), q * width);
                }
            }
        }
    }

    private void scatterRow(float[] image, int from, float[] planes, int channel, int phase, int to) {
        if (window.strideWidth() == 1) {
            int count = Math.min(input.width(), width - window.padLeft());
            if (count > 0) {
                System.arraycopy(image, from, planes, plane(channel, phase, 0) + to + window.padLeft(), count);
            }
            return;
        }
        for (int b = 0; b < window.strideWidth(); b++) {
            int plane = plane(channel, phase, b) + to;
            int last = lastColumn(b);
            int x = firstColumn(b) * window.strideWidth() + b - window.padLeft();
            for (int column = firstColumn(b); column <= last; column++, x += window.strideWidth()) {
                planes[plane + column] = image[from + x];
            }
        }
    }

    /** The first column of a phase that lies in the image. */
    private int firstColumn(int phaseColumn) {
        return Math.max(0, -Math.floorDiv(phaseColumn - window.padLeft(), window.strideWidth()));
    }

    /** The last column of a phase that lies in the image and in the plane. */
    private int lastColumn(int phaseColumn) {
        int last = input.width() - 1 + window.padLeft() - phaseColumn;
        return Math.min(width - 1, Math.floorDiv(last, window.strideWidth()));
    }

    /** Adds one row of a phase plane to where it lies in the image, if it does. */
    void addRow(float[] row, int from, float[] image, int channel, int phaseRow, int phaseColumn, int q) {
        int y = q * window.strideHeight() + phaseRow - window.padTop();
        if (y < 0 || y >= input.height()) {
            return;
        }
        int to = (channel * input.height() + y) * input.width();
        if (window.strideWidth() == 1) {
            int count = Math.min(input.width(), width - window.padLeft());
            for (int i = 0; i < count; i++) {
                image[to + i] += row[from + window.padLeft() + i];
            }
            return;
        }
        int last = lastColumn(phaseColumn);
        int x = firstColumn(phaseColumn) * window.strideWidth() + phaseColumn - window.padLeft();
        for (int column = firstColumn(phaseColumn); column <= last; column++, x += window.strideWidth()) {
            image[to + x] += row[from + column];
        }
    }
}
