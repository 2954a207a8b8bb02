/** Runs that a metered step queue feeds: the client of its protocol, the steps' files, the machine that feeds them. */
@NullMarked
package dev.settle.app.queue;

import org.jspecify.annotations.NullMarked;
