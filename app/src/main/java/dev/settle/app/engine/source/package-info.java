/** The port to a source of items: where a run gets the items that its run file does not name. */
@NullMarked
package dev.settle.app.engine.source;

import org.jspecify.annotations.NullMarked;
