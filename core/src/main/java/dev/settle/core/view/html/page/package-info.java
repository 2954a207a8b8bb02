/** What the templates of the pages show, prepared: words, figures and coordinates. */
@NullMarked
package dev.settle.core.view.html.page;

import org.jspecify.annotations.NullMarked;
