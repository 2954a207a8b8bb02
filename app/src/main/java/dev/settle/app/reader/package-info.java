/** Follows a run and shows it: filters, stop conditions, screen, log, event stream, output. */
@NullMarked
package dev.settle.app.reader;

import org.jspecify.annotations.NullMarked;
