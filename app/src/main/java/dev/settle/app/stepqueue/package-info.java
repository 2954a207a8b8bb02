/** A metered step queue as the source of a run's items: what it decides, and how that is done. */
@NullMarked
package dev.settle.app.stepqueue;

import org.jspecify.annotations.NullMarked;
