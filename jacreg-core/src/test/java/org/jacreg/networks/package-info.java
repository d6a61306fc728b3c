/** Deep networks built with SameDiff's own API, trained with a penalty through plain {@code fit}. Tests only. */
package org.jacreg.networks;
