/** What Slurm prints: tables, rows, times, and the words of states, reasons and exit codes. */
@NullMarked
package dev.settle.slurm.parse;

import org.jspecify.annotations.NullMarked;
