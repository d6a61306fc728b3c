/**
 * What another implementation of the attacks needs to be compared with ours: weights, digits, labels, and what our attacks found, as
 * NumPy arrays and JSON. Start at {@link org.jacreg.examples.peers.PeerExport}; the other side stands in {@code
 * jacreg-attacks/src/test/peers}.
 */
@NullMarked
package org.jacreg.examples.peers;

import org.jspecify.annotations.NullMarked;
