package org.jacreg.runtime.kernel;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.jspecify.annotations.Nullable;

/**
 * Sets the number of threads of the BLAS. JavaCPP's own function searches all libraries for the right symbol at every call, a quarter of
 * a millisecond; this one keeps what it found.
 */
final class BlasThreads {

    private final @Nullable Setter setter;

    private BlasThreads(@Nullable Setter setter) {
        this.setter = setter;
    }

    static BlasThreads find() {
        // MKL, if the user chose it, stands in for OpenBLAS under its own name.
        for (String symbol : new String[] {"MKL_Set_Num_Threads", "openblas_set_num_threads"}) {
            Pointer address = Loader.addressof(symbol);
            if (address != null && !address.isNull()) {
                return new BlasThreads(new Setter(address));
            }
        }
        return new BlasThreads(null);
    }

    void set(int threads) {
        if (setter == null) {
            openblas_nolapack.blas_set_num_threads(threads);
        } else {
            setter.call(threads);
        }
    }

    /** The constructor that takes no pointer is for subclasses alone. */
    private static final class Setter extends openblas_nolapack.SetNumThreads {
        Setter(Pointer address) {
            put(address);
        }
    }
}
