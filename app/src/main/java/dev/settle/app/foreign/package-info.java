/** Slurm jobs that settle did not submit. */
@NullMarked
package dev.settle.app.foreign;

import org.jspecify.annotations.NullMarked;
