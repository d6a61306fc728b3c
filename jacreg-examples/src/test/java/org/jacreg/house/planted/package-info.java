/** Classes that each break a rule of the house, for {@link org.jacreg.house.ArchitectureTest} to find. */
@NullMarked
package org.jacreg.house.planted;

import org.jspecify.annotations.NullMarked;
