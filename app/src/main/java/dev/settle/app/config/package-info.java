/** The configuration: the site's file, the user's file and {@code SETTLE_*} variables, in one table of settings. */
@NullMarked
package dev.settle.app.config;

import org.jspecify.annotations.NullMarked;
