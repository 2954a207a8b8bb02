package dev.settle.app.remote;

import dev.settle.app.config.HostSetting;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The system's ssh: the user's configuration, keys, agent and jump hosts. Where that configuration leaves them open,
 * commands share a connection, and a connection that is dead is noticed within a minute.
 */
final class Ssh {
    /** How a process's streams are connected. */
    enum Streams {
        /** The terminal of this process becomes the host's. */
        TERMINAL,
        /** Stdin is open and silent, stdout is read by the caller. */
        READ,
        /** Stdin is this process's, stdout is read by the caller. */
        PASSED,
        /** Stdin is written by the caller. */
        WRITTEN,
    }

    /** As far as {@code ssh -G} is read: a configuration of some hundred lines. */
    private static final int CONFIGURATION_BYTES_MAX = 1 << 20;

    private static final int LOG_BYTES_MAX = 1 << 16;

    /** The connection is kept for the next command. */
    private static final int SHARED_S = 60;

    private static final int ALIVE_INTERVAL_S = 20;
    private static final int ALIVE_COUNT_MAX = 2;
    private static final int CONNECT_TIMEOUT_S = 15;

    private final HostSetting host;
    private final App app;
    private Optional<List<String>> options = Optional.empty();
    private Optional<Path> folder = Optional.empty();
    private boolean lookedForFolder;
    private int logs;

    Ssh(HostSetting host, App app) {
        this.host = host;
        this.app = app;
    }

    /** One ssh process, and what ssh itself says in it. */
    record Run(Process process, Path log) {
        /** Waits for the end of the process. */
        SshEnd end() throws InterruptedException {
            try {
                return ended(process.waitFor());
            } finally {
                process.destroy();
            }
        }

        private SshEnd ended(int status) {
            String words;
            try (InputStream in = Files.newInputStream(log)) {
                words = new String(in.readNBytes(LOG_BYTES_MAX), StandardCharsets.UTF_8);
            } catch (IOException e) {
                words = "";
            }
            try {
                Files.deleteIfExists(log);
            } catch (IOException e) {
                // A file of a few bytes in the folder of temporary files.
                return SshEnd.of(status, words);
            }
            return SshEnd.of(status, words);
        }
    }

    /**
     * Starts a script on the host.
     *
     * @throws Failure 69 where this machine has no ssh
     */
    Run start(Streams streams, String script) {
        try {
            Path log = log();
            List<String> words = new ArrayList<>(List.of("ssh", streams == Streams.TERMINAL ? "-tt" : "-T"));
            words.addAll(options());
            if (streams == Streams.TERMINAL) {
                // Or it adds a line of its own behind the verdict.
                words.add("-oLogLevel=ERROR");
            }
            words.addAll(List.of("-E", log.toString(), "--", host.destination(), HostScript.command(script)));
            ProcessBuilder builder = builder(words);
            builder.redirectError(ProcessBuilder.Redirect.INHERIT);
            switch (streams) {
                case TERMINAL -> builder.inheritIO();
                case PASSED -> builder.redirectInput(ProcessBuilder.Redirect.INHERIT);
                case WRITTEN -> builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
                case READ -> {}
            }
            return new Run(builder.start(), log);
        } catch (IOException e) {
            throw missing(e);
        }
    }

    /** A file in a folder that is this user's alone: a name that nobody can guess takes time to make. */
    private Path log() throws IOException {
        Optional<Path> own = folder();
        return own.isPresent()
                ? Files.createFile(own.get()
                        .resolve(ProcessHandle.current().pid() + "-" + System.identityHashCode(this) + "-" + ++logs))
                : Files.createTempFile("settle-ssh-", ".log");
    }

    /** The options of ssh, for programs that start it themselves. */
    List<String> options() {
        if (options.isEmpty()) {
            List<String> words = new ArrayList<>(host.sshOptions());
            words.addAll(defaults());
            options = Optional.of(List.copyOf(words));
        }
        return options.get();
    }

