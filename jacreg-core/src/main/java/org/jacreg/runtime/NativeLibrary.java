package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.factory.Nd4j;

/** Which build of a backend is on the class path. */
final class NativeLibrary {

    /** Where the CPU backend keeps its library: one folder for each platform and classifier. */
    private static final String FOLDER = "org/nd4j/linalg/cpu/nativecpu/bindings/";

    private static final List<String> PLATFORMS =
            List.of("linux-x86_64", "linux-arm64", "linux-ppc64le", "macosx-x86_64", "macosx-arm64", "windows-x86_64");

    private static final List<String> BUILDS =
            List.of("", "-avx2", "-avx512", "-onednn", "-onednn-avx2", "-onednn-avx512");

    private NativeLibrary() {}

    /** The backend's class, and the classifiers whose native half is on the class path. */
    static String describe() {
        String backend = Nd4j.getBackend().getClass().getSimpleName();
        List<String> found = classifiers();
        return found.isEmpty() ? backend : backend + " (" + String.join(", ", found) + ")";
    }

    private static List<String> classifiers() {
        List<String> found = new ArrayList<>();
        ClassLoader loader = Nd4j.getBackend().getClass().getClassLoader();
        for (String platform : PLATFORMS) {
            for (String build : BUILDS) {
                String folder = FOLDER + platform + build + "/";
                boolean there = List.of("libnd4jcpu.so", "libnd4jcpu.dylib", "nd4jcpu.dll").stream()
                        .anyMatch(name -> loader.getResource(folder + name) != null);
                if (there) {
                    found.add(platform + build);
                }
            }
        }
        return found;
    }
}
