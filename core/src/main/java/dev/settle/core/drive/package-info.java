/** What to do next: the pure kernel from state, input and time to events and commands. */
@NullMarked
package dev.settle.core.drive;

import org.jspecify.annotations.NullMarked;
