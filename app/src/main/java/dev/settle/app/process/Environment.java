package dev.settle.app.process;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The environment of the process: variables, directory, user; the only place that asks for them. */
public final class Environment {
    private final Map<String, String> variables;
    private final Path directory;
    private final Path home;
    private final String user;

    public Environment(Map<String, String> variables, Path directory, Path home, String user) {
        this.variables = Map.copyOf(variables);
        this.directory = directory;
        this.home = home;
        this.user = user;
    }

    /** What the launcher set for this JVM alone, if it did: jobs and tools get what the user has. */
    private static final String OURS = "SETTLE_LAUNCHER_SET";

    /** The environment of this process. */
    public static Environment ofProcess() {
        Map<String, String> variables = new HashMap<>(System.getenv());
        putBack(variables);
        return new Environment(
                variables,
                Path.of("").toAbsolutePath(),
                home(System.getenv("HOME"), System.getProperty("user.home")),
                user(System.getProperty("user.name")));
    }

    /**
     * {@code $HOME} as shells have it, else what the password file says, else the root folder, as containers have it.
     *
     * @param listed the JVM's word, which is {@code ?} for a user who is not in the password file
     */
    static Path home(@Nullable String variable, @Nullable String listed) {
        if (variable != null && variable.startsWith("/")) {
            return Path.of(variable);
        }
        return Path.of(listed != null && listed.startsWith("/") ? listed : "/");
    }

    /** The user's name, or the number of one who has none: Slurm's tools take both. */
    private static String user(@Nullable String listed) {
        return listed == null || listed.isEmpty() || listed.equals("?") ? Processes.uid() : listed;
    }

    /** Puts back what the launcher changed: it says so as {@code NAME}, or {@code NAME=WHAT_THE_USER_HAS}. */
    private static void putBack(Map<String, String> variables) {
        String ours = variables.remove(OURS);
        if (ours == null) {
            return;
        }
        for (String change : ours.strip().split(" +")) {
            int equals = change.indexOf('=');
            if (equals < 0) {
                variables.remove(change);
            } else {
                variables.put(change.substring(0, equals), change.substring(equals + 1));
            }
        }
    }

    public Map<String, String> variables() {
        return variables;
    }

    /** The value of a variable; empty when it is unset or empty. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
    }

    /** Where the command was started, absolute. */
    public Path directory() {
        return directory;
    }

    public Path home() {
        return home;
    }

    public String user() {
        return user;
    }
}
