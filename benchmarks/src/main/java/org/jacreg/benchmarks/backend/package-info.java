/**
 * Settings of the backend beside each other: BLAS, builds of ND4J, threads, options of the JVM. Start at {@link
 * org.jacreg.benchmarks.backend.BackendAdvice}.
 */
@NullMarked
package org.jacreg.benchmarks.backend;

import org.jspecify.annotations.NullMarked;
