/**
 * Kernels for CPUs: matrix products, convolutions, pooling, over raw native buffers.
 *
 * <p>Start at {@link org.jacreg.runtime.kernel.CpuBackend}, which says what this process has, and {@link
 * org.jacreg.runtime.kernel.Workers}, the threads. Each {@link org.jacreg.runtime.kernel.Kernel} is built once for fixed shapes and
 * fixed memory; {@code run()} then allocates nothing. All arrays are dense and row-major, images are {@code [N, C, H, W]}.
 *
 * <p>Not here: which node of a graph a kernel stands for, memory planning, and elementwise arithmetic; see {@code
 * org.jacreg.runtime}. Classes of JavaCPP are optional at run time: touch nothing but {@code CpuBackend} until it has said that
 * kernels can be used.
 */
@NullMarked
package org.jacreg.runtime.kernel;

import org.jspecify.annotations.NullMarked;
