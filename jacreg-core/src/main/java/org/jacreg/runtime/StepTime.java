package org.jacreg.runtime;

/**
 * What one step of a compiled schedule takes.
 *
 * @param step the operation with the arrays it reads and writes
 * @param microseconds the median over the profiled runs
 */
public record StepTime(String step, double microseconds) {}
