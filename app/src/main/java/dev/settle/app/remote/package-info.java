/** The client of {@code settle --on HOST}: the same command on another machine, through the system's ssh. */
@NullMarked
package dev.settle.app.remote;

import org.jspecify.annotations.NullMarked;
