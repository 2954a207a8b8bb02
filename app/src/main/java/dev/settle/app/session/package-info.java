/** The imperative shell: opens runs, drives them, performs what the kernel decides. */
@NullMarked
package dev.settle.app.session;

import org.jspecify.annotations.NullMarked;
