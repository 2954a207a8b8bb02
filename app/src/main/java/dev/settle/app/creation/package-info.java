/** From what a user asks for to a run: plans are read, runs are created, and ended runs are reopened. */
@NullMarked
package dev.settle.app.creation;

import org.jspecify.annotations.NullMarked;
