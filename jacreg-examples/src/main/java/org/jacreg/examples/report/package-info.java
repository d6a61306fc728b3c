/**
 * Shows a result: a plain-text table for the terminal and a self-contained HTML page with plots and digits.
 *
 * <p>Start at {@link org.jacreg.examples.report.HtmlReport} or {@link org.jacreg.examples.report.TextTable}. The page
 * loads nothing from anywhere: plots are SVG and digits PNG, both inside the file. Nothing is computed here that is not in
 * the result; the JSON form is {@code org.jacreg.examples.result}'s.
 */
@NullMarked
package org.jacreg.examples.report;

import org.jspecify.annotations.NullMarked;
