package dev.settle.app.reader;

import dev.settle.core.model.RunId;
import dev.settle.core.text.ShellText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The command that goes on with what a command leaves: a line to copy, with the options that were given.
 *
 * @param program {@code settle}, with the host on which it is to run
 * @param command such as {@code watch}
 * @param options as the shell gave them, values and all
 */
public record FollowUp(List<String> program, String command, List<String> options) {
    /** Follows the run, and no more. */
    public static final FollowUp WATCH = new FollowUp("watch", List.of());

    public FollowUp {
        program = List.copyOf(program);
        options = List.copyOf(options);
    }

    /** A command that goes on on this machine. */
    public FollowUp(String command, List<String> options) {
        this(List.of("settle"), command, options);
    }

    /** The command as the user of {@code settle --on HOST} has to write it. */
    FollowUp on(Optional<String> host) {
        return host.isEmpty() ? this : new FollowUp(List.of("settle", "--on", host.get()), command, options);
    }

    /** The command for these runs, quoted for a shell. */
    public String line(Collection<RunId> runs) {
        List<String> words = new ArrayList<>(program);
        words.add(command);
        runs.forEach(run -> words.add(run.value()));
        words.addAll(options);
        return ShellText.join(words);
    }

    String line(RunId run) {
        return line(List.of(run));
    }
}
