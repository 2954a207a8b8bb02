/** Decides what is submitted, and when: readiness, batches, refusals, and submissions whose answer is unclear. */
@NullMarked
package dev.settle.core.kernel.submission;

import org.jspecify.annotations.NullMarked;
