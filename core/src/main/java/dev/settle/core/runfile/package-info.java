/** Run files, sbatch scripts and scripthut documents, read to a plan or to problems with their places. */
@NullMarked
package dev.settle.core.runfile;

import org.jspecify.annotations.NullMarked;
