package dev.settle.core.view.document;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text in which the runner of a CI system, which reads the log of its job, finds no command and no mark. */
public enum RunnerText {
    /**
     * Commands begin a line with {@code ::}, after white space, or stand anywhere as {@code ##[} (ActionCommand.cs of
     * github.com/actions/runner).
     */
    GITHUB(Pattern.compile("##(?=\\[)|::(?=(?:" + Words.OF_COMMANDS + ")(?: |::))")),
    /** {@code section_start:} and {@code section_end:} (docs.gitlab.com/ci/jobs/job_logs). */
    GITLAB(Pattern.compile("section_(?:start|end)(?=:)"));

    /** More characters than the longest of these has, so that a text may be cut anywhere and joined again. */
    public static final int MARK_MAX = 24;

    /** They are no commands within a line, but the runner's rules have changed before. */
    private static final class Words {
        static final String OF_COMMANDS = "error|warning|notice|debug|group|endgroup|add-mask|add-matcher"
                + "|remove-matcher|stop-commands|set-output|save-state|set-env|add-path|echo";
    }

    private static final String COMMAND = "::";

    private final Pattern marks;

    RunnerText(Pattern marks) {
        this.marks = marks;
    }

    /** How a text says a character that is no part of a mark then. */
    public enum Form {
        /** Lines for people, and output: a blank is put into the mark. */
        LINES,
        /** JSON: the document stays the same. */
        JSON,
        /** XML and HTML: the same. */
        MARKUP;

        private String defused(String mark) {
            if (mark.startsWith("section")) {
                return switch (this) {
                    case LINES -> mark + ' ';
                    case JSON -> "section\\u005f" + mark.substring("section_".length());
                    case MARKUP -> "section&#95;" + mark.substring("section_".length());
                };
            }
            char second = mark.charAt(1);
            return switch (this) {
                case LINES -> mark.charAt(0) + " " + second;
                case JSON -> String.format("%c\\u%04x", mark.charAt(0), (int) second);
                case MARKUP -> mark.charAt(0) + "&#" + (int) second + ";";
            };
        }
    }

    /** A text of any length without marks; a line that begins with {@code ::} is that of {@link #line}. */
    public String defused(String text, Form form) {
        Matcher found = marks.matcher(text);
        return found.find() ? found.replaceAll(mark -> Matcher.quoteReplacement(form.defused(mark.group()))) : text;
    }

    /** One line as people read it, but no command to a runner. */
    public String line(String line) {
        int at = 0;
        while (at < line.length() && isSpace(line.charAt(at))) {
            at++;
        }
        return defused(
                this == GITHUB && line.startsWith(COMMAND, at)
                        ? line.substring(0, at) + ": :" + line.substring(at + 2)
                        : line,
                Form.LINES);
    }

    /** What GitHub's runner, a .NET program, trims. */
    public static boolean isSpace(char each) {
        return Character.isWhitespace(each) || Character.isSpaceChar(each) || each == '\u0085';
    }
}
