package dev.settle.app.process;

import dev.settle.core.model.RunId;
import java.util.Optional;

/**
 * What the client of {@code settle --on HOST} says to the settle that it starts on the host. Jobs get none of these
 * variables ({@link Environment}).
 */
public final class RemoteEnd {
    /** Begins the names of all that a client has to say. */
    static final String PREFIX = "SETTLE_REMOTE_";

    /** What the user calls this host. */
    public static final String HOST = PREFIX + "HOST";

    /** The id of the run that is to be created: the client has chosen it, so that a repeated request creates one run. */
    public static final String RUN = PREFIX + "RUN";

    /** Names of variables, with blanks between, that the client has set for settle alone. */
    public static final String VARIABLES = PREFIX + "VARIABLES";

    private RemoteEnd() {}

    /** What the user calls this host; empty where settle was started on it directly. */
    public static Optional<String> host(Environment environment) {
        return environment.variable(HOST);
    }

    /** The id that the client has chosen for the run of this command. */
    public static Optional<RunId> run(Environment environment) {
        return environment.variable(RUN).filter(RunId::isLegal).map(RunId::new);
    }
}
