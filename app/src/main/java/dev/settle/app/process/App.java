package dev.settle.app.process;

import java.util.function.IntConsumer;

/**
 * What every command is handed: the streams, the environment and what comes from outside.
 *
 * @param version of this build
 * @param halt ends the process at once with this status, whatever is in flight
 */
public record App(String version, Console console, Environment environment, Wiring wiring, IntConsumer halt) {}
