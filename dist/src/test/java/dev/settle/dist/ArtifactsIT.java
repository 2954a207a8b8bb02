package dev.settle.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.testdata.SlurmCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each artifact, in a root directory of Debian that has nothing else: installed, tried as another user, removed.
 *
 * <p>What is tried is in {@code src/test/sh/try-installation}.
 */
@EnabledIf("canMakeRoots")
final class ArtifactsIT {
    private static final long MINUTES_MAX = 20;
    private static final Path ARTIFACTS = Path.of(System.getProperty("settle.artifacts"));
    private static final String VERSION = System.getProperty("settle.artifacts.version");
    private static final Path SCRIPTS = Path.of("src", "test", "sh").toAbsolutePath();

    @TempDir
    static Path roots;

    private static Path fresh;

    @TempDir
    Path folder;

    /** Root and debootstrap; in CI their absence is a failure, as for the tests on a real Slurm. */
    static boolean canMakeRoots() throws IOException, InterruptedException {
        boolean possible = "root".equals(System.getProperty("user.name"))
                && new ProcessBuilder("sh", "-c", "command -v debootstrap >/dev/null")
                                .start()
                                .waitFor()
                        == 0;
        if (!possible && System.getenv("CI") != null) {
            throw new IllegalStateException(
                    "the artifacts are tried as root, with debootstrap (apt-get install debootstrap)");
        }
        return possible;
    }

    @BeforeAll
    static void freshRoot() throws Exception {
        fresh = roots.resolve("fresh");
        run(roots.resolve("log"), "sh", SCRIPTS.resolve("fresh-root").toString(), fresh.toString());
    }

    @Test
    void checksumsAreThoseOfTheArtifacts() throws Exception {
        run(folder.resolve("log"), "sh", "-c", "cd '" + ARTIFACTS + "' && sha256sum -c SHA256SUMS");
        assertThat(Files.readAllLines(ARTIFACTS.resolve("SHA256SUMS"))).hasSize(4);
    }

    @Test
    void artifactWithARuntimeNeedsNothingElseWhereverItIsMoved() throws Exception {
        Path root = root();
        Path installed = unpacked(artifact("settle-" + VERSION + "-linux-*.tar.gz"), root);
        assertThat(Files.size(artifact("settle-" + VERSION + "-linux-*.tar.gz")))
                .isLessThan(60_000_000);
        Files.move(installed, root.resolve("opt/große Daten"));
        Files.createSymbolicLink(root.resolve("opt/settle"), Path.of("große Daten"));
        tryInstallation(root, "/opt/settle", "yes");
    }

    @Test
    void artifactWithoutARuntimeTakesTheJavaOnPath() throws Exception {
        Path root = root();
        unpacked(ARTIFACTS.resolve("settle-" + VERSION + ".tar.gz"), root);
        copy(ARTIFACTS.resolve("bundled/runtime"), root.resolve("opt/java"));
        Files.createSymbolicLink(root.resolve("usr/bin/java"), Path.of("/opt/java/bin/java"));
        tryInstallation(root, "/opt/settle-" + VERSION, "no");
    }

    @Test
    void debianPackageIsInstalledWithJavaAndRemovedWithoutATrace() throws Exception {
        Path deb = artifact("settle_*_all.deb");
        inNamespaces(
                "sh",
                SCRIPTS.resolve("install-package").toString(),
                root().toString(),
                deb.toString(),
                SCRIPTS.resolve("try-installation").toString());
    }

    @Test
    @EnabledIf("dev.settle.testdata.SlurmCluster#available")
    void eachArtifactRunsAJobOnSlurm() throws Exception {
        try (SlurmCluster cluster = SlurmCluster.up("Nodes=1")) {
            Path home = Files.createTempDirectory("artifacts");
            run(folder.resolve("log"), "chmod", "755", home.toString());
            Path withRuntime = Files.createDirectories(home.resolve("a/opt")).getParent();
            Path plain = Files.createDirectories(home.resolve("b/opt")).getParent();
            Path debian = home.resolve("c");
            Path deb = artifact("settle_*_all.deb");
            run(folder.resolve("log"), "dpkg-deb", "-x", deb.toString(), debian.toString());
            for (Path launcher : List.of(
                    unpacked(artifact("settle-" + VERSION + "-linux-*.tar.gz"), withRuntime)
                            .resolve("bin/settle"),
                    unpacked(ARTIFACTS.resolve("settle-" + VERSION + ".tar.gz"), plain)
                            .resolve("bin/settle"),
                    debian.resolve("usr/bin/settle"))) {
                String said = cluster.run(
                        launcher.toString(), "run", "--backend", "slurm", "--", "sh", "-c", "echo $SLURM_JOB_ID");
                assertThat(said).as(launcher.toString()).containsPattern("(?m)^[0-9]+$");
            }
            run(folder.resolve("log"), "rm", "-r", home.toString());
        }
    }

    private void tryInstallation(Path root, String prefix, String bringsArchive) throws Exception {
        inNamespaces("sh", SCRIPTS.resolve("try-installation").toString(), root.toString(), prefix, bringsArchive);
    }

    private Path root() throws Exception {
        Path root = folder.resolve("root");
        copy(fresh, root);
        return root;
    }

    private void copy(Path from, Path to) throws Exception {
        run(folder.resolve("log"), "cp", "-a", from.toString(), to.toString());
    }

    private Path unpacked(Path artifact, Path root) throws Exception {
        Path opt = root.resolve("opt");
        run(folder.resolve("log"), "tar", "--no-same-owner", "-xzf", artifact.toString(), "-C", opt.toString());
        return opt.resolve("settle-" + VERSION);
    }

    private static Path artifact(String name) throws IOException {
        try (var found = Files.newDirectoryStream(ARTIFACTS, name)) {
            List<Path> all = new ArrayList<>();
            found.forEach(all::add);
            assertThat(all).as(name).hasSize(1);
            return all.get(0);
        }
    }

    /** Mounts and processes that it leaves end with it. */
    private void inNamespaces(String... command) throws Exception {
        run(
                folder.resolve("log"),
                Stream.concat(Stream.of("unshare", "-m", "-p", "-f", "--mount-proc"), Stream.of(command))
                        .toArray(String[]::new));
    }

    private static void run(Path log, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = process.waitFor(MINUTES_MAX, TimeUnit.MINUTES);
        process.destroyForcibly();
        assertThat(ended).as("ends: %s", List.of(command)).isTrue();
        assertThat(process.exitValue())
                .as("%s:%n%s", List.of(command), Files.readString(log))
                .isZero();
    }
}
