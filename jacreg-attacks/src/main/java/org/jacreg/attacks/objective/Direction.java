package org.jacreg.attacks.objective;

/** A direction for every sample, made from the gradient of its loss by the input; 0 where the gradient is 0. */
enum Direction {

    /** {@code sign(g) / ||sign(g)||_2}. */
    UNIT_SIGN {
        @Override
        void turn(double[] gradient) {
            int changed = 0;
            for (int j = 0; j < gradient.length; j++) {
                gradient[j] = Math.signum(gradient[j]);
                changed += gradient[j] == 0 ? 0 : 1;
            }
            divide(gradient, Math.sqrt(changed));
        }
    },

    /** {@code sign(g) / sqrt(D)}: the slope along it is {@code ||g||_1 / sqrt(D)}. */
    SIGN {
        @Override
        void turn(double[] gradient) {
            for (int j = 0; j < gradient.length; j++) {
                gradient[j] = Math.signum(gradient[j]);
            }
            divide(gradient, Math.sqrt(gradient.length));
        }
    },

    /** {@code g / ||g||_2}: the slope along it is {@code ||g||_2}. */
    GRADIENT {
        @Override
        void turn(double[] gradient) {
            double greatest = Math.abs(gradient[greatest(gradient)]);
            // Squares of small gradients would underflow.
            divide(gradient, greatest);
            double squares = 0;
            for (double value : gradient) {
                squares += value * value;
            }
            divide(gradient, Math.sqrt(squares));
        }
    },

    /** The sign of the first entry of greatest absolute value, 0 elsewhere: the slope along it is {@code ||g||_inf}. */
    GREATEST_ENTRY {
        @Override
        void turn(double[] gradient) {
            int greatest = greatest(gradient);
            for (int j = 0; j < gradient.length; j++) {
                gradient[j] = j == greatest ? Math.signum(gradient[j]) : 0 * gradient[j];
            }
        }
    };

    /** Makes a direction of one sample's gradient, in place. What is not a number stays so. */
    abstract void turn(double[] gradient);

    private static void divide(double[] values, double divisor) {
        for (int j = 0; j < values.length && divisor != 0; j++) {
            values[j] /= divisor;
        }
    }

    private static int greatest(double[] values) {
        int greatest = 0;
        for (int j = 1; j < values.length; j++) {
            greatest = Math.abs(values[j]) > Math.abs(values[greatest]) ? j : greatest;
        }
        return greatest;
    }
}
