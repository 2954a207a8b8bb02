package dev.settle.app.remote;

import dev.settle.app.config.HostSetting;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.core.model.RunId;
import dev.settle.core.text.ShellText;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/** Brings to the host what a command needs there: a run file with what it names, and a folder that is kept in step. */
final class Upload {
    private static final String RUNS = "settle-runs";
    private static final String SYNCED = "settle-sync";
    private static final String STDIN = "stdin";
    private static final int STDIN_BYTES_MAX = 64 << 20;
    private static final int RUN_FILE_BYTES_MAX = 64 << 20;
    private static final int NAME_CHARS_MAX = 40;
    private static final int STORAGE_FAILED = 74;

    /** {@code sync: DIR} of a run file in YAML or JSON. */
    private static final Pattern SYNC = Pattern.compile("(?m)(?:^|^\\{?[ \\t]*\"|,[ \\t]*\")sync\"?[ \\t]*:[ \\t]*"
            + "(?:\"([^\"\\n]*)\"|'([^'\\n]*)'|([^\"'#\\n,}]+))");

    private final HostSetting host;
    private final App app;
    private final Ssh ssh;
    private final HostScript scripts;
    private final Supplier<RunId> id;
    private final Reconnection reconnection;

    Upload(HostSetting host, App app, Ssh ssh, HostScript scripts, Supplier<RunId> id, Reconnection reconnection) {
        this.host = host;
        this.app = app;
        this.ssh = ssh;
        this.scripts = scripts;
        this.id = id;
        this.reconnection = reconnection;
    }

    /**
     * What is on the host for a command.
     *
     * @param words the command's, which name the files as they are called there
     * @param folder where the command runs there, as a word of its shell; empty for the host's directory
     */
    record Sent(CommandWords words, String folder) {
        static Sent nothing(CommandWords given) {
            return new Sent(given, "");
        }

        /** Goes there. */
        String enter() {
            return folder.isEmpty()
                    ? ""
                    : HostScript.enter(folder, "the folder that was made for this command is gone; start it again");
        }
    }

    /**
     * Sends what the words name.
     *
     * @param plan whether the files are only looked at, and kept no longer than that
     * @throws Failure where a file cannot be read, or the host does not take it
     */
    Sent send(CommandWords given, boolean plan) throws InterruptedException {
        Optional<String> word = given.first();
        boolean piped = word.filter("-"::equals).isPresent();
        Optional<Path> file = word.filter(each -> !piped).flatMap(this::local);
        Optional<Path> synced = given.value("--sync")
                .map(dir -> app.environment().directory().resolve(dir).normalize())
                .or(() -> file.flatMap(Upload::synced));
        String folder = "";
        if (synced.isPresent()) {
            folder = SYNCED + "/" + nameOf(synced.get()) + "-" + markOf(synced.get());
            sync(synced.get(), folder);
            if (file.isPresent() && file.get().startsWith(synced.get())) {
                String name = synced.get().relativize(file.get()).toString();
                return new Sent(given.withFirst(name), place(folder));
            }
        }
        if (!piped && file.isEmpty()) {
            return new Sent(given, folder.isEmpty() ? "" : place(folder));
        }
        List<String> arguments = given.words();
        String target = plan
                ? HostScript.SESSION + "/files"
                : place(RUNS + "/" + nameOf(file.orElse(Path.of(STDIN))) + "-" + id.get());
        String name;
        if (piped) {
            name = STDIN;
            put(target, stdin());
        } else {
            SentFiles files = SentFiles.of(
                    file.orElseThrow(), app.environment().directory(), arguments.subList(1, arguments.size()));
            name = files.first();
            unpack(target, files);
        }
        if (folder.isEmpty()) {
            return new Sent(given.withFirst(name), target);
        }
        return new Sent(
                given.withFirst(
                        "../../" + RUNS + "/" + nameOf(file.orElse(Path.of(STDIN))) + "-" + id.get() + "/" + name),
                place(folder));
    }

