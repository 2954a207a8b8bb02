/** The server of the Model Context Protocol: what agents may call, and how it reaches them on stdio. */
@NullMarked
package dev.settle.app.mcp;

import org.jspecify.annotations.NullMarked;
