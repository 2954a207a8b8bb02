package dev.settle.core.view.document;

import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.text.PlainText;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.Line;
import dev.settle.core.view.OutputTail;
import dev.settle.core.view.RunView;
import dev.settle.core.view.VerdictLines;
import java.io.IOException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * A run for GitHub Actions: annotations (docs.github.com/actions, "Workflow commands"), a step summary in Markdown, and
 * lines of a log in which the runner finds no command that others wrote.
 */
public final class GitHubReport {
    /** GitHub shows ten errors of a step. */
    static final int ANNOTATIONS_MAX = 10;

    /** A summary may have a megabyte. */
    static final int FAILURES_MAX = 50;

    /** Stands around the name and the properties of a command. */
    private static final String COMMAND = "::";

    private GitHubReport() {}

    /**
     * An error for each failed item, of many the first ones and how many more there are; one for a run that did not
     * complete for another reason; none for a run that completed or goes on well.
     *
     * @return lines without their ends
     */
    public static List<String> annotations(RunView view) {
        List<String> lines = new ArrayList<>();
        List<Item> failures = failures(view);
        boolean all = failures.size() <= ANNOTATIONS_MAX;
        for (Item item : failures.subList(0, all ? failures.size() : ANNOTATIONS_MAX - 1)) {
            lines.add(error(item.id().value() + " " + item.state().word(), ItemText.detail(view, item)));
        }
        if (!all) {
            lines.add(error(
                    "More failed items",
                    (failures.size() - ANNOTATIONS_MAX + 1) + " more items failed: settle status " + view.id()));
        }
        if (failures.isEmpty() && view.exitStatus().orElse(0) != 0) {
            lines.add(error("Run " + view.name(), view.headline()));
        }
        return lines;
    }

    private static String error(String title, String text) {
        return "::error title=" + property(PlainText.oneLine(title)) + COMMAND + data(PlainText.oneLine(text));
    }

    private static String data(String text) {
        return text.replace("##[", "# #[")
                .replace("%", "%25")
                .replace("\r", "%0D")
                .replace("\n", "%0A");
    }

    private static String property(String text) {
        return data(text).replace(":", "%3A").replace(",", "%2C");
    }

    /** The line as people read it, but no command to the runner. */
    public static String defused(String line) {
        return RunnerText.GITHUB.line(line);
    }

    /** The verdict, the counts and the failures with the end of their output, for the summary of a step. */
    public static void summary(RunView view, OutputTail tail, Appendable out) throws IOException {
        out.append("### ").append(text(view.headline())).append("\n\n");
        for (Line line : VerdictLines.stopBlock(view, ZoneOffset.UTC)) {
            out.append(text(line.plain().strip())).append("\n\n");
        }
        out.append("| run | backend | items |");
        StringBuilder rule = new StringBuilder("|---|---|---:|");
        StringBuilder row = new StringBuilder("| ")
                .append(text(view.name() + " (" + view.id() + ")"))
                .append(" | ")
                .append(text(view.run().opened().backend()))
                .append(" | ")
                .append(view.counts().total())
                .append(" |");
        for (ItemState state : ItemState.values()) {
            if (view.counts().of(state) > 0) {
                out.append(' ').append(text(state.word())).append(" |");
                rule.append("---:|");
                row.append(' ').append(view.counts().of(state)).append(" |");
            }
        }
        out.append('\n').append(rule).append('\n').append(row).append("\n\n");
        List<Item> failures = failures(view);
        for (Item item : failures.subList(0, Math.min(FAILURES_MAX, failures.size()))) {
            failure(view, item, tail.lines(item), out);
        }
        if (failures.size() > FAILURES_MAX) {
            out.append("and ")
                    .append(String.valueOf(failures.size() - FAILURES_MAX))
                    .append(" more\n\n");
        }
        if (view.hint().isPresent()) {
            out.append("Next: ").append(text(view.hint().get())).append("\n\n");
        }
    }

    private static void failure(RunView view, Item item, List<String> tail, Appendable out) throws IOException {
        out.append("- **").append(text(item.id().value())).append("**: ");
        out.append(text(ItemText.detail(view, item))).append("\n\n");
        if (tail.isEmpty()) {
            return;
        }
        // A block of HTML, which no line of the output can end: Markdown has no fence that nobody can write.
        out.append("<pre>\n");
        for (String line : tail) {
            out.append(html(PlainText.oneLine(line))).append('\n');
        }
        out.append("</pre>\n\n");
    }

    private static List<Item> failures(RunView view) {
        return view.items().stream()
                .filter(item -> VerdictLines.isFailure(view, item))
                .toList();
    }

    /** Markdown in which every character stands for itself: any mark of ASCII may have a backslash before it. */
    static String text(String plain) {
        StringBuilder escaped = new StringBuilder(plain.length() + 16);
        for (char each : PlainText.oneLine(plain).toCharArray()) {
            boolean mark = each > ' ' && each < 0x7F && !Character.isLetterOrDigit(each);
            escaped.append(mark ? "\\" : "").append(each);
        }
        return escaped.toString();
    }

    private static String html(String plain) {
        return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
