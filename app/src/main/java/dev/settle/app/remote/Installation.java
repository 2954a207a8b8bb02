package dev.settle.app.remote;

import dev.settle.app.config.HostSetting;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.core.text.ShellText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code settle --on HOST install}: puts this distribution with a Java of its own below the home there, and links it once it
 * is whole. What is there already is not sent again.
 */
final class Installation {
    /** As the artifact with a runtime has it; the launcher looks there first. */
    private static final String RUNTIME = "runtime";

    /** As in the artifact with a runtime: both lists come from the build. */
    private static final String MODULES = "runtime-modules.txt";

    private static final int MARK_CHARS = 12;
    private static final int ANSWER_BYTES_MAX = 4096;
    private static final int PRESENT = 42;

    private final HostSetting host;
    private final App app;
    private final Ssh ssh;
    private final HostScript scripts;

    Installation(HostSetting host, App app) {
        this.host = host;
        this.app = app;
        this.ssh = new Ssh(host, app);
        this.scripts = new HostScript(host, app.version());
    }

    ExitStatus install(List<String> args) throws InterruptedException {
        if (!args.isEmpty()) {
            throw Failure.usage(
                    "install takes no arguments; write settle --on " + ShellText.quote(host.name()) + " install");
        }
        if (host.path().isPresent()) {
            throw Failure.usage(
                    "the configuration says that settle is at " + host.path().get() + " on " + host.name()
                            + ", which is not where install puts it",
                    "Remove hosts." + host.name() + ".path, or install it there by hand.");
        }
        Path distribution = distribution();
        String mark = app.version() + "-" + markOf(distribution);
        if (isThere(mark)) {
            app.console().out("settle " + app.version() + " is installed on " + host.name() + "\n");
            return ExitStatus.COMPLETED;
        }
        try {
            Path work = Files.createTempDirectory("settle-install-");
            try {
                send(pack(distribution, work), mark);
            } finally {
                removed(work);
            }
        } catch (IOException e) {
            throw Failure.storage("the distribution cannot be packed: " + e.getMessage());
        }
        app.console().out("settle " + app.version() + " was installed on " + host.name() + "\n");
        return ExitStatus.COMPLETED;
    }

