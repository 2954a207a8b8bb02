/** The live screen: what it shows of a run, as a function of the view, the size and where the reader is, and what its keys do. */
@NullMarked
package dev.settle.core.view.screen;

import org.jspecify.annotations.NullMarked;
