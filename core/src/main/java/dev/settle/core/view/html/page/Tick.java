package dev.settle.core.view.html.page;

/**
 * A mark on an axis.
 *
 * @param at in percent
 * @param anchor of SVG: {@code start}, {@code middle} or {@code end}
 */
public record Tick(String at, String label, String anchor) {}
