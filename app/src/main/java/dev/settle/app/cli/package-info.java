/** The commands: one class per command, from options to the exit status. */
@NullMarked
package dev.settle.app.cli;

import org.jspecify.annotations.NullMarked;
