package dev.settle.app.process;

import dev.settle.core.environment.EnvironmentBlock;
import dev.settle.core.environment.JobOrigin;
import dev.settle.core.environment.ProcessSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The environment of the process: variables, directory, user; the only place that asks for them. */
public final class Environment {
    /** What the launcher set for this JVM alone: tools get what the user has. */
    private static final String SET_BY_LAUNCHER = "SETTLE_LAUNCHER_SET";

    /** Begins the names of all that the launcher has to say. */
    private static final String OF_LAUNCHER = "SETTLE_LAUNCHER_";

    /** The pieces of the environment with which the launcher was started, in base64, from 1. */
    private static final String PIECE = OF_LAUNCHER + "ENVIRONMENT_";

    private static final String SIGNALS = OF_LAUNCHER + "SIGNALS";
    private static final String CORE = OF_LAUNCHER + "CORE";

    private static final Path OWN_BYTES = Path.of("/proc/self/environ");
    private static final Path OWN_DIRECTORY = Path.of("/proc/self/cwd");

    /** What Java reads of bytes that are no UTF-8. */
    private static final String NO_TEXT = "\uFFFD";

    /** Variables that name a place of settle's own files. */
    private static final List<String> PLACES = List.of("SETTLE_HOME", "HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME");

    private final Map<String, String> variables;
    private final Supplier<JobOrigin> jobOrigin;
    private final Path directory;
    private final Path home;
    private final String user;

    /** An environment whose variables jobs begin with. */
    public Environment(Map<String, String> variables, Path directory, Path home, String user) {
        this(variables, () -> JobOrigin.of(EnvironmentBlock.of(variables)), directory, home, user);
    }

    private Environment(
            Map<String, String> variables, Supplier<JobOrigin> jobOrigin, Path directory, Path home, String user) {
        this.variables = Map.copyOf(variables);
        this.jobOrigin = jobOrigin;
        this.directory = directory;
        this.home = home;
        this.user = user;
    }

    /** The same environment in another directory. */
    public Environment in(Path other) {
        return new Environment(variables, jobOrigin, other, home, user);
    }

    /** The environment of this process. */
    public static Environment ofProcess() {
        Map<String, String> own = System.getenv();
        Optional<EnvironmentBlock> started = ofPieces(own);
        Supplier<EnvironmentBlock> ofJobs = () -> withoutClient(started.orElseGet(() -> ownVariables(own)));
        Map<String, String> variables = started.map(EnvironmentBlock::texts).orElseGet(() -> putBack(own));
        // The background driver is given the place that the command that started it has found.
        Optional.ofNullable(own.get("SETTLE_HOME")).ifPresent(place -> variables.put("SETTLE_HOME", place));
        Path directory = Path.of("").toAbsolutePath();
        refuseNoText(variables, directory);
        return new Environment(
                variables,
                () -> new JobOrigin(ofJobs.get(), Optional.of(settings(own))),
                directory,
                home(variables.get("HOME"), System.getProperty("user.home")),
                user(System.getProperty("user.name")));
    }

    /** Without what the client of {@code settle --on} has set for settle itself. */
    private static EnvironmentBlock withoutClient(EnvironmentBlock block) {
        Map<String, String> texts = block.texts();
        if (!texts.containsKey(RemoteEnd.HOST)) {
            return block;
        }
        Set<String> theirs =
                Set.of(texts.getOrDefault(RemoteEnd.VARIABLES, "").strip().split(" +"));
        return block.without(name -> name.startsWith(RemoteEnd.PREFIX) || theirs.contains(name));
    }

    /** What the launcher was started with; it changes some of it for this JVM. */
    private static ProcessSettings settings(Map<String, String> own) {
        ProcessSettings settings = Processes.settings(Optional.ofNullable(own.get(SIGNALS)));
        String core = own.get(CORE);
        return core == null ? settings : settings.withCore(core);
    }

    /** Java can name no such file; what it would name instead is another one. */
    private static void refuseNoText(Map<String, String> variables, Path directory) {
        for (String name : PLACES) {
            if (variables.getOrDefault(name, "").contains(NO_TEXT)) {
                throw Failure.usage(
                        name + " has bytes that are not UTF-8: settle cannot name that folder",
                        "set " + (name.equals("HOME") ? "SETTLE_HOME" : name) + " to one that it can");
            }
        }
        if (directory.toString().contains(NO_TEXT) && !isOwnDirectory(directory)) {
            throw Failure.usage(
                    "the name of this folder has bytes that are not UTF-8: settle cannot name it", "go to another one");
        }
    }

    private static boolean isOwnDirectory(Path directory) {
        try {
            return Files.isSameFile(directory, OWN_DIRECTORY);
        } catch (IOException e) {
            return false;
        }
    }

    /** What the launcher was started with; empty where it was not asked to say so. */
    private static Optional<EnvironmentBlock> ofPieces(Map<String, String> own) {
        StringBuilder pieces = new StringBuilder();
        for (int i = 1; own.containsKey(PIECE + i); i++) {
            pieces.append(own.get(PIECE + i));
        }
        return pieces.isEmpty()
                ? Optional.empty()
                : Optional.of(EnvironmentBlock.parse(Base64.getDecoder().decode(pieces.toString())));
    }

    /** The bytes of this process's own variables, without what the launcher has set. */
    private static EnvironmentBlock ownVariables(Map<String, String> own) {
        try {
            EnvironmentBlock variables = EnvironmentBlock.parse(Files.readAllBytes(OWN_BYTES));
            Map<String, String> theirs = putBack(own);
            Set<String> changed = new HashSet<>(Arrays.asList(names(own)));
            return variables.without(name -> name.startsWith(OF_LAUNCHER)).with(changed, EnvironmentBlock.of(theirs));
        } catch (IOException e) {
            throw new UncheckedIOException(OWN_BYTES + " cannot be read", e);
        }
    }

    private static String[] names(Map<String, String> own) {
        return Arrays.stream(changes(own))
                .map(change -> change.split("=", 2)[0])
                .toArray(String[]::new);
    }

    private static String[] changes(Map<String, String> own) {
        return own.getOrDefault(SET_BY_LAUNCHER, "").strip().split(" +");
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

    /** These without what the launcher changed: it says so as {@code NAME}, or {@code NAME=WHAT_THE_USER_HAS}. */
    private static Map<String, String> putBack(Map<String, String> own) {
        Map<String, String> variables = new HashMap<>(own);
        variables.keySet().removeIf(name -> name.startsWith(OF_LAUNCHER));
        for (String change : changes(own)) {
            int equals = change.indexOf('=');
            if (equals < 0) {
                variables.remove(change);
            } else {
                variables.put(change.substring(0, equals), change.substring(equals + 1));
            }
        }
        return variables;
    }

    /** What jobs begin with that this process creates or resumes. */
    public JobOrigin jobOrigin() {
        return jobOrigin.get();
    }

    public Map<String, String> variables() {
        return variables;
    }

    /** The value of a variable; empty when it is unset or empty. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
    }

    /** Where programs are looked for: PATH, or what systems use without one. */
    public String searchPath() {
        return variable("PATH").orElse("/usr/local/bin:/usr/bin:/bin");
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
