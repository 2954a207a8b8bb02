/** The journal as files: writer, reader, follower, snapshot, and the folder of a run. */
@NullMarked
package dev.settle.core.journal.file;

import org.jspecify.annotations.NullMarked;
