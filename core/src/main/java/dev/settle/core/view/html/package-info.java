/** Runs as HTML pages that need nothing else. */
@NullMarked
package dev.settle.core.view.html;

import org.jspecify.annotations.NullMarked;
