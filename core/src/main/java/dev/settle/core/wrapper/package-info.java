/** The job wrapper: its scripts, how a job is handed to it, and its start and exit records. */
@NullMarked
package dev.settle.core.wrapper;

import org.jspecify.annotations.NullMarked;
