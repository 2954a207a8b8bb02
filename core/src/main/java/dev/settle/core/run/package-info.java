/** What happened to a run: item and run states, events, transitions, the fold over them, stop reason and verdict. */
@NullMarked
package dev.settle.core.run;

import org.jspecify.annotations.NullMarked;
