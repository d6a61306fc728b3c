package org.jacreg.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

class CpuBackendTest {

    private static final String PACKAGE = CpuBackend.class.getPackageName() + ".";

    @Test
    void bothLibrariesAreThereInTests() {
        assertThat(CpuBackend.find().orElseThrow().library()).isEqualTo(CpuBackend.Library.ONEDNN);
        assertThat(CpuBackend.find(CpuBackend.Library.BLAS).orElseThrow()).hasToString("CPU kernels with cblas");
    }

    @Test
    void withoutOneDnnProductsGoThroughTheBlas() throws ReflectiveOperationException {
        assertThat(findWithout("org.bytedeco.dnnl.").map(Object::toString)).contains("CPU kernels with cblas");
    }

    @Test
    void withoutOpenBlasThereIsNone() throws ReflectiveOperationException {
        assertThat(findWithout("org.bytedeco.openblas.")).isEmpty();
    }

    @Test
    void withoutNd4jsNativeClassesProductsGoThroughTheBlas() throws ReflectiveOperationException {
        assertThat(findWithout("org.nd4j.nativeblas.").map(Object::toString)).contains("CPU kernels with cblas");
    }

    /** The caller's own setting of OpenMP and of the BLAS must be what it was. */
    @Test
    void settingsOfTheCallingThreadComeBack() {
        // First, since it starts ND4J, before which its native holder cannot be asked for.
        MatrixEngine oneDnn = KernelCheck.backend(CpuBackend.Library.ONEDNN).engine();
        NativeOps ops = NativeOpsHolder.getInstance().getDeviceNativeOps();
        int before = ops.ompGetMaxThreads();
        try {
            ops.setOmpNumThreads(3);
            int token = oneDnn.begin();
            assertThat(ops.ompGetMaxThreads()).isOne();
            oneDnn.end(token);
            assertThat(ops.ompGetMaxThreads()).isEqualTo(3);
        } finally {
            ops.setOmpNumThreads(before);
        }
    }

    /** Looks for a backend with classes of this package that are loaded anew and cannot see some others. */
    private static Optional<?> findWithout(String hidden) throws ReflectiveOperationException {
        ClassLoader loader = new Hiding(hidden);
        Class<?> fresh = Class.forName(CpuBackend.class.getName(), true, loader);
        assertThat(fresh).isNotEqualTo(CpuBackend.class);
        try {
            return (Optional<?>) fresh.getMethod("find").invoke(null);
        } catch (InvocationTargetException e) {
            throw new AssertionError("find must not fail where " + hidden + " is absent", e.getCause());
        }
    }

    private static final class Hiding extends ClassLoader {

        private final String hidden;

        Hiding(String hidden) {
            super(CpuBackendTest.class.getClassLoader());
            this.hidden = hidden;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith(hidden)) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith(PACKAGE)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] code = in.readAllBytes();
                return defineClass(name, code, 0, code.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
