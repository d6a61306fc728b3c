package org.jacreg.runtime;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jacreg.runtime.kernel.CpuBackend;
import org.jspecify.annotations.Nullable;

/**
 * Runs ND4J's ops on the calling thread alone. OpenMP's other threads would go on spinning for a millisecond or more after every op,
 * on the processors that the next kernel of a {@link CompiledGraph} needs: a loop of fast steps is slower for it than the op was
 * faster.
 *
 * <p>For what comes before, between and after runs of compiled graphs: copies, checks, sums. Not for what computes long.
 */
public final class QuietOps {

    private QuietOps() {}

    private static final class Shared {
        private static final Optional<CpuBackend> BACKEND = CpuBackend.find();
    }

    /**
     * Calls something.
     *
     * @param call uses ND4J on this thread; where there are no {@linkplain CpuBackend CPU kernels}, it is called as it is
     * @param <T> what it gives, not null
     * @return what it gives
     */
    public static <T> T call(Supplier<T> call) {
        if (Shared.BACKEND.isEmpty()) {
            return call.get();
        }
        AtomicReference<@Nullable T> result = new AtomicReference<>();
        Shared.BACKEND.get().onOneThread(() -> result.set(call.get()));
        return Objects.requireNonNull(result.get());
    }
}
