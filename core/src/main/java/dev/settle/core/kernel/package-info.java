/** The pure kernel: an input and a time go in, events and commands come out. */
@NullMarked
package dev.settle.core.kernel;

import org.jspecify.annotations.NullMarked;
