package dev.settle.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The entry point: answers what needs no command at once, and turns every ending into an exit status. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(run(args, Console.ofProcess()).code());
    }

    static ExitStatus run(String[] args, Console console) {
        try {
            return answer(args, console);
        } catch (RuntimeException | Error defect) {
            console.notice("settle: this is a defect in settle, not in your run: " + defect);
            console.notice("settle: please report it with the lines below.");
            console.trace(defect);
            return ExitStatus.DEFECT;
        }
    }

    /** Version and help come from resources, before a command line is parsed: that keeps them under 50 ms. */
    private static ExitStatus answer(String[] args, Console console) {
        String first = args.length == 0 ? "--help" : args[0];
        switch (first) {
            case "--help", "-h" -> console.out(resource("help.txt"));
            case "--version", "-V" -> console.out(resource("version.txt"));
            default -> {
                console.notice("settle: '" + first + "' is not a settle command. See 'settle --help'.");
                return ExitStatus.USAGE;
            }
        }
        return ExitStatus.COMPLETED;
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
