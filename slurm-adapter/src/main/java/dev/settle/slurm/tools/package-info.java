/** Running Slurm's commands: environment, budget, log, and answers shared between processes. */
@NullMarked
package dev.settle.slurm.tools;

import org.jspecify.annotations.NullMarked;
