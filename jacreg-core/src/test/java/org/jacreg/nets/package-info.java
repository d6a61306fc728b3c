/** Small networks, their data, central differences, and what every objective of training is to keep, for tests of the other packages. Tests only. */
package org.jacreg.nets;
