/** Text that others wrote, made fit to be shown. */
@NullMarked
package dev.settle.core.text;

import org.jspecify.annotations.NullMarked;
