package dev.settle.core.view.html;

/**
 * Markup that a template has written, so that it is escaped already. Only {@link Pages} makes them.
 *
 * @param html for a template to put in as it is
 */
public record Fragment(String html) {}
