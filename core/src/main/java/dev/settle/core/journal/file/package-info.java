/** The journal as files: writer, reader, follower, snapshot and lease. */
@NullMarked
package dev.settle.core.journal.file;

import org.jspecify.annotations.NullMarked;
