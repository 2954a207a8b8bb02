/** The port to a scheduler: submit, look up, query and cancel, and the answers to them. */
@NullMarked
package dev.settle.core.scheduler;

import org.jspecify.annotations.NullMarked;
