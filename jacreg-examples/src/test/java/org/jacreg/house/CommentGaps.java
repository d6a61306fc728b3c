package org.jacreg.house;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.ReturnTree;
import com.sun.source.doctree.ThrowsTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.TypeParameterTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;

/**
 * Finds what is missing in the Javadoc of one file's public and protected API.
 *
 * <p>Stands in for the group "missing" of doclint, which on JDK 17 asks for a second copy of a record's {@code @param} tags
 * on its compact constructor, and on later JDKs does not. Methods that override and canonical constructors of records need
 * no comment of their own.
 */
final class CommentGaps extends TreePathScanner<Void, Void> {

    private final CompilationUnitTree unit;
    private final DocTrees docTrees;
    private final List<String> gaps = new ArrayList<>();

    private CommentGaps(CompilationUnitTree unit, DocTrees docTrees) {
        this.unit = unit;
        this.docTrees = docTrees;
    }

    static List<String> in(CompilationUnitTree unit, DocTrees docTrees) {
        CommentGaps scanner = new CommentGaps(unit, docTrees);
        scanner.scan(unit, null);
        return scanner.gaps;
    }

    @Override
    public Void visitClass(ClassTree type, Void unused) {
        if (!isVisible(type.getModifiers())) {
            return null;
        }
        Stream<String> names =
                Stream.concat(type.getTypeParameters().stream().map(CommentGaps::tagName), components(type).stream());
        check(type.getSimpleName().toString(), names.toList(), false, List.of());
        if (type.getKind() == Tree.Kind.CLASS && constructors(type).isEmpty() && isConcrete(type)) {
            report(type.getSimpleName() + ": has a public constructor that nobody wrote");
        }
        return super.visitClass(type, unused);
    }

    @Override
    public Void visitMethod(MethodTree method, Void unused) {
        if (isVisible(method.getModifiers()) && !overrides(method) && !isCanonical(method)) {
            Stream<String> names = Stream.concat(
                    method.getTypeParameters().stream().map(CommentGaps::tagName),
                    method.getParameters().stream().map(p -> p.getName().toString()));
            Tree result = method.getReturnType();
            boolean returns = result != null && !result.toString().equals("void");
            check(method.getName().toString(), names.toList(), returns, method.getThrows());
        }
        return null;
    }

    @Override
    public Void visitVariable(VariableTree field, Void unused) {
        boolean component = owner().getKind() == Tree.Kind.RECORD && !isStatic(field.getModifiers());
        if (!component && isVisible(field.getModifiers())) {
            check(field.getName().toString(), List.of(), false, List.of());
        }
        return null;
    }

    private void check(String name, List<String> parameters, boolean returns, List<? extends ExpressionTree> thrown) {
        DocCommentTree comment = docTrees.getDocCommentTree(getCurrentPath());
        if (comment == null) {
            report(name + ": no comment");
            return;
        }
        List<DocTree> tags = Stream.concat(comment.getFullBody().stream(), comment.getBlockTags().stream())
                .<DocTree>map(tag -> tag)
                .toList();
        if (tags.stream().anyMatch(tag -> tag.getKind() == DocTree.Kind.INHERIT_DOC)) {
            return;
        }
        List<String> documented = tags.stream()
                .filter(ParamTree.class::isInstance)
                .map(ParamTree.class::cast)
                .map(p -> p.isTypeParameter()
                        ? "<" + p.getName() + ">"
                        : p.getName().toString())
                .toList();
        parameters.stream().filter(p -> !documented.contains(p)).forEach(p -> report(name + ": no @param " + p));
        if (returns && tags.stream().noneMatch(ReturnTree.class::isInstance)) {
            report(name + ": no @return");
        }
        List<String> exceptions = tags.stream()
                .filter(ThrowsTree.class::isInstance)
                .map(tag -> ((ThrowsTree) tag).getExceptionName().toString())
                .toList();
        thrown.stream()
                .map(Objects::toString)
                .filter(e -> !exceptions.contains(e))
                .forEach(e -> report(name + ": no @throws " + e));
    }

    private void report(String gap) {
        long position = docTrees.getSourcePositions()
                .getStartPosition(unit, getCurrentPath().getLeaf());
        String file = unit.getSourceFile().getName();
        gaps.add(file.substring(file.lastIndexOf('/') + 1) + ":"
                + unit.getLineMap().getLineNumber(position) + " " + gap);
    }

    private ClassTree owner() {
        return (ClassTree) getCurrentPath().getParentPath().getLeaf();
    }

    private boolean isVisible(ModifiersTree modifiers) {
        Tree parent = getCurrentPath().getParentPath().getLeaf();
        boolean implicitly = parent.getKind() == Tree.Kind.INTERFACE || isEnumConstant();
        return (implicitly && !modifiers.getFlags().contains(Modifier.PRIVATE))
                || modifiers.getFlags().contains(Modifier.PUBLIC)
                || modifiers.getFlags().contains(Modifier.PROTECTED);
    }

    private boolean isEnumConstant() {
        return getCurrentPath().getLeaf() instanceof VariableTree field
                && owner().getKind() == Tree.Kind.ENUM
                && isStatic(field.getModifiers())
                && field.getModifiers().getFlags().contains(Modifier.PUBLIC);
    }

    private static boolean isStatic(ModifiersTree modifiers) {
        return modifiers.getFlags().contains(Modifier.STATIC);
    }

    private static boolean isConcrete(ClassTree type) {
        return !type.getModifiers().getFlags().contains(Modifier.ABSTRACT);
    }

    private static boolean overrides(MethodTree method) {
        return method.getModifiers().getAnnotations().stream()
                .anyMatch(a -> a.getAnnotationType().toString().equals("Override"));
    }

    private boolean isCanonical(MethodTree method) {
        return method.getReturnType() == null
                && owner().getKind() == Tree.Kind.RECORD
                && (method.getParameters().isEmpty()
                        || method.getParameters().size() == components(owner()).size());
    }

    private static List<MethodTree> constructors(ClassTree type) {
        return type.getMembers().stream()
                .filter(MethodTree.class::isInstance)
                .map(MethodTree.class::cast)
                .filter(m -> m.getReturnType() == null)
                .toList();
    }

    private static List<String> components(ClassTree type) {
        if (type.getKind() != Tree.Kind.RECORD) {
            return List.of();
        }
        return type.getMembers().stream()
                .filter(VariableTree.class::isInstance)
                .map(VariableTree.class::cast)
                .filter(field -> !isStatic(field.getModifiers()))
                .map(field -> field.getName().toString())
                .toList();
    }

    private static String tagName(TypeParameterTree parameter) {
        return "<" + parameter.getName() + ">";
    }
}
