/** Golden vectors made with PyTorch in float64, their loader, and the SameDiff graphs they describe. Tests only. */
package org.jacreg.golden;
