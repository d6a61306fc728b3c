package org.jacreg.runtime.kernel;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** Views of native memory as Java buffers, whose bulk copies run at the speed of memory. */
final class NativeFloats {

    private NativeFloats() {}

    /** Refuses an array that is known to be too small; a pointer without a limit is taken at its word. */
    static void require(String name, Pointer pointer, long elements) {
        if (pointer.isNull()) {
            throw new IllegalArgumentException(name + " is a null pointer, expected " + elements + " elements");
        }
        long given = pointer.limit() - pointer.position();
        if (pointer.limit() > 0 && given < elements) {
            throw new IllegalArgumentException(name + " has " + given + " elements, expected at least " + elements);
        }
    }

    static FloatBuffer view(String name, FloatPointer pointer, long elements) {
        require(name, pointer, elements);
        requireIndexable(name, elements);
        FloatPointer sized = new FloatPointer(pointer);
        return sized.capacity(sized.position() + elements).asBuffer();
    }

    static IntBuffer view(String name, IntPointer pointer, long elements) {
        require(name, pointer, elements);
        requireIndexable(name, elements);
        IntPointer sized = new IntPointer(pointer);
        return sized.capacity(sized.position() + elements).asBuffer();
    }

    /* A direct buffer counts its bytes in an int. */
    private static void requireIndexable(String name, long elements) {
        if (elements > Integer.MAX_VALUE / Float.BYTES) {
            throw new IllegalArgumentException(name + " has " + elements + " elements, expected at most "
                    + Integer.MAX_VALUE / Float.BYTES + ": use a smaller batch");
        }
    }
}
