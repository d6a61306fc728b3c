/**
 * What ND4J's ops should compute, as plain loops in float64: slow, simple, and independent of any backend.
 *
 * <p>Here are the references and the registry of them, {@link org.jacreg.runtime.reference.References}. What runs ops and
 * compares is {@link org.jacreg.runtime.BackendCheck}; fast kernels are elsewhere, and are tested against these.
 */
@NullMarked
package org.jacreg.runtime.reference;

import org.jspecify.annotations.NullMarked;