    /** What the user's configuration leaves open, as ssh says now or has said within the last minute. */
    private List<String> defaults() {
        List<String> asked = new ArrayList<>(host.sshOptions());
        asked.addAll(List.of(
                "--",
                host.destination(),
                String.valueOf(app.environment().home()),
                app.environment().searchPath()));
        Optional<KeptAnswer> kept = folder().map(own -> new KeptAnswer(own, asked));
        Instant now = app.wiring().clock().instant();
        Optional<List<String>> known = kept.flatMap(each -> each.since(now.minusSeconds(SHARED_S)));
        if (known.isPresent()) {
            return known.get();
        }
        List<String> found = ofOurs(configuration());
        kept.ifPresent(each -> each.keep(found));
        return found;
    }

    /** What the user's configuration leaves open. */
    private List<String> ofOurs(Map<String, String> said) {
        List<String> words = new ArrayList<>();
        boolean shared = !said.getOrDefault("controlmaster", "false").equals("false")
                || !said.getOrDefault("controlpath", "none").equals("none");
        if (!shared && !said.isEmpty()) {
            folder().ifPresent(own -> words.addAll(
                    List.of("-oControlMaster=auto", "-oControlPath=" + own + "/%C", "-oControlPersist=" + SHARED_S)));
        }
        if (said.getOrDefault("serveraliveinterval", "0").equals("0")) {
            words.add("-oServerAliveInterval=" + ALIVE_INTERVAL_S);
            words.add("-oServerAliveCountMax=" + ALIVE_COUNT_MAX);
        }
        if (said.getOrDefault("connecttimeout", "none").equals("none")) {
            words.add("-oConnectTimeout=" + CONNECT_TIMEOUT_S);
        }
        return words;
    }

    /** What the user's configuration says of the host; empty where ssh cannot tell. */
    private Map<String, String> configuration() {
        List<String> words = new ArrayList<>(List.of("ssh", "-G"));
        words.addAll(host.sshOptions());
        words.addAll(List.of("--", host.destination()));
        Map<String, String> said = new HashMap<>();
        try {
            Process ssh = builder(words).redirectErrorStream(true).start();
            ssh.getOutputStream().close();
            String text = new String(ssh.getInputStream().readNBytes(CONFIGURATION_BYTES_MAX), StandardCharsets.UTF_8);
            if (ssh.waitFor() != 0) {
                // What ssh says before it has opened its log.
                throw new Trouble(host).failure(SshEnd.ofConfiguration(text));
            }
            text.lines().forEach(line -> {
                String[] pair = line.split(" ", 2);
                if (pair.length == 2) {
                    said.put(pair[0].toLowerCase(Locale.ROOT), pair[1]);
                }
            });
            return said;
        } catch (IOException e) {
            throw missing(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return said;
        }
    }

    private Optional<Path> folder() {
        if (!lookedForFolder) {
            folder = ownFolder();
            lookedForFolder = true;
        }
        return folder;
    }

    /** Where the sockets of shared connections lie: a short path that is this user's alone, or nowhere. */
    private Optional<Path> ownFolder() {
        Path found = app.environment()
                .variable("XDG_RUNTIME_DIR")
                .map(Path::of)
                .filter(path -> path.isAbsolute() && Files.isDirectory(path) && Files.isWritable(path))
                .map(path -> path.resolve("settle-ssh"))
                .orElseGet(() -> Path.of("/tmp", "settle-ssh-" + app.wiring().uid()));
        try {
            Files.createDirectory(
                    found, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            // Of an earlier command; whose it is is looked at below.
        } catch (IOException e) {
            return Optional.empty();
        }
        try {
            boolean own = Files.isDirectory(found, LinkOption.NOFOLLOW_LINKS)
                    && PosixFilePermissions.toString(Files.getPosixFilePermissions(found))
                            .equals("rwx------")
                    && Files.getAttribute(found, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                            .toString()
                            .equals(app.wiring().uid());
            return own ? Optional.of(found) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** What runs with the user's own variables, in the user's directory. */
    ProcessBuilder builder(List<String> words) {
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().clear();
        builder.environment().putAll(app.environment().variables());
        builder.directory(app.environment().directory().toFile());
        return builder;
    }

    private static Failure missing(IOException e) {
        return new Failure(
                ExitStatus.SCHEDULER_UNREACHABLE,
                List.of(
                        "--on needs ssh, which cannot be started here; install OpenSSH's client (openssh-client) or put"
                                + " ssh on PATH",
                        "  " + e.getMessage()));
    }
}
