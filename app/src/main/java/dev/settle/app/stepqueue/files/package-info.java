/** The files of a run from a step queue: scratch copies, candidates, results, logs, and the lock on the directory. */
@NullMarked
package dev.settle.app.stepqueue.files;

import org.jspecify.annotations.NullMarked;
