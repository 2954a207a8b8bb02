/** The live pages: what they show of the runs on disk, kept up to date, and what their buttons do. */
@NullMarked
package dev.settle.app.dashboard;

import org.jspecify.annotations.NullMarked;
