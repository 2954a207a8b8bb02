package dev.settle.app.remote;

import dev.settle.app.config.HostSetting;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.core.text.ShellText;
import java.util.ArrayList;
import java.util.List;

/** Words for a connection that could not be made, or that broke. */
final class Trouble {
    /** ssh's own words: a host key that has changed comes with a dozen lines. */
    private static final int WORDS_MAX = 8;

    private final HostSetting host;

    Trouble(HostSetting host) {
        this.host = host;
    }

    /** Ends the command with what happened, the fix, and ssh's own words. */
    Failure failure(SshEnd end) {
        return failure(end, List.of());
    }

    /** @param more what else is to be known, such as how to go on */
    Failure failure(SshEnd end, List<String> more) {
        List<String> lines = new ArrayList<>(List.of(sentence(end)));
        end.words().stream().limit(WORDS_MAX).forEach(word -> lines.add("  ssh: " + word));
        lines.addAll(more);
        return new Failure(ExitStatus.SCHEDULER_UNREACHABLE, lines);
    }

    /** In one line, for a notice. */
    String brief(SshEnd end) {
        return end.words().isEmpty()
                ? ""
                : " (ssh: " + end.words().get(end.words().size() - 1) + ")";
    }

    private String sentence(SshEnd end) {
        String name = host.name();
        String ssh = "ssh " + ShellText.quote(host.destination());
        return switch (end.kind()) {
            case KEY_CHANGED ->
                "the host key of " + name + " is not the one that is known here, so ssh refuses the connection; if the"
                        + " host was set up again, remove the old key with ssh-keygen -R (ssh names the file below)";
            case KEY_UNKNOWN ->
                "the host key of " + name + " is not known here; run " + ssh
                        + " once and accept it, or add it to known_hosts";
            case DENIED -> name + " does not let you in; check user name and key until this works: " + ssh + " true";
            case MISCONFIGURED ->
                "ssh does not accept its options or its configuration for " + name + "; correct what it names";
            case UNREACHABLE ->
                name + " cannot be reached; check its name and your network until this works: " + ssh + " true";
            case BROKEN, COMMAND_ENDED -> "the connection to " + name + " broke; try again";
        };
    }
}
