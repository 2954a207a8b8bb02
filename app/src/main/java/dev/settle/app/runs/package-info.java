/** The runs of this user on disk: creates, finds and opens them, and knows which process manages them. */
@NullMarked
package dev.settle.app.runs;

import org.jspecify.annotations.NullMarked;
