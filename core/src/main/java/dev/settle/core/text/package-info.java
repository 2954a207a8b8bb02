/** Small readers and writers of text: durations, sizes, wildcards, shell quoting, and text made fit to be shown. */
@NullMarked
package dev.settle.core.text;

import org.jspecify.annotations.NullMarked;
