/** What was asked for: the run file as written, and the plan of items made from it. */
@NullMarked
package dev.settle.core.plan;

import org.jspecify.annotations.NullMarked;
