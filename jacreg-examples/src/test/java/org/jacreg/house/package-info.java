/**
 * Tests of the house itself, over all modules: who may know whom, what no class may do, how long a file and a method may be.
 *
 * <p>Start at {@link org.jacreg.house.ArchitectureTest}. {@code planted} holds one fault for each rule; the rules must find every one of them.
 * What the classes compute is tested in their own modules, not here.
 */
@NullMarked
package org.jacreg.house;

import org.jspecify.annotations.NullMarked;
