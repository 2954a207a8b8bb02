/** Test data and the few test helpers that know nothing of settle's core. */
@NullMarked
package dev.settle.testdata;

import org.jspecify.annotations.NullMarked;
