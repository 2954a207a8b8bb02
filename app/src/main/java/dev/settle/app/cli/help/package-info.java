/** The help of a command and of a topic, as text of at most 80 columns. */
@NullMarked
package dev.settle.app.cli.help;

import org.jspecify.annotations.NullMarked;
