package org.jacreg.runtime;

import java.util.Map;
import java.util.TreeMap;

/** Free stretches of a block that grows as needed; the smallest stretch that fits is taken. */
final class FreeList {

    private final TreeMap<Long, Long> stretches = new TreeMap<>();
    private long extent;

    long take(long length) {
        Map.Entry<Long, Long> best = null;
        for (Map.Entry<Long, Long> stretch : stretches.entrySet()) {
            if (stretch.getValue() >= length && (best == null || stretch.getValue() < best.getValue())) {
                best = stretch;
            }
        }
        if (best == null) {
            long offset = extent;
            Map.Entry<Long, Long> last = stretches.lastEntry();
            if (last != null && last.getKey() + last.getValue() == extent) {
                offset = last.getKey();
                stretches.remove(offset);
            }
            extent = offset + length;
            return offset;
        }
        long offset = best.getKey();
        long rest = best.getValue() - length;
        stretches.remove(offset);
        if (rest > 0) {
            stretches.put(offset + length, rest);
        }
        return offset;
    }

    void release(long offset, long length) {
        long start = offset;
        long size = length;
        Map.Entry<Long, Long> before = stretches.lowerEntry(offset);
        if (before != null && before.getKey() + before.getValue() == offset) {
            start = before.getKey();
            size += before.getValue();
            stretches.remove(start);
        }
        Long after = stretches.remove(offset + length);
        stretches.put(start, after == null ? size : size + after);
    }

    long extent() {
        return extent;
    }
}
