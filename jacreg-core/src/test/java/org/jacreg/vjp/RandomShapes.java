package org.jacreg.vjp;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Small shapes, axes and flags from one seed; a third of all axes has size 1. */
final class RandomShapes {

    private final Random random;

    RandomShapes(long seed) {
        this.random = new Random(seed * 6364136223846793005L + 1442695040888963407L);
    }

    /** From {@code least} to {@code most}, both included. */
    int number(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    boolean flag() {
        return random.nextBoolean();
    }

    /** A shape of one sample, of any rank between the two. */
    long[] sample(int leastRank, int mostRank) {
        return LongStream.generate(() -> number(1, 3))
                .limit(number(leastRank, mostRank))
                .toArray();
    }

    /** A shape that broadcasts to another of the same rank: any axis may have size 1 instead. */
    long[] thinned(long[] shape) {
        return Arrays.stream(shape).map(size -> number(0, 2) == 0 ? 1 : size).toArray();
    }

    /** Any axes behind the batch axis of a tensor whose samples have the given rank; at least one, in rising order. */
    int[] axes(int sampleRank) {
        int[] chosen = IntStream.rangeClosed(1, sampleRank)
                .filter(axis -> random.nextBoolean())
                .toArray();
        return chosen.length == 0 ? new int[] {number(1, sampleRank)} : chosen;
    }

    /** A permutation that leaves axis 0 in its place. */
    long[] permutation(int rank) {
        long[] result = LongStream.range(0, rank).toArray();
        for (int i = rank - 1; i > 1; i--) {
            int j = number(1, i);
            long kept = result[i];
            result[i] = result[j];
            result[j] = kept;
        }
        return result;
    }
}
