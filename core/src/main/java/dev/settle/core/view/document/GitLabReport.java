package dev.settle.core.view.document;

import dev.settle.core.run.Item;
import dev.settle.core.text.PlainText;
import dev.settle.core.view.OutputTail;
import dev.settle.core.view.RunView;
import dev.settle.core.view.VerdictLines;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The output of failed items as collapsed sections of a GitLab job log (docs.gitlab.com/ci/jobs/job_logs). */
public final class GitLabReport {
    /** As many as the verdict lists. */
    static final int SECTIONS_MAX = 10;

    /** Erases the line of the mark, which GitLab's log does not show. */
    private static final String ERASE = "\u001B[0K";

    private GitLabReport() {}

    /**
     * A section for each failed item that wrote something.
     *
     * @return lines without their ends; they have control characters, which only GitLab is to see
     */
    public static List<String> sections(RunView view, OutputTail tail, Instant now) {
        List<String> lines = new ArrayList<>();
        int number = 0;
        for (Item item : view.items()) {
            if (number == SECTIONS_MAX || !VerdictLines.isFailure(view, item)) {
                continue;
            }
            List<String> output = tail.lines(item);
            if (output.isEmpty()) {
                continue;
            }
            number++;
            // Sections of several runs in one job have names of their own.
            String mark = now.getEpochSecond() + ":settle_" + view.id() + "_" + number;
            lines.add(ERASE + "section_start:" + mark + "[collapsed=true]\r" + ERASE
                    + PlainText.oneLine("output of " + item.id()));
            output.forEach(line -> lines.add("| " + RunnerText.GITLAB.line(PlainText.oneLine(line))));
            lines.add(ERASE + "section_end:" + mark + "\r" + ERASE);
        }
        return lines;
    }
}
