/** Takes observations and records in, remembers how fresh they are, and gives each item its verdict by the rules of evidence. */
@NullMarked
package dev.settle.core.kernel.evidence;

import org.jspecify.annotations.NullMarked;
