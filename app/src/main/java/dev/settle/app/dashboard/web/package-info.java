/** The web server of the dashboard: who is let in, and what limits hold for everybody. */
@NullMarked
package dev.settle.app.dashboard.web;

import org.jspecify.annotations.NullMarked;
