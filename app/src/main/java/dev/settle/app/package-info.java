/** The command line: commands, wiring, the console and everything that touches this machine. */
@NullMarked
package dev.settle.app;

import org.jspecify.annotations.NullMarked;
