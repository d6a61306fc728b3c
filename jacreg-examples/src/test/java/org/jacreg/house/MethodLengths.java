package org.jacreg.house;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts the lines between the braces of methods and constructors. */
final class MethodLengths {

    private MethodLengths() {}

    /** Methods with more than {@code limit} lines between their braces, as {@code File.java#method}. */
    static Map<String, Integer> over(int limit, List<Path> files) throws IOException {
        Map<String, Integer> found = new TreeMap<>();
        ParsedSources sources = ParsedSources.of(files);
        for (CompilationUnitTree unit : sources.units()) {
            scan(unit, sources.docTrees().getSourcePositions(), limit, found);
        }
        return found;
    }

    private static void scan(
            CompilationUnitTree unit, SourcePositions positions, int limit, Map<String, Integer> found) {
        String file = Path.of(unit.getSourceFile().toUri()).getFileName().toString();
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitMethod(MethodTree method, Void unused) {
                if (method.getBody() != null) {
                    long first = line(positions.getStartPosition(unit, method.getBody()));
                    long last = line(positions.getEndPosition(unit, method.getBody()));
                    int lines = (int) Math.max(0, last - first - 1);
                    if (lines > limit) {
                        found.put(file + "#" + method.getName(), lines);
                    }
                }
                return super.visitMethod(method, unused);
            }

            private long line(long position) {
                return unit.getLineMap().getLineNumber(position);
            }
        }.scan(unit, null);
    }
}
