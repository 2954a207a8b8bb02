package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.settle.testdata.SshServer;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** What {@code settle --on} makes of a client without ssh, of hosts that refuse it, and of a full disk there. */
@EnabledIf("dev.settle.testdata.SshServer#available")
@Timeout(200)
final class RemoteTroubleIT {
    private static final Path SETTLE = Path.of(System.getProperty("settle.dist"), "bin", "settle");

    /** What the launcher and the client need, besides ssh. */
    private static final List<String> PROGRAMS = List.of(
            "env",
            "sh",
            "readlink",
            "stat",
            "base64",
            "cat",
            "mkdir",
            "chmod",
            "find",
            "nice",
            "rm",
            "mv",
            "locale",
            "tar");

    @TempDir
    Path folder;

    private final AutoCloseables open = new AutoCloseables();

    /** Closes what a test has opened, the last first. */
    private static final class AutoCloseables {
        private final Deque<AutoCloseable> all = new ArrayDeque<>();

        <T extends AutoCloseable> T with(T one) {
            all.push(one);
            return one;
        }

        void close() throws Exception {
            while (!all.isEmpty()) {
                all.pop().close();
            }
        }
    }

    @AfterEach
    void closeAll() throws Exception {
        open.close();
    }

    private SshServer server(String... variables) throws IOException, InterruptedException {
        return open.with(SshServer.up(
                Stream.concat(Stream.of("JAVA_HOME=" + System.getProperty("java.home")), Stream.of(variables))
                        .toArray(String[]::new)));
    }

    private Launched client(String path) {
        return open.with(new Launched(
                folder,
                folder.resolve("client"),
                Map.of("PATH", path, "XDG_CONFIG_HOME", folder.resolve("config").toString())));
    }

    /** A host whose settle is the one under test, so that nothing has to be installed. */
    private void host(String name, String options) throws IOException {
        Path file = folder.resolve("config/settle/config.yaml");
        Files.createDirectories(file.getParent());
        Files.writeString(
                file, "hosts:\n  " + name + ": {ssh: far, path: " + SETTLE + ", ssh_options: \"" + options + "\"}\n");
    }

    @Test
    void clientWithoutSshIsToldWhatToInstall() throws Exception {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        for (String program : PROGRAMS) {
            Path script = Files.writeString(bin.resolve(program), "#!/bin/sh\nexec /usr/bin/" + program + " \"$@\"\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        for (List<String> command : List.of(List.of("status"), List.of("run", "--", "true"), List.of("install"))) {
            Launched.Child child = client(bin.toString())
                    .settle(Stream.concat(Stream.of("--on", "far"), command.stream())
                            .toArray(String[]::new));
            assertThat(child.code()).as(child.err()).isEqualTo(69);
            assertThat(child.out()).isEmpty();
            assertThat(child.err()).startsWith("settle: --on needs ssh").contains("put ssh on PATH");
        }
    }

    @Test
    void hostThatRefusesTheUserOrHasNoRouteIsOneSentenceWithTheFix() throws Exception {
        SshServer server = server();
        Launched launched = client(server.bin() + ":" + System.getenv("PATH"));
        host("closed", "-o PubkeyAuthentication=no");
        Launched.Child denied = launched.settle("--on", "closed", "run", "--", "true");
        assertThat(denied.code()).as(denied.err()).isEqualTo(69);
        assertThat(denied.err())
                .startsWith(
                        "settle: closed does not let you in; check user name and key until this works: ssh far true")
                .contains("  ssh: ")
                .contains("Permission denied");
        // A network that is set aside for examples: nobody routes it.
        host("lost", "-o HostName=192.0.2.1 -o ConnectTimeout=2");
        Launched.Child lost = launched.settle("--on", "lost", "wait");
        assertThat(lost.code()).as(lost.err()).isEqualTo(69);
        assertThat(lost.err())
                .startsWith("settle: lost cannot be reached")
                .contains("  ssh: connect to host 192.0.2.1");
    }

    @Test
    void fullDiskOfTheHostStartsNothingAndLeavesTheClientWithThatWord() throws Exception {
        Path small = Files.createDirectory(folder.resolve("small"));
        assumeThat(System.getProperty("user.name")).isEqualTo("root");
        assumeThat(ran("mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", small.toString()))
                .as("a small file system can be mounted here")
                .isZero();
        open.with(() -> ran("umount", "-l", small.toString()));
        SshServer server = server("SETTLE_HOME=" + small.resolve("state"));
        Launched launched = client(server.bin() + ":" + System.getenv("PATH"));
        host("full", "");
        Path mark = folder.resolve("started");
        Path ballast = small.resolve("ballast");
        fill(ballast);
        for (String command : List.of("run", "submit")) {
            Launched.Child refused = launched.settle("--on", "full", command, "--", "touch", mark.toString());
            assertThat(refused.code()).as(refused.err()).isEqualTo(74);
            assertThat(refused.err()).contains("No space left on device").contains("nothing was started");
        }
        assertThat(mark).doesNotExist();
        Files.delete(ballast);
        Launched.Child run = launched.settle("--on", "full", "run", "--", "touch", mark.toString());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(mark).exists();
    }

    /** The nightly workflow cuts it for a minute. */
    @Test
    void runBetweenTwoNetworkNamespacesOutlivesABadLineThatIsCut() throws Exception {
        assumeThat(System.getProperty("user.name")).isEqualTo("root");
        String name = "settle-probe-" + ProcessHandle.current().pid();
        assumeThat(ran("sh", "-c", "ip netns add " + name))
                .as("network namespaces can be made here")
                .isZero();
        ran("ip", "netns", "del", name);
        Launched launched = client(System.getenv("PATH"));
        Launched.Child script = launched.startProcess(List.of(
                TestData.path("ssh", "namespaces").toString(),
                SETTLE.toString(),
                folder.resolve("line").toString(),
                "5"));
        assertThat(script.await()).as(script.out() + script.err()).isZero();
        assertThat(script.out())
                .startsWith("delay and loss: ")
                .contains("cut: link down")
                .contains("exit status 1");
    }

    private static int ran(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getInputStream().readAllBytes();
        return process.waitFor(20, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }

    private static void fill(Path ballast) throws IOException {
        try (OutputStream out = Files.newOutputStream(ballast)) {
            byte[] page = new byte[4096];
            for (int i = 0; i < 1024; i++) {
                out.write(page);
            }
        } catch (IOException e) {
            // The disk is full, as it is to be.
            assertThat(e).hasMessageContaining("No space left");
        }
    }
}
