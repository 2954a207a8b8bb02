/** The live terminal: what is drawn over, and the one question that is asked there. The only user of JLine. */
@NullMarked
package dev.settle.app.terminal;

import org.jspecify.annotations.NullMarked;
