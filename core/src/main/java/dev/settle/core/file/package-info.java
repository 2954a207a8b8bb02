/** How files of settle's own are made. */
@NullMarked
package dev.settle.core.file;

import org.jspecify.annotations.NullMarked;
