/**
 * The one place that reads and edits SameDiff's internals.
 *
 * <p>Start at {@link org.jacreg.graph.GraphModel}, which says what is input, label, logits and loss of a graph. {@link
 * org.jacreg.graph.GraphProbe} measures shapes, {@link org.jacreg.graph.GraphDecoration} adds nodes under a prefix and
 * takes them away again, {@link org.jacreg.graph.GraphCopy} makes a private copy that shares the weights, {@link
 * org.jacreg.graph.SubgraphCopy} a second network within the same graph, {@link org.jacreg.graph.OpCopy} a
 * single op, {@link org.jacreg.graph.GemmRepair} mends imported dense layers, {@link org.jacreg.graph.GraphFingerprint} hashes a
 * graph. Derivative rules
 * are not here: see {@code org.jacreg.vjp}.
 */
@NullMarked
package org.jacreg.graph;

import org.jspecify.annotations.NullMarked;
