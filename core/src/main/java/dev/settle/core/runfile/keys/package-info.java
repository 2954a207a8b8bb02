/** The keys of a run file, and the values that they take. */
@NullMarked
package dev.settle.core.runfile.keys;

import org.jspecify.annotations.NullMarked;
