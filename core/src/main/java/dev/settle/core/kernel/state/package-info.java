/**
 * What the parts of the kernel share: the run, the time, the policy, the commands, and the decision that is being made.
 *
 * <p>Outside the kernel only {@link Policy}, {@link KernelCommand}, {@link ClockReading} and {@link ItemFiles} are used.
 */
@NullMarked
package dev.settle.core.kernel.state;

import org.jspecify.annotations.NullMarked;
