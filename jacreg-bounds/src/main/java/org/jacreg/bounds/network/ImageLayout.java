package org.jacreg.bounds.network;

/**
 * How the numbers of an image are ordered.
 *
 * @param channels number of channels
 * @param height number of rows
 * @param width number of columns
 * @param channelsLast whether the order is row, column, channel instead of channel, row, column
 */
record ImageLayout(int channels, int height, int width, boolean channelsLast) {

    int length() {
        return Math.multiplyExact(Math.multiplyExact(channels, height), width);
    }

    int index(int channel, int row, int column) {
        return channelsLast ? (row * width + column) * channels + channel : (channel * height + row) * width + column;
    }

    /** The distance of neighbours in a row. */
    int columnStep() {
        return channelsLast ? channels : 1;
    }
}
