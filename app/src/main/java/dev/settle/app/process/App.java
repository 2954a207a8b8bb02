package dev.settle.app;

import java.util.function.IntConsumer;

/**
 * What every command is handed: the streams, the environment and what comes from outside.
 *
 * @param halt ends the process at once with this status, whatever is in flight
 */
public record App(Console console, Environment environment, Wiring wiring, IntConsumer halt) {}
