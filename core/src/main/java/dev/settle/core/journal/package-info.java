/** The journal as lines: how an event is written, checked, scanned and read across versions. */
@NullMarked
package dev.settle.core.journal;

import org.jspecify.annotations.NullMarked;
