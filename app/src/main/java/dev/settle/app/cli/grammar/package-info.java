/** What the options and words of a command mean beyond their names: likely values, and what a mistyped one was meant to be. */
@NullMarked
package dev.settle.app.cli.grammar;

import org.jspecify.annotations.NullMarked;
