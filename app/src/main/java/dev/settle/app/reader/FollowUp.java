package dev.settle.app.reader;

import dev.settle.core.model.RunId;
import dev.settle.core.text.ShellText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The command that goes on with what a command leaves: a line to copy, with the options that were given.
 *
 * @param command such as {@code watch}
 * @param options as the shell gave them, values and all
 */
public record FollowUp(String command, List<String> options) {
    /** Follows the run, and no more. */
    public static final FollowUp WATCH = new FollowUp("watch", List.of());

    public FollowUp {
        options = List.copyOf(options);
    }

    /** The command for these runs, quoted for a shell. */
    public String line(Collection<RunId> runs) {
        List<String> words = new ArrayList<>(List.of("settle", command));
        runs.forEach(run -> words.add(run.value()));
        words.addAll(options);
        return ShellText.join(words);
    }

    String line(RunId run) {
        return line(List.of(run));
    }
}
