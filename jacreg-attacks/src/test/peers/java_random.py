"""java.util.SplittableRandom for many samples at once, so that both sides start at the same points.

A sample's generator is seeded by a hash of the seed and the sample's values, as org.jacreg.attacks.threat.SampleRandom says.
"""

import numpy as np

GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def _mix64(z):
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def restart_seed(seed, restart):
    return (int(seed) + restart * int(GOLDEN)) % (1 << 64)


class SampleRandoms:
    """One generator a row of x."""

    def __init__(self, seed, x):
        with np.errstate(over="ignore"):
            state = np.full(x.shape[0], _mix64(np.array([seed % (1 << 64)], dtype=np.uint64))[0], dtype=np.uint64)
            bits = (x.astype(np.float64) + 0.0).view(np.uint64)
            for k in range(x.shape[1]):
                state = _mix64(state ^ bits[:, k]) + GOLDEN
        self.state = state

    def _advance(self, rows):
        with np.errstate(over="ignore"):
            self.state[rows] += GOLDEN
        return self.state[rows]

    def doubles(self, rows):
        """nextDouble() of each row, in [0, 1)."""
        with np.errstate(over="ignore"):
            return (_mix64(self._advance(rows)) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def ints(self, rows):
        """nextInt() of each row."""
        with np.errstate(over="ignore"):
            z = self._advance(rows)
            z = (z ^ (z >> np.uint64(33))) * np.uint64(0x62A9D9ED799705F5)
            z = (z ^ (z >> np.uint64(28))) * np.uint64(0xCB24D0A5C88C35B3)
        return (z >> np.uint64(32)).astype(np.uint32).view(np.int32)

    def booleans(self, rows):
        return self.ints(rows) < 0

    def below(self, rows, bound):
        """nextInt(bound) of each row: draws again where a plain remainder would not be uniform."""
        if bound & (bound - 1) == 0:
            return (self.ints(rows) & np.int32(bound - 1)).astype(np.int64)
        result = np.full(len(rows), -1, dtype=np.int64)
        left = np.arange(len(rows))
        while left.size:
            half = self.ints(rows[left]).view(np.uint32).astype(np.int64) >> 1
            remainder = half % bound
            fits = half + (bound - 1) - remainder < 1 << 31
            result[left[fits]] = remainder[fits]
            left = left[~fits]
        return result
