/** What is outside of settle: the streams, the environment, signals, the clock, other processes. */
@NullMarked
package dev.settle.app.process;

import org.jspecify.annotations.NullMarked;
