/** Drivers that die at every place where that could matter. */
@NullMarked
package dev.settle.app.crash;

import org.jspecify.annotations.NullMarked;
