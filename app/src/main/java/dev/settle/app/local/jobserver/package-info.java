/** The job server: one process per engine that starts short local jobs quickly. */
@NullMarked
package dev.settle.app.local.jobserver;

import org.jspecify.annotations.NullMarked;
