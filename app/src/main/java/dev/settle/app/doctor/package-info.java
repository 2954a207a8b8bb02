/** Finds what keeps runs from being trusted here, and runs that no process manages. */
@NullMarked
package dev.settle.app.doctor;

import org.jspecify.annotations.NullMarked;
