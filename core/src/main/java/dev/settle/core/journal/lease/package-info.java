/** The one-writer rule: who may write a run's journal, across processes and machines. */
@NullMarked
package dev.settle.core.journal.lease;

import org.jspecify.annotations.NullMarked;
