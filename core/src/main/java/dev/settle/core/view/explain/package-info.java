/** The evidence behind a verdict, as text and as JSON. */
@NullMarked
package dev.settle.core.view.explain;

import org.jspecify.annotations.NullMarked;
