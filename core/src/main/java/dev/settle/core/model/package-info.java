/** What is to be done: the plan, its items, what they ask for, and their ids. */
@NullMarked
package dev.settle.core.model;

import org.jspecify.annotations.NullMarked;
