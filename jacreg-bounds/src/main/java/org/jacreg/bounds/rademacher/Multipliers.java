package org.jacreg.bounds.rademacher;

import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The random numbers that a complexity multiplies the functions' values by, in blocks of {@value #BLOCK} draws.
 *
 * <p>Each block has a generator split off the seed's in order, and always draws the numbers of a full block: draw k depends on the
 * seed and the sample size alone, neither on the threads nor on how many draws are asked for.
 */
enum Multipliers {
    /** Independent fair signs. */
    SIGNS {
        @Override
        void fill(double[][] block, SplittableRandom random) {
            long[] bits = new long[block.length];
            for (int i = 0; i < block[0].length; i++) {
                if (i % Long.SIZE == 0) {
                    for (int k = 0; k < block.length; k++) {
                        bits[k] = random.nextLong();
                    }
                }
                for (int k = 0; k < block.length; k++) {
                    block[k][i] = (bits[k] >>> (i % Long.SIZE) & 1) == 0 ? 1 : -1;
                }
            }
        }
    },
    /** Independent standard normal numbers, by the polar form of Box and Muller: the same on every platform. */
    NORMALS {
        @Override
        void fill(double[][] block, SplittableRandom random) {
            for (double[] draw : block) {
                for (int i = 0; i < draw.length; i++) {
                    draw[i] = normal(random);
                }
            }
        }
    };

    static final int BLOCK = 16;

    abstract void fill(double[][] block, SplittableRandom random);

    static double normal(SplittableRandom random) {
        // 1 - nextDouble() is in (0, 1]: its logarithm is finite
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
        return radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
    }

    /**
     * Evaluates a function of every draw, blocks in parallel.
     *
     * @param size the length of a draw
     * @param evaluate called with the index of a block's first draw and the block [{@value #BLOCK}][size], which belongs to the
     *     callee; stores what it finds
     */
    void forEachBlock(int draws, int size, long seed, BlockConsumer evaluate) {
        int blocks = (draws - 1) / BLOCK + 1;
        SplittableRandom root = new SplittableRandom(seed);
        SplittableRandom[] randoms = new SplittableRandom[blocks];
        for (int b = 0; b < blocks; b++) {
            randoms[b] = root.split();
        }
        IntFunction<double[][]> block = b -> {
            double[][] numbers = new double[BLOCK][size];
            fill(numbers, randoms[b]);
            return numbers;
        };
        IntStream.range(0, blocks).parallel().forEach(b -> evaluate.accept(b * BLOCK, block.apply(b)));
    }

    /** The draws themselves, [draws][size]: those of {@link #forEachBlock}. */
    double[][] draws(int draws, int size, long seed) {
        double[][] all = new double[draws][];
        forEachBlock(draws, size, seed, (first, block) -> {
            for (int k = 0; k < block.length && first + k < draws; k++) {
                all[first + k] = block[k];
            }
        });
        return all;
    }

    /** Takes a block of draws. */
    @FunctionalInterface
    interface BlockConsumer {
        void accept(int first, double[][] block);
    }
}
