/** Runs for programs: the run document, the event stream, JUnit XML. */
@NullMarked
package dev.settle.core.view.document;

import org.jspecify.annotations.NullMarked;
