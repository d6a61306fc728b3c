package org.jacreg.bounds.certify.complete;

/** Bounds of the rectifiers' arguments over a box, cut by decisions on their states; rounded outward. */
final class Intervals {

    final double[][] lower;
    final double[][] upper;

    /** Whether the decisions contradict each other. */
    final boolean empty;

    /** @param states for every rectifier 1 if it is decided to be active, -1 to be inactive, 0 if open */
    Intervals(DenseRectifiers net, double[] low, double[] high, int[][] states) {
        lower = new double[net.hidden()][];
        upper = new double[net.hidden()][];
        boolean contradiction = false;
        double[] from = low;
        double[] to = high;
        for (int l = 0; l < net.hidden(); l++) {
            int units = net.weights[l].length;
            lower[l] = new double[units];
            upper[l] = new double[units];
            double[] nextFrom = new double[units];
            double[] nextTo = new double[units];
            for (int i = 0; i < units; i++) {
                bound(net, l, i, from, to);
                if (states[l][i] > 0) {
                    lower[l][i] = Math.max(lower[l][i], 0);
                } else if (states[l][i] < 0) {
                    upper[l][i] = Math.min(upper[l][i], 0);
                }
                contradiction |= lower[l][i] > upper[l][i];
                nextFrom[i] = Math.max(lower[l][i], 0);
                nextTo[i] = Math.max(upper[l][i], 0);
            }
            from = nextFrom;
            to = nextTo;
        }
        empty = contradiction;
    }

    private void bound(DenseRectifiers net, int l, int i, double[] from, double[] to) {
        double[] row = net.weights[l][i];
        double least = net.biases[l][i];
        double most = least;
        double magnitude = Math.abs(least);
        for (int k = 0; k < row.length; k++) {
            double w = row[k];
            least += w * (w > 0 ? from[k] : to[k]);
            most += w * (w > 0 ? to[k] : from[k]);
            magnitude += Math.abs(w) * Math.max(Math.abs(from[k]), Math.abs(to[k]));
        }
        double rounding = (row.length + 8) * 0x1p-52 * magnitude + 0x1p-900;
        lower[l][i] = least - rounding;
        upper[l][i] = most + rounding;
    }
}
