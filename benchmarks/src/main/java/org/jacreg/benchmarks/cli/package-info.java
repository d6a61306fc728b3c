/** The command line of the comparisons, {@code mvn -q -Ppeers -Dargs="..."}. JMH has its own, {@code mvn -q -Pjmh}. */
@NullMarked
package org.jacreg.benchmarks.cli;

import org.jspecify.annotations.NullMarked;
