/** Decides when the controller and accounting are asked, and about which jobs. */
@NullMarked
package dev.settle.core.kernel.polling;

import org.jspecify.annotations.NullMarked;