    /** The folder that this program was started from. */
    private static Path distribution() {
        try {
            Path jar = Path.of(Installation.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path root = jar.resolve("../..").normalize();
            if (Files.isRegularFile(root.resolve("bin/settle"))) {
                return root;
            }
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the place of this program has no path", e);
        }
        throw Failure.usage("this settle was not started from a distribution, so there is nothing to install");
    }

    /** Tells this very distribution, with its Java, from others of the version. */
    private static String markOf(Path distribution) {
        MessageDigest sum = sha256();
        try (Stream<Path> files = Files.walk(distribution)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(each -> !each.toString().endsWith(".jsa"))
                    .sorted()
                    .toList()) {
                sum.update(distribution.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
                try (InputStream in = new DigestInputStream(Files.newInputStream(file), sum)) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
            }
        } catch (IOException e) {
            throw Failure.storage("the distribution in " + distribution + " cannot be read: " + e.getMessage());
        }
        sum.update(System.getProperty("java.runtime.version", "").getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(sum.digest()).substring(0, MARK_CHARS);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Whether that distribution is there, whole and linked; refuses a host of another kind. */
    private boolean isThere(String mark) throws InterruptedException {
        String system = System.getProperty("os.name") + " " + architecture();
        String script = scripts.begin("install")
                + "[ \"$(uname -sm)\" = " + ShellText.inQuotes(system) + " ] || settle_end 2 "
                + ShellText.inQuotes(
                        host.name() + " is not a " + system
                                + " machine as this one is, so this Java does not run there; install the release for it: it is a")
                + "\" $(uname -sm)\"\n"
                + "[ \"$(readlink -- " + HostScript.path(HostScript.INSTALLED) + ")\" = " + ShellText.inQuotes(mark)
                + " ] && [ -x " + HostScript.path(HostScript.INSTALLED + "/bin/settle") + " ] && exit " + PRESENT + "\n"
                + "exit 0\n";
        Ssh.Run run = ssh.start(Ssh.Streams.READ, script);
        drained(run);
        return ended(run, List.of(0, PRESENT)) == PRESENT;
    }

    private static String architecture() {
        String name = System.getProperty("os.arch");
        return name.equals("amd64") ? "x86_64" : name;
    }

    private static void drained(Ssh.Run run) {
        try {
            run.process().getOutputStream().close();
            run.process().getInputStream().readNBytes(ANSWER_BYTES_MAX);
        } catch (IOException e) {
            // Its end says what happened.
            run.process().destroy();
        }
    }

    private int ended(Ssh.Run run, List<Integer> good) throws InterruptedException {
        SshEnd end = run.end();
        if (end.kind() != SshEnd.Kind.COMMAND_ENDED) {
            throw new Trouble(host).failure(end);
        }
        if (!good.contains(end.status())) {
            // The host has said why, on stderr.
            throw new Failure(ExitStatus.of(end.status()).orElse(ExitStatus.STORAGE_FAILED), List.of());
        }
        return end.status();
    }

    /** The distribution and a Java that starts it, in one archive. */
    private Path pack(Path distribution, Path work) throws IOException, InterruptedException {
        Path archive = work.resolve("settle.tgz");
        Path runtime = distribution.resolve(RUNTIME);
        boolean own = Files.isDirectory(runtime);
        if (!own) {
            runtime = work.resolve(RUNTIME);
            link(runtime);
        }
        List<String> words = own
                ? List.of("tar", "-C", distribution.toString(), "-czf", archive.toString(), ".")
                : List.of(
                        "tar",
                        "--exclude=*.jsa",
                        "-czf",
                        archive.toString(),
                        "-C",
                        distribution.toString(),
                        ".",
                        "-C",
                        work.toString(),
                        RUNTIME);
        run(words, "the distribution could not be packed");
        return archive;
    }

    /** Makes a Java of the parts that settle needs, from the one that runs this. */
    private void link(Path to) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"));
        if (!Files.isExecutable(java.resolve("bin/jlink")) || !Files.isDirectory(java.resolve("jmods"))) {
            throw Failure.usage(
                    "the Java in " + java + " cannot make a runtime for " + host.name()
                            + ": it has no jlink or no jmods",
                    "Use the release with a Java of its own, or start this settle with a JDK: SETTLE_JAVA=/path/to/jdk");
        }
        app.console().notice("settle: making a Java runtime for " + host.name() + "...");
        List<String> words = new ArrayList<>(List.of(
                java.resolve("bin/jlink").toString(),
                "--add-modules",
                modules(),
                "--strip-debug",
                "--no-header-files",
                "--no-man-pages"));
        // By this file the launcher tells which class-data archive is for this Java; jlink itself writes less into it.
        if (Files.isReadable(java.resolve("release"))) {
            words.add("--release-info=" + java.resolve("release"));
        }
        words.addAll(List.of("--output", to.toString()));
        run(words, "jlink could not make a Java runtime");
    }

    private static String modules() throws IOException {
        try (InputStream in = Installation.class.getResourceAsStream(MODULES)) {
            if (in == null) {
                throw new IllegalStateException(MODULES + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
        }
    }

    private void run(List<String> words, String otherwise) throws IOException, InterruptedException {
        Process process = ssh.builder(words)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        if (process.waitFor() != 0) {
            throw Failure.storage(otherwise, "Its reason stands above.");
        }
    }

    private void send(Path archive, String mark) throws IOException, InterruptedException {
        MessageDigest sum = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(archive), sum)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        app.console().notice("settle: sending " + (Files.size(archive) >> 20) + " MiB to " + host.name() + "...");
        String parent = HostScript.INSTALLED.substring(0, HostScript.INSTALLED.lastIndexOf('/'));
        String failed = " || settle_end 74 "
                + ShellText.inQuotes("the installation on " + host.name()
                        + " failed; the reason stands above; what was installed there before is as it was")
                + "\n";
        String script = scripts.begin("install")
                + "umask 022\n"
                + "mkdir -p -- " + HostScript.path(parent) + " && cd -- " + HostScript.path(parent) + failed
                + "settle_new=.new-$$\n"
                + "trap 'rm -rf -- \"$settle_new\" \"$settle_new.tgz\" \"$settle_new.link\"' EXIT\n"
                + "mkdir -- \"$settle_new\" && cat >\"$settle_new.tgz\"" + failed
                + "[ \"$(sha256sum <\"$settle_new.tgz\")\" = '" + HexFormat.of().formatHex(sum.digest())
                + "  -' ] || settle_end 74 "
                + ShellText.inQuotes("what arrived on " + host.name()
                        + " is not what was sent; run the command again; nothing was installed")
                + "\n"
                + "tar -C \"$settle_new\" -xzf \"$settle_new.tgz\"" + failed
                + "\"$settle_new/bin/settle\" --version >/dev/null" + failed
                + "rm -rf -- " + ShellText.inQuotes(mark) + " && mv -- \"$settle_new\" " + ShellText.inQuotes(mark)
                + failed
                + "[ ! -r " + mark + "/lib/install-archive ] || ls " + mark
                + "/lib/archive/*.jsa >/dev/null 2>&1 || sh " + mark + "/lib/install-archive " + mark
                + "/runtime >/dev/null 2>&1\n"
                + "ln -s -- " + ShellText.inQuotes(mark)
                + " \"$settle_new.link\" && mv -T -- \"$settle_new.link\" current"
                + failed
                + "mkdir -p -- \"$HOME/.local/bin\" && { [ -e \"$HOME/.local/bin/settle\" ] || ln -sf -- "
                + "\"$HOME/" + HostScript.INSTALLED + "/bin/settle\" \"$HOME/.local/bin/settle\"; }\n"
                + "exit 0\n";
        Ssh.Run run = ssh.start(Ssh.Streams.WRITTEN, script);
        try (OutputStream out = run.process().getOutputStream();
                InputStream in = Files.newInputStream(archive)) {
            in.transferTo(out);
        } catch (IOException e) {
            // Its end says what happened.
            ended(run, List.of());
            return;
        }
        ended(run, List.of(0));
    }

    private static void removed(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
