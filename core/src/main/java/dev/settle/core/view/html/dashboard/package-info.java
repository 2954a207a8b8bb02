/** The pages of the dashboard, and the parts of them that are sent again when they change. */
@NullMarked
package dev.settle.core.view.html.dashboard;

import org.jspecify.annotations.NullMarked;
