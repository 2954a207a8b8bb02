/** What has happened to a run: its events, the fold over them, its stop reason and verdict. */
@NullMarked
package dev.settle.core.run;

import org.jspecify.annotations.NullMarked;
