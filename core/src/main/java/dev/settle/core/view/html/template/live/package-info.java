/** Templates of the live pages as Java: generated from {@code src/main/jte/live}, and rendered by name. */
@NullMarked
package dev.settle.core.view.html.template.live;

import org.jspecify.annotations.NullMarked;
