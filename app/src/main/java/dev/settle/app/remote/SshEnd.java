package dev.settle.app.remote;

import java.util.List;
import java.util.Locale;

/**
 * How an ssh process ended: with the status of what it ran, or with words of its own.
 *
 * @param status the exit status of the process
 * @param words what ssh itself said, which it writes apart from what the host's command writes
 */
record SshEnd(Kind kind, int status, List<String> words) {
    /** What became of the connection. */
    enum Kind {
        /** What ran on the host has ended by itself. */
        COMMAND_ENDED,
        /** The host's key is another one than before. */
        KEY_CHANGED,
        /** The host's key is not known here, and nobody was there to accept it. */
        KEY_UNKNOWN,
        /** The host does not let the user in. */
        DENIED,
        /** ssh does not understand its configuration or its options. */
        MISCONFIGURED,
        /** Nobody answers at the address, or there is none. */
        UNREACHABLE,
        /** The connection was there, or nearly, and broke. */
        BROKEN;

        /** Whether the same may go well some time later. */
        boolean mayPass() {
            return this == UNREACHABLE || this == BROKEN;
        }
    }

    /** What ssh exits with when it failed itself; of settle's commands only {@code --job-exit-status} may do so too. */
    private static final int OWN = 255;

    /** Processes that a signal ended have at least this status. */
    private static final int BY_SIGNAL = 128;

    /** What ssh says of every good end. */
    private static final List<String> USUAL = List.of(
            "connection to ",
            "shared connection to ",
            "warning: permanently added",
            "** warning",
            "** this ",
            "** the ");

    SshEnd {
        words = List.copyOf(words);
    }

    /**
     * Tells the ends apart.
     *
     * @param log what ssh wrote with {@code -E}
     */
    static SshEnd of(int status, String log) {
        List<String> words = log.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("@@@"))
                .filter(line -> !isUsual(line))
                .map(line -> line.startsWith("ssh: ") ? line.substring(5) : line)
                .toList();
        return new SshEnd(kind(status, words), status, words);
    }

    /** Of an ssh that refused its options or its configuration. */
    static SshEnd ofConfiguration(String said) {
        return new SshEnd(
                Kind.MISCONFIGURED,
                OWN,
                said.lines().map(String::strip).filter(line -> !line.isEmpty()).toList());
    }

    /** Whether this may be the status of a job as well: ssh has said nothing. */
    boolean mayBeOfJob() {
        return status == OWN && words.isEmpty();
    }

    private static boolean isUsual(String line) {
        String lower = line.toLowerCase(Locale.ROOT);
        return USUAL.stream().anyMatch(lower::startsWith) && !lower.contains("by remote host");
    }

    private static Kind kind(int status, List<String> words) {
        if (status == BY_SIGNAL + 9) {
            return Kind.BROKEN;
        }
        if (status != OWN) {
            return Kind.COMMAND_ENDED;
        }
        String all = String.join("\n", words).toLowerCase(Locale.ROOT);
        if (all.contains("remote host identification has changed")
                || (all.contains("host key for") && all.contains("has changed"))) {
            return Kind.KEY_CHANGED;
        }
        if (all.contains("host key verification failed")) {
            return Kind.KEY_UNKNOWN;
        }
        if (all.contains("permission denied (") || all.contains("too many authentication failures")) {
            return Kind.DENIED;
        }
        if (containsAny(
                all,
                "bad configuration option",
                "bad owner or permissions",
                "unable to negotiate",
                "missing argument",
                "invalid quotes",
                "terminating, ",
                "unknown option",
                "illegal option")) {
            return Kind.MISCONFIGURED;
        }
        // The same words stand for a connection that was there and broke, without the address.
        if (containsAny(all, "could not resolve", "connect to host ")) {
            return Kind.UNREACHABLE;
        }
        return Kind.BROKEN;
    }

    private static boolean containsAny(String text, String... parts) {
        for (String part : parts) {
            if (text.contains(part)) {
                return true;
            }
        }
        return false;
    }
}
