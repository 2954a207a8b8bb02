/** This machine as a scheduler: jobs are processes in sessions of their own that outlive the driver. */
@NullMarked
package dev.settle.app.local;

import org.jspecify.annotations.NullMarked;
