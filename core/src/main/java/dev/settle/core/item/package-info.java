/** How an item moves: its states, events, attempts and outcome, and the one table of legal moves. */
@NullMarked
package dev.settle.core.item;

import org.jspecify.annotations.NullMarked;
