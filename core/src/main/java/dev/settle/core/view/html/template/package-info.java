/** Templates of the pages as Java: generated from {@code src/main/jte}, and rendered by name. */
@NullMarked
package dev.settle.core.view.html.template;

import org.jspecify.annotations.NullMarked;
