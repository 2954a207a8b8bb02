/** What a job begins with, as bytes: variables, arguments, limits, signals. Nothing of it has to be text. */
@NullMarked
package dev.settle.core.environment;

import org.jspecify.annotations.NullMarked;
