/** What settle needs of a scheduler: submit, find, sight and cancel, and the answers to them. */
@NullMarked
package dev.settle.core.port;

import org.jspecify.annotations.NullMarked;
