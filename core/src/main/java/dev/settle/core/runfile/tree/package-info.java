/** YAML and JSON as one tree of nodes that know their line and column. */
@NullMarked
package dev.settle.core.runfile.tree;

import org.jspecify.annotations.NullMarked;
