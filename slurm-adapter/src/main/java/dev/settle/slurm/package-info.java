/** Slurm as a scheduler: the tools' arguments, scripts, parsers and tables of words. */
@NullMarked
package dev.settle.slurm;

import org.jspecify.annotations.NullMarked;
