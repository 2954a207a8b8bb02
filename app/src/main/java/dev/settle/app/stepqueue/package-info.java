/** Runs fed by a metered step queue: the client of its protocol, the files of its steps, and the source of items. */
@NullMarked
package dev.settle.app.stepqueue;

import org.jspecify.annotations.NullMarked;
