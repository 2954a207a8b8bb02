package dev.settle.testdata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real Slurm with accounting on this machine, brought up by {@code testdata/slurm/cluster}; that script's header says
 * what the settings and actions mean.
 *
 * <p>A test class that needs it carries {@code @EnabledIf("dev.settle.testdata.SlurmCluster#available")}: without Slurm
 * it is skipped, in CI it fails.
 */
public final class SlurmCluster implements AutoCloseable {
    /** Whose jobs run on it. */
    public static final String USER = "games";

    private static final Duration COMMAND_LIMIT = Duration.ofMinutes(2);
    private static final List<String> PROGRAMS =
            List.of("slurmctld", "slurmd", "slurmdbd", "sbatch", "munged", "mariadbd");

    private static @Nullable SlurmCluster shared;

    private final Path folder;
    private boolean accounts;

    private SlurmCluster(Path folder) {
        this.folder = folder;
    }

    /**
     * Whether a cluster can be brought up here; if not, says on stderr what is missing.
     *
     * @throws IllegalStateException if it cannot and this is CI ({@code CI=true}), where such tests must not be skipped
     */
    public static boolean available() {
        String missing = missing();
        if (missing.isEmpty()) {
            return true;
        }
        if ("true".equals(System.getenv("CI"))) {
            throw new IllegalStateException("tests on a real Slurm cannot run in CI: " + missing);
        }
        System.err.println("skipped: tests on a real Slurm: " + missing);
        return false;
    }

    private static String missing() {
        List<String> missing = new ArrayList<>();
        for (String program : PROGRAMS) {
            if (Stream.of("/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")
                    .noneMatch(bin -> Files.isExecutable(Path.of(bin, program)))) {
                missing.add(program);
            }
        }
        if (!missing.isEmpty()) {
            return "not installed: " + String.join(", ", missing) + " (testdata/slurm/cluster install)";
        }
        return "root".equals(System.getProperty("user.name")) ? "" : "slurmd needs root";
    }

    /**
     * The cluster that all tests of this JVM share, up since its first use and until the JVM ends. The environment
     * variable {@code SETTLE_TEST_CLUSTER} may name the folder of one that is up already and shall stay up.
     */
    public static synchronized SlurmCluster shared() {
        if (shared == null) {
            String folder = System.getenv("SETTLE_TEST_CLUSTER");
            if (folder != null) {
                shared = new SlurmCluster(Path.of(folder));
            } else {
                shared = up();
                Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
            }
        }
        return shared;
    }

    /** Makes the accounts and QOS of {@code testdata/slurm/cluster-accounts}, once; takes 7 s. */
    public synchronized SlurmCluster withAccounts() {
        if (!accounts) {
            control("accounts");
            accounts = true;
        }
        return this;
    }

    /** Brings up a cluster of its own; {@code settings} such as {@code MinJobAge=10}. */
    public static SlurmCluster up(String... settings) {
        try {
            // Not in the build's folder: Unix sockets have short names, and jobs of other users must be able to enter.
            SlurmCluster cluster = new SlurmCluster(Files.createTempDirectory("slurm"));
            List<String> command = cluster.script("up", cluster.folder.toString());
            command.addAll(List.of(settings));
            try {
                Processes.output(Map.of(), COMMAND_LIMIT, command);
            } catch (IllegalStateException e) {
                cluster.close();
                throw e;
            }
            return cluster;
        } catch (IOException e) {
            throw new UncheckedIOException("no folder for a cluster", e);
        }
    }

    /** What a process needs in its environment to talk to this cluster. */
    public Map<String, String> environment() {
        return Map.of("SLURM_CONF", folder.resolve("etc/slurm.conf").toString());
    }

    /** Where all of the cluster's state and logs are. */
    public Path folder() {
        return folder;
    }

    /** The home of {@link #USER}, made at the first {@link #run}. */
    public Path home() {
        return folder.resolve("home").resolve(USER);
    }

    /** The command line that runs {@code command} as {@link #USER} with this cluster's environment. */
    public List<String> asUser(List<String> command) {
        List<String> whole = script("run-as", USER, folder.toString());
        whole.addAll(command);
        return whole;
    }

    /** Runs a command as {@link #USER} and returns what it printed; it must succeed. */
    public String run(String... command) {
        return Processes.output(Map.of(), COMMAND_LIMIT, asUser(List.of(command)));
    }

    /** Runs a command of the cluster's administrator, such as scontrol, and returns what it printed; it must succeed. */
    public String runAsRoot(String... command) {
        return Processes.output(environment(), COMMAND_LIMIT, List.of(command));
    }

    /** {@code control("dbd", "hang")}, {@code control("node", "kill", "2")}: acts on a daemon. */
    public void control(String... words) {
        List<String> command = script(words);
        command.add(folder.toString());
        Processes.output(Map.of(), COMMAND_LIMIT, command);
    }

    /** Sets the credit of an account, or of a QOS ({@code "qos:NAME"}); {@code limit} such as {@code cpu=100}. */
    public void credit(String account, String limit) {
        Processes.output(Map.of(), COMMAND_LIMIT, script("credit", folder.toString(), account, limit));
    }

    /** Takes the cluster down, with its jobs, and removes its folder. */
    @Override
    public void close() {
        Processes.output(Map.of(), COMMAND_LIMIT, script("down", folder.toString(), "--wipe"));
    }

    private List<String> script(String... words) {
        List<String> command = new ArrayList<>();
        command.add(TestData.path("slurm", "cluster").toString());
        command.addAll(List.of(words));
        return command;
    }
}
