/** Completion scripts: each shell's own way, made from what the commands declare. */
@NullMarked
package dev.settle.app.cli.completion;

import org.jspecify.annotations.NullMarked;