    private Optional<Path> local(String word) {
        try {
            return Optional.of(app.environment().directory().resolve(word).normalize())
                    .filter(Files::isRegularFile);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** What the run file says is to be kept in step, from the file's folder. */
    private static Optional<Path> synced(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Matcher sync = SYNC.matcher(new String(in.readNBytes(RUN_FILE_BYTES_MAX), StandardCharsets.UTF_8));
            if (!sync.find()) {
                return Optional.empty();
            }
            String dir = sync.group(1) != null
                    ? sync.group(1)
                    : sync.group(2) != null ? sync.group(2) : sync.group(3).strip();
            return Optional.of(file.resolveSibling(dir).normalize());
        } catch (IOException e) {
            throw Failure.usage(file + " cannot be read: " + e.getMessage());
        }
    }

    /** A folder below the host's directory, as a word of the host's shell. */
    private String place(String below) {
        return HostScript.path(host.directory().isEmpty() ? below : host.directory() + "/" + below);
    }

    private static String nameOf(Path path) {
        String name = String.valueOf(path.getFileName()).replaceAll("[^A-Za-z0-9._-]+", "_");
        return name.length() > NAME_CHARS_MAX ? name.substring(0, NAME_CHARS_MAX) : name;
    }

    /** Tells folders of one name apart. */
    private String markOf(Path folder) {
        CRC32 sum = new CRC32();
        sum.update((app.wiring().host() + ":" + folder).getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", sum.getValue());
    }

    private byte[] stdin() {
        try {
            byte[] bytes = new BufferedInputStream(app.console().keys()).readNBytes(STDIN_BYTES_MAX + 1);
            if (bytes.length > STDIN_BYTES_MAX) {
                throw Failure.usage("the run file on stdin is larger than 64 MiB");
            }
            return bytes;
        } catch (IOException e) {
            throw Failure.usage("stdin cannot be read: " + e.getMessage());
        }
    }

    private String into(String target, String what) {
        return scripts.begin(id.get().value())
                + scripts.enter()
                + scripts.find()
                + (target.startsWith(HostScript.SESSION) ? "umask 077\n" : "")
                + "mkdir -p -- " + target + " && cd -- " + target + " && " + what + " || settle_end " + STORAGE_FAILED
                + " "
                + ShellText.inQuotes("the files could not be written on " + host.name()
                        + "; the reason stands above; nothing was started")
                + "\n";
    }

    /** Brings what this command has been given to read, once and to its end; the command there reads it from a file. */
    void sendInput() throws InterruptedException {
        if (!app.console().input().hasContent()) {
            return;
        }
        Ssh.Run run = ssh.start(Ssh.Streams.WRITTEN, into(HostScript.SESSION, "cat >" + STDIN));
        try (OutputStream out = run.process().getOutputStream();
                InputStream in = new BufferedInputStream(app.console().keys())) {
            in.transferTo(out);
        } catch (IOException e) {
            // The host has stopped reading; its status says why.
            run.process().destroy();
        }
        SshEnd end = run.end();
        if (end.kind() != SshEnd.Kind.COMMAND_ENDED) {
            throw new Trouble(host).failure(end);
        }
        if (end.status() != 0) {
            throw refused(end);
        }
    }

    /** The host has said why, on stderr. */
    private static Failure refused(SshEnd end) {
        return new Failure(ExitStatus.of(end.status()).orElse(ExitStatus.STORAGE_FAILED), List.of());
    }

    private void put(String target, byte[] content) throws InterruptedException {
        sent(into(target, "cat >" + STDIN), to -> to.write(content));
    }

    private void unpack(String target, SentFiles files) throws InterruptedException {
        sent(into(target, "tar -xf -"), to -> {
            // Not through a pipe: tar may write before it has read all of the list.
            Path list = Files.createTempFile("settle-sent-", ".list");
            try {
                Files.writeString(list, String.join("\0", files.files()) + "\0");
                pack(files.base(), list, to);
            } finally {
                Files.delete(list);
            }
        });
    }

    private void pack(Path base, Path list, OutputStream to) throws IOException, InterruptedException {
        Process tar = ssh.builder(List.of("tar", "-C", base.toString(), "--null", "-T", list.toString(), "-cf", "-"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream packed = tar.getInputStream()) {
            tar.getOutputStream().close();
            packed.transferTo(to);
            if (tar.waitFor() != 0) {
                throw Failure.storage("the files could not be packed", "The reason stands above; nothing was started.");
            }
        } finally {
            tar.destroy();
        }
    }

    /** Writes what goes to the host. */
    private interface Content {
        void to(OutputStream out) throws IOException, InterruptedException;
    }

    private void sent(String script, Content content) throws InterruptedException {
        while (true) {
            Ssh.Run run = ssh.start(Ssh.Streams.WRITTEN, script);
            try (OutputStream out = run.process().getOutputStream()) {
                content.to(out);
            } catch (IOException e) {
                // The host has stopped reading; its status says why.
                run.process().destroy();
            }
            SshEnd end = run.end();
            if (end.kind() == SshEnd.Kind.COMMAND_ENDED) {
                if (end.status() == 0) {
                    reconnection.connected();
                    return;
                }
                throw refused(end);
            }
            reconnection.broke(end);
        }
    }

    private void sync(Path from, String folder) throws InterruptedException {
        if (!Files.isDirectory(from)) {
            throw Failure.usage("there is no folder " + from + " to bring to " + host.name());
        }
        sent(
                into(
                        place(folder),
                        "command -v rsync >/dev/null || settle_end 69 "
                                + ShellText.inQuotes("there is no rsync on " + host.name()
                                        + ", which --sync needs; install it there")
                                + "\n:"),
                out -> {});
        String target = host.directory().isEmpty() ? folder : host.directory() + "/" + folder;
        List<String> remote = new ArrayList<>(List.of("ssh"));
        remote.addAll(ssh.options());
        List<String> words = List.of(
                "rsync",
                "-a",
                "-s",
                // What is not absolute is below the home, for whatever shell that is.
                "--rsync-path=cd; rsync",
                "--filter=:- .gitignore",
                "--exclude=/.git/",
                "-e",
                ShellText.join(remote),
                "--",
                from + "/",
                host.destination() + ":" + target + "/");
        try {
            Process rsync = ssh.builder(words)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            rsync.getOutputStream().close();
            int status = rsync.waitFor();
            if (status != 0) {
                throw new Failure(
                        ExitStatus.STORAGE_FAILED,
                        List.of(
                                from + " could not be brought to " + host.name() + ": rsync ended with " + status,
                                "Its reason stands above; nothing was started."));
            }
        } catch (IOException e) {
            throw Failure.usage("--sync needs rsync, which cannot be started here; install it", "  " + e.getMessage());
        }
    }
}
