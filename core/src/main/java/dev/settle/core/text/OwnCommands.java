package dev.settle.core.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Commands of settle in sentences of settle, such as {@code settle resume ID}, for a reader on another machine. */
public final class OwnCommands {
    /** A command as sentences write it; {@code settle cancelled the job} is none, nor is a path that ends in settle. */
    private static final Pattern COMMAND =
            Pattern.compile("(?<![\\w./-])settle (?=(?:run|submit|watch|wait|status|list|logs"
                    + "|explain|cancel|resume|recover|rm|prune|report|doctor|validate|credits|agent|mcp)(?![\\w-]))");

    private OwnCommands() {}

    /** The text with {@code settle --on HOST} in place of {@code settle} in its commands. */
    public static String on(String host, String text) {
        return COMMAND.matcher(text).replaceAll(Matcher.quoteReplacement("settle --on " + ShellText.quote(host) + " "));
    }
}
