/** Networks from ONNX files, imported by ND4J's own importer, regularized and attacked. Tests only. */
package org.jacreg.attacks.onnx;
