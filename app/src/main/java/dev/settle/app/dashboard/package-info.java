/** The live page: a small web server on loopback, behind a token. What it shows is handed in. */
@NullMarked
package dev.settle.app.dashboard;

import org.jspecify.annotations.NullMarked;
