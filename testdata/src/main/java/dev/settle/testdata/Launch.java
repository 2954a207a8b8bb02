package dev.settle.testdata;

import java.util.ArrayList;
import java.util.List;

/** How tests start settle, or a shell of a job, as a process of its own. */
public final class Launch {
    private Launch() {}

    /**
     * The command line, in a process that a Ctrl-C and the end of a terminal reach.
     *
     * <p>Whatever a shell starts in its background ignores INT and QUIT, what {@code nohup} starts ignores HUP, and so does all that
     * these start: a JVM then takes no handler for it. A build may well run there.
     */
    public static List<String> command(String program, List<String> arguments) {
        List<String> words = new ArrayList<>(List.of("env", "--default-signal=INT,QUIT,HUP", program));
        words.addAll(arguments);
        return words;
    }
}
