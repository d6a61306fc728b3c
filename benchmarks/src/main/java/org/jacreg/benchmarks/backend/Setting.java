package org.jacreg.benchmarks.backend;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A way to start the JVM.
 *
 * @param name as the table says it
 * @param environment variables beside ours; an empty value takes one away
 * @param options of the JVM
 * @param classifier of ND4J's native jar, in place of the plain one; empty for that
 * @param jars further jars, by their names in the local repository's layout
 */
record Setting(
        String name, Map<String, String> environment, List<String> options, String classifier, List<String> jars) {

    private static final String PASSIVE = "OMP_WAIT_POLICY=PASSIVE";
    private static final String NATIVE = "nd4j-native-1.0.0-M2.1-linux-x86_64";
    private static final String MKL = "mkl/2022.0-1.5.7/mkl-2022.0-1.5.7";

    Setting {
        environment = Map.copyOf(environment);
        options = List.copyOf(options);
        jars = List.copyOf(jars);
    }

    private static Setting of(String name, String... environment) {
        Map<String, String> variables = new LinkedHashMap<>(Map.of("OPENBLAS_CORETYPE", "SkylakeX"));
        for (String variable : environment) {
            String[] parts = variable.split("=", 2);
            variables.put(parts[0], parts[1]);
        }
        return new Setting(name, variables, List.of(), "", List.of());
    }

    private Setting build(String otherClassifier) {
        return new Setting(name, environment, options, otherClassifier, jars);
    }

    private Setting jvm(String... more) {
        return new Setting(name, environment, List.of(more), classifier, jars);
    }

    private Setting with(String... more) {
        return new Setting(name, environment, options, classifier, List.of(more));
    }

    /** All settings that are measured. But for the first and the second, OpenBLAS is told to use its AVX-512 kernels. */
    static List<Setting> all() {
        return List.of(
                of("OpenBLAS as it chooses itself", "OPENBLAS_CORETYPE="),
                of("OPENBLAS_CORETYPE=Haswell", "OPENBLAS_CORETYPE=Haswell"),
                of("OPENBLAS_CORETYPE=SkylakeX"),
                of("MKL 2022.0", "OPENBLAS_CORETYPE=")
                        .jvm("-Dorg.bytedeco.openblas.load=mkl")
                        .with(MKL + ".jar", MKL + "-linux-x86_64.jar", MKL + "-linux-x86_64-redist.jar"),
                of("SkylakeX, OMP_NUM_THREADS=1", "OMP_NUM_THREADS=1"),
                of("SkylakeX, OMP_WAIT_POLICY=PASSIVE", PASSIVE),
                of("SkylakeX, PASSIVE, ND4J -avx2", PASSIVE).build("-avx2"),
                of("SkylakeX, PASSIVE, ND4J -avx512", PASSIVE).build("-avx512"),
                of("SkylakeX, PASSIVE, ND4J -onednn", PASSIVE).build("-onednn"),
                of(
                        "SkylakeX, PASSIVE, malloc keeps memory",
                        PASSIVE,
                        "MALLOC_MMAP_THRESHOLD_=1073741824",
                        "MALLOC_TRIM_THRESHOLD_=4294967296"),
                of("MKL 2022.0, PASSIVE", PASSIVE, "OPENBLAS_CORETYPE=")
                        .jvm("-Dorg.bytedeco.openblas.load=mkl")
                        .with(MKL + ".jar", MKL + "-linux-x86_64.jar", MKL + "-linux-x86_64-redist.jar"),
                of("SkylakeX, PASSIVE, -XX:+UseParallelGC", PASSIVE).jvm("-XX:+UseParallelGC"),
                of("SkylakeX, PASSIVE, JavaCPP's nopointergc", PASSIVE).jvm("-Dorg.bytedeco.javacpp.nopointergc=true"));
    }

    /** Our own class path, changed; the jars lie beside OpenBLAS's in the local repository. */
    String classPath() {
        String ours = System.getProperty("java.class.path");
        List<String> entries = new ArrayList<>(Arrays.asList(ours.split(File.pathSeparator, -1)));
        for (String jar : jars) {
            entries.add(beside(entries, jar));
        }
        return entries.stream()
                .map(entry -> entry.replace(NATIVE + ".jar", NATIVE + classifier + ".jar"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String beside(List<String> entries, String jar) {
        return entries.stream()
                .filter(entry -> entry.contains(File.separator + "openblas" + File.separator))
                .map(entry -> Path.of(entry)
                        .resolve("../../..")
                        .resolve(jar)
                        .normalize()
                        .toString())
                .findFirst()
                .orElse(jar);
    }

    /** The jars it needs that are not there. */
    List<String> missing() {
        return Arrays.stream(classPath().split(File.pathSeparator, -1))
                .filter(entry -> entry.endsWith(".jar") && !Files.exists(Path.of(entry)))
                .toList();
    }
}
