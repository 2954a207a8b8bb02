package dev.settle.testdata;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An sshd on loopback, brought up by {@code testdata/ssh/server}; that script's header says what the actions mean. Its ssh,
 * in {@link #bin}, calls it {@code far}.
 *
 * <p>A test class that needs it carries {@code @EnabledIf("dev.settle.testdata.SshServer#available")}: without sshd and
 * rsync it is skipped, in CI it fails.
 */
public final class SshServer implements AutoCloseable {
    /** What its ssh calls it. */
    public static final String NAME = "far";

    private static final long COMMAND_SECONDS_MAX = 60;
    private static final List<String> PROGRAMS = List.of("sshd", "ssh", "rsync");

    private final Path folder;

    private SshServer(Path folder) {
        this.folder = folder;
    }

    /**
     * Whether it can be brought up here; if not, says on stderr what is missing.
     *
     * @throws IllegalStateException if it cannot and this is CI ({@code CI=true}), where such tests must not be skipped
     */
    public static boolean available() {
        List<String> missing = PROGRAMS.stream()
                .filter(program -> Stream.of("/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")
                        .noneMatch(bin -> Files.isExecutable(Path.of(bin, program))))
                .toList();
        if (missing.isEmpty()) {
            return true;
        }
        String words = "not installed: " + String.join(", ", missing) + " (testdata/ssh/server install)";
        if ("true".equals(System.getenv("CI"))) {
            throw new IllegalStateException("tests over ssh cannot run in CI: " + words);
        }
        System.err.println("skipped: tests over ssh: " + words);
        return false;
    }

    /** @param variables {@code NAME=VALUE}, in the environment of who logs in */
    public static SshServer up(String... variables) throws IOException, InterruptedException {
        SshServer server = new SshServer(Files.createTempDirectory("settle-ssh"));
        List<String> words = new ArrayList<>(List.of("up", server.folder.toString()));
        words.addAll(List.of(variables));
        server.act(words);
        return server;
    }

    /** What the script can do with it: {@code stop}, {@code start}, {@code cut}, {@code rekey}. */
    public void act(String action) throws IOException, InterruptedException {
        act(List.of(action, folder.toString()));
    }

    /** A shell command that does it. */
    public String command(String action) {
        return script() + " " + action + " " + folder;
    }

    /** The folder with its ssh, for the search path. */
    public Path bin() {
        return folder.resolve("bin");
    }

    /** The home of who logs in. */
    public Path home() {
        return folder.resolve("home");
    }

    /** The private key of who logs in. */
    public Path key() {
        return folder.resolve("key");
    }

    public String port() throws IOException {
        return Files.readString(folder.resolve("port")).strip();
    }

    /** The keys of hosts that its ssh knows. */
    public Path knownHosts() {
        return folder.resolve("known_hosts");
    }

    private static Path script() {
        return TestData.path("ssh", "server");
    }

    private void act(List<String> words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("bash", script().toString()));
        command.addAll(words);
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("failed: " + String.join(" ", command));
        }
    }

    @Override
    public void close() throws IOException {
        try {
            act(List.of("down", folder.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
