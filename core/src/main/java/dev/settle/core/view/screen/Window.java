package dev.settle.core.view.screen;

/** The room that there is to draw in. */
public record Window(int columns, int rows) {}
