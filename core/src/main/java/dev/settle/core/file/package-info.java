/** Files: the disk as a border, files that are whole or absent, files of their owner alone. */
@NullMarked
package dev.settle.core.file;

import org.jspecify.annotations.NullMarked;
