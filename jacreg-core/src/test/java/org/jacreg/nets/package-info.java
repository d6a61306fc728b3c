/** Small networks, their data and central differences, for tests of the other packages. Tests only. */
package org.jacreg.nets;
