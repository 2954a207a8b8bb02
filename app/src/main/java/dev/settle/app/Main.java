package dev.settle.app;

import dev.settle.app.cli.Commands;
import dev.settle.app.process.App;
import dev.settle.app.process.CiRunner;
import dev.settle.app.process.Console;
import dev.settle.app.process.Environment;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.process.ProcessEnd;
import dev.settle.app.process.RawArguments;
import dev.settle.app.process.RemoteEnd;
import dev.settle.app.process.Shortage;
import dev.settle.app.process.Wiring;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The entry point: answers what needs no command at once, and turns every ending into an exit status. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Console console = Console.ofProcess();
        ProcessEnd.exit(told(run(args, console), console));
    }

    /** What was asked for is not done while its answer is lost, on a full disk for instance. */
    private static ExitStatus told(ExitStatus status, Console console) {
        Optional<String> trouble = console.trouble();
        if (trouble.isEmpty()) {
            return status;
        }
        console.notice(
                "settle: stdout cannot be written: " + trouble.get() + "; what was to be shown is not all there");
        return status == ExitStatus.COMPLETED ? ExitStatus.STORAGE_FAILED : status;
    }

    private static ExitStatus run(String[] args, Console console) {
        String[] raw;
        try {
            raw = RawArguments.of(args);
        } catch (Failure unreadable) {
            return failed(unreadable, console);
        }
        return run(raw, console, version -> ofProcess(version, console));
    }

    private static App ofProcess(String version, Console console) {
        Environment environment = Environment.ofProcess();
        console.readBy(CiRunner.of(environment));
        console.readFrom(RemoteEnd.host(environment));
        return new App(version, console, environment, Wiring.ofProcess(), ProcessEnd::halt);
    }

    /** @param app what a command is handed, made for a version where one is to be run */
    static ExitStatus run(String[] args, Console console, Function<String, App> app) {
        try {
            return answer(args, console, app);
        } catch (Failure expected) {
            return failed(expected, console);
        } catch (InterruptedException e) {
            return ExitStatus.SIGNAL_INT;
        } catch (RuntimeException | Error defect) {
            if (Shortage.isOf(defect)) {
                console.notice("settle: " + Shortage.words(defect) + "; nothing that was recorded is lost");
            } else {
                console.notice("settle: this is a defect in settle, not in your run: " + defect);
                tellDetails(defect, console);
            }
            return ExitStatus.DEFECT;
        }
    }

    private static ExitStatus failed(Failure expected, Console console) {
        boolean first = true;
        for (String line : expected.lines()) {
            console.notice(first ? "settle: " + line : line);
            first = false;
        }
        return expected.status();
    }

    /** A trace helps nobody who reads a terminal or a log; it is kept where it can be reported from. */
    private static void tellDetails(Throwable defect, Console console) {
        try {
            Path file = Files.createTempFile("settle-defect-", ".txt");
            StringWriter trace = new StringWriter();
            defect.printStackTrace(new PrintWriter(trace));
            Files.writeString(file, trace.toString());
            console.notice("settle: please report it with the details in " + file);
        } catch (IOException | RuntimeException | Error unwritten) {
            console.notice("settle: please report it with the lines below.");
            console.trace(defect);
        }
    }

    /** Version and help come from resources, before a command line is parsed: that keeps them fast. */
    private static ExitStatus answer(String[] args, Console console, Function<String, App> app)
            throws InterruptedException {
        String first = args.length == 0 ? "--help" : args[0];
        boolean help = first.equals("help") || first.equals("--help") || first.equals("-h");
        boolean about = args.length > 1 && !args[1].startsWith("-") && !args[1].equals("help");
        if (help && !about) {
            console.out(resource("help.txt"));
            return ExitStatus.COMPLETED;
        }
        if (first.equals("--version") || first.equals("-V")) {
            console.out(resource("version.txt"));
            return ExitStatus.COMPLETED;
        }
        String version = resource("version.txt").strip().replace("settle ", "");
        RawArguments.refuseWhereTheyAreNames(args);
        return help ? Commands.help(args[1], app.apply(version)) : Commands.answer(List.of(args), app.apply(version));
    }

    private static String resource(String name) {
        try (InputStream in = Main.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + " is missing beside " + Main.class);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("resource " + name + " cannot be read", e);
        }
    }
}
