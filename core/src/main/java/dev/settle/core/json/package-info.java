/** Small JSON documents as plain trees, read and written by streaming. */
@NullMarked
package dev.settle.core.json;

import org.jspecify.annotations.NullMarked;
