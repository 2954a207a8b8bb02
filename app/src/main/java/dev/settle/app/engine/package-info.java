/** Advances runs: the session loop, what performs the kernel's commands, and the background engine. */
@NullMarked
package dev.settle.app.engine;

import org.jspecify.annotations.NullMarked;
