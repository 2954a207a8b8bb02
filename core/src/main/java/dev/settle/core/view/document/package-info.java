/** Runs for programs: the run document, the event stream, JUnit XML, what CI systems show beside a log. */
@NullMarked
package dev.settle.core.view.document;

import org.jspecify.annotations.NullMarked;
