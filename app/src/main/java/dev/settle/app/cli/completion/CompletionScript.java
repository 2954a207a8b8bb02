package dev.settle.app.cli.completion;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The script of a shell: a frame, a resource that knows the shell, with one line per command or option put into it. What
 * only a look at the runs can tell comes from {@code settle __complete}.
 */
public final class CompletionScript {
    /** A shell for which there is a script. */
    public enum Shell {
        BASH,
        ZSH,
        FISH
    }

    /** Where a frame wants the lines of the commands. */
    private static final String HERE = "@commands@\n";

    private CompletionScript() {}

    /** The script for a shell. */
    public static String of(Completion completion, Shell shell) {
        StringBuilder lines = new StringBuilder();
        switch (shell) {
            case BASH -> BashLines.of(completion, lines);
            case ZSH -> ZshLines.of(completion, lines);
            case FISH -> FishLines.of(completion, lines);
        }
        return frame(shell).replace(HERE, lines);
    }

    private static String frame(Shell shell) {
        String name =
                switch (shell) {
                    case BASH -> "bash.txt";
                    case ZSH -> "zsh.txt";
                    case FISH -> "fish.txt";
                };
        try (InputStream in = CompletionScript.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the build left out " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " of this build cannot be read", e);
        }
    }
}
