/** The files that jobs write for the engine, and what tells it about new ones. */
@NullMarked
package dev.settle.app.engine.records;

import org.jspecify.annotations.NullMarked;
