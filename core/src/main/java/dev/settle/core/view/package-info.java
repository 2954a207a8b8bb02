/** What is shown of a run: pure functions from its view to lines, JSON, JUnit XML and HTML. */
@NullMarked
package dev.settle.core.view;

import org.jspecify.annotations.NullMarked;
