/** The step queue's protocol: its calls over HTTP, their answers, and what their failures mean. */
@NullMarked
package dev.settle.app.stepqueue.client;

import org.jspecify.annotations.NullMarked;
