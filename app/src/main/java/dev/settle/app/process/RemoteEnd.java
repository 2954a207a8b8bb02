package dev.settle.app.process;

import dev.settle.core.model.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

    /** The file into which a command that follows runs writes where they were created, a line each. */
    public static final String PLACES = PREFIX + "PLACES";

    private RemoteEnd() {}

    /** What the user calls this host; empty where settle was started on it directly. */
    public static Optional<String> host(Environment environment) {
        return environment.variable(HOST);
    }

    /** Whether the client wants to know where the runs were created that it follows. */
    public static boolean wantsPlaces(Environment environment) {
        return environment.variable(PLACES).isPresent();
    }

    /**
     * Notes where a run was created that is followed: the client fetches from there.
     *
     * @throws Failure 74 where that cannot be written
     */
    public static void note(Environment environment, String directory) {
        try {
            Files.writeString(
                    Path.of(environment.variable(PLACES).orElseThrow()),
                    directory + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw Failure.storage("the place of the run could not be noted for --fetch: " + e.getMessage());
        }
    }

    /** The id that the client has chosen for the run of this command. */
    public static Optional<RunId> run(Environment environment) {
        return environment.variable(RUN).filter(RunId::isLegal).map(RunId::new);
    }
}
