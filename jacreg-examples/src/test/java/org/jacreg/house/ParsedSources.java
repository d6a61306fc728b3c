package org.jacreg.house;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Java sources as the compiler's own parser reads them.
 *
 * @param units one tree per file
 * @param docTrees finds comments and positions of these trees
 */
record ParsedSources(List<CompilationUnitTree> units, DocTrees docTrees) {

    static ParsedSources of(List<Path> files) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files));
            List<CompilationUnitTree> units = new ArrayList<>();
            task.parse().forEach(units::add);
            return new ParsedSources(units, DocTrees.instance(task));
        }
    }

    /** The Java files below a folder, outside build outputs, whose path holds the given part. */
    static List<Path> javaFiles(Path folder, String part) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(f -> f.toString().endsWith(".java"))
                    .filter(f -> unixName(f).contains(part) && !unixName(f).contains("/target/"))
                    .sorted()
                    .toList();
        }
    }

    private static String unixName(Path file) {
        return file.toString().replace('\\', '/');
    }
}
