package dev.settle.core.run;

import java.time.Instant;

/**
 * One line of a journal.
 *
 * @param number its place, from 1, without gaps
 * @param at when it was decided, by the driver's clock
 */
public record Entry(long number, Instant at, RunEvent event) {}
