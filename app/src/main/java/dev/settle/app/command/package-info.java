/** The commands: from arguments to what they do and the exit status. */
@NullMarked
package dev.settle.app.command;

import org.jspecify.annotations.NullMarked;
