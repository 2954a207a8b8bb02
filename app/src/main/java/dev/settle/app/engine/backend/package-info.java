/** Which backend a run goes to, and what the engine needs of it. */
@NullMarked
package dev.settle.app.engine.backend;

import org.jspecify.annotations.NullMarked;
