package dev.settle.app.process;

import dev.settle.core.environment.RawText;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The command's arguments to the byte: Java reads each byte that is no UTF-8 as a replacement character. Only those of a
 * command after {@code --}, of a script, and values of {@code --env} may have such bytes; all others name something.
 */
public final class RawArguments {
    private static final Path OWN = Path.of("/proc/self/cmdline");
    private static final String NO_TEXT = "\uFFFD";

    private RawArguments() {}

    /**
     * The arguments as the kernel has them ({@link RawText}), where Java's may not be all that was typed.
     *
     * @throws Failure when they cannot be read: none is changed silently
     */
    public static String[] of(String[] args) {
        boolean whole = true;
        for (String arg : args) {
            whole &= !arg.contains(NO_TEXT);
        }
        if (whole) {
            return args;
        }
        try {
            return last(Files.readAllBytes(OWN), args.length);
        } catch (IOException e) {
            throw Failure.usage(
                    "an argument may hold bytes that are not UTF-8, and " + OWN + " cannot be read: " + e.getMessage());
        }
    }

    /** The last arguments of a command line whose words each end with a NUL. */
    static String[] last(byte[] commandLine, int count) {
        List<String> words = Arrays.asList(new String(commandLine, StandardCharsets.ISO_8859_1).split("\0", -1));
        List<String> last = words.subList(words.size() - 1 - count, words.size() - 1);
        return last.stream()
                .map(word -> RawText.decode(word.getBytes(StandardCharsets.ISO_8859_1)))
                .toArray(String[]::new);
    }

    /** Arguments after a script are the script's own. What cannot be a path at all is no file, hence no {@code Path}. */
    private static boolean isFile(String arg) {
        return !arg.startsWith("-") && !RawText.isRaw(arg) && new File(arg).isFile();
    }

    /** @throws Failure for bytes that are no UTF-8 where settle would have to take them for a name */
    public static void refuseWhereTheyAreNames(String[] args) {
        for (int i = 0; i < args.length && !args[i].equals("--"); i++) {
            boolean variable = args[i].startsWith("--env=") || (i > 0 && args[i - 1].equals("--env"));
            boolean ofScript = Arrays.stream(args, 1, Math.max(1, i)).anyMatch(RawArguments::isFile);
            if (!variable && !ofScript && RawText.isRaw(args[i])) {
                throw Failure.usage("'" + RawText.shown(args[i]) + "' has bytes that are not UTF-8");
            }
        }
    }
}
