/**
 * How contenders of the paired comparison are spoken to: processes of their own, one line of text a command, one line of JSON an
 * answer.
 *
 * <pre>{@code
 * describe                     {"name": ..., ...}                  what computes
 * list                         {"variants": ["NET JOB VARIANT", ...]}
 * check                        {"worst": relative difference}      do all exact variants agree?
 * time NET JOB VARIANT COUNT   {"ms": [one number a repetition]}
 * quit
 * }</pre>
 *
 * <p>A failed command is answered by {@code {"error": ...}}. Lines that do not begin with a brace are noise of native libraries.
 * {@link org.jacreg.benchmarks.protocol.ContenderServer} is the side that computes, {@link
 * org.jacreg.benchmarks.protocol.ContenderProcess} the side that asks. {@code benchmarks/peers} speaks the same in Python.
 */
@NullMarked
package org.jacreg.benchmarks.protocol;

import org.jspecify.annotations.NullMarked;
