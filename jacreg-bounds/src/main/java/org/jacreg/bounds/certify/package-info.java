/** Certificates. */
@NullMarked
package org.jacreg.bounds.certify;

import org.jspecify.annotations.NullMarked;
