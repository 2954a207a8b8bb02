package dev.settle.app.crash;

import dev.settle.app.cli.Commands;
import dev.settle.app.process.App;
import dev.settle.app.process.Console;
import dev.settle.app.process.Environment;
import dev.settle.app.process.Wiring;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * settle as a process of its own that ends, as if killed, at the given change of a file: {@code ACT WHEN COMMAND ARG...}.
 *
 * <p>{@code -Dsettle.test.speed=20} has its clock run that much faster, and five minutes behind at first, so that it
 * is not ahead of those who come later.
 */
final class CrashingMain {
    static final int KILLED = 137;

    private CrashingMain() {}

    public static void main(String[] args) throws InterruptedException {
        CrashPoint crashPoint =
                new CrashPoint(Integer.parseInt(args[0]), CrashPoint.When.valueOf(args[1]), () -> Runtime.getRuntime()
                        .halt(KILLED));
        int speed = Integer.getInteger("settle.test.speed", 1);
        Clock clock = speed == 1 ? Clock.systemUTC() : new FastClock(speed, Duration.ofMinutes(5));
        App app = new App(
                "test",
                Console.ofProcess(),
                Environment.ofProcess(),
                new Wiring(
                        clock,
                        FastClock.monotonic(clock),
                        FastClock.pause(speed),
                        new SecureRandom(),
                        new CrashingDisk(crashPoint)),
                status -> Runtime.getRuntime().halt(status));
        List<String> words = List.of(args).subList(2, args.length);
        System.exit(
                Commands.run(words.get(0), words.subList(1, words.size()), app).code());
    }
}
