/** Deletes runs that ended: those that a user names, and those that are old. */
@NullMarked
package dev.settle.app.removal;

import org.jspecify.annotations.NullMarked;
