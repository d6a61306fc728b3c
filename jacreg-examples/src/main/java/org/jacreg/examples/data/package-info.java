/**
 * Digits from idx files: reading them, holding them, and dealing them out in shuffled batches.
 *
 * <p>Start at {@link org.jacreg.examples.data.MnistData}, which reads the 70,000 digits shipped with this module or one's
 * own files. {@link org.jacreg.examples.data.IdxReader} knows the file format, {@link
 * org.jacreg.examples.data.LabelledImages} holds what was read, {@link org.jacreg.examples.data.ShuffledBatches} feeds
 * training. Nothing here downloads anything, and nothing here knows a network: see {@code org.jacreg.examples.experiment}.
 */
@NullMarked
package org.jacreg.examples.data;

import org.jspecify.annotations.NullMarked;
