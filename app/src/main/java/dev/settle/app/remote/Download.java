package dev.settle.app.remote;

import dev.settle.app.config.HostSetting;
import dev.settle.app.process.App;
import dev.settle.core.model.RunId;
import dev.settle.core.text.ShellText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Brings back what a command has left on the host: reports that are to be files here, and results. */
final class Download {
    private static final int STORAGE_FAILED = 74;

    /** Statuses of runs that have come to an end. */
    private static final Set<Integer> ENDED = Set.of(0, 1, 3, 4);

    private static final String SUMMARY = "summary";

    /** In the folder of the command: where the runs were created that it followed. */
    static final String PLACES = "places";

    private final HostSetting host;
    private final App app;
    private final Ssh ssh;
    private final HostScript scripts;
    private final RunId id;

    Download(HostSetting host, App app, Ssh ssh, HostScript scripts, RunId id) {
        this.host = host;
        this.app = app;
        this.ssh = ssh;
        this.scripts = scripts;
        this.id = id;
    }

    /**
     * Brings the reports, where there are to be any.
     *
     * @param reports the paths here by the names there
     * @param session whether the folder of the command is there still
     * @return the status, or 74 where it was 0 and a report is missing
     */
    int reports(int status, Map<String, String> reports, boolean session) throws InterruptedException {
        if (reports.isEmpty()) {
            if (session) {
                removeSession();
            }
            return status;
        }
        try {
            Path folder = Files.createTempDirectory("settle-reports-");
            String script = "cd -- " + HostScript.SESSION + " && tar -cf - "
                    + HostScript.quoted(
                            reports.keySet().stream().map(name -> "./" + name).toList())
                    + " 2>/dev/null\n"
                    + "rm -rf -- " + HostScript.SESSION + "\n";
            unpacked(script, folder);
            boolean whole = true;
            for (Map.Entry<String, String> report : reports.entrySet()) {
                whole &= moved(folder.resolve(report.getKey()), report.getKey(), report.getValue());
            }
            Files.deleteIfExists(folder);
            return whole || status != 0 ? status : STORAGE_FAILED;
        } catch (IOException e) {
            app.console().notice("settle: the reports could not be brought here: " + e.getMessage());
            return status == 0 ? STORAGE_FAILED : status;
        }
    }

    private boolean moved(Path file, String name, String to) throws IOException {
        Path target = app.environment().directory().resolve(to);
        if (!Files.exists(file)) {
            if (!name.equals(SUMMARY)) {
                app.console().notice("settle: " + host.name() + " wrote no report for " + to);
            }
            return name.equals(SUMMARY);
        }
        try {
            if (name.equals(SUMMARY)) {
                Files.write(target, Files.readAllBytes(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                Files.delete(file);
            } else {
                Files.move(file, target, StandardCopyOption.REPLACE_EXISTING);
            }
            return true;
        } catch (IOException e) {
            app.console().notice("settle: the report cannot be written to " + target + ": " + e.getMessage());
            Files.deleteIfExists(file);
            return false;
        }
    }

    /**
     * Brings results to the directory in which the command was started.
     *
     * @param patterns for the host's shell, relative to where the run's command started
     * @param folder that place, as a word of the host's shell
     * @return the status, or 74 where it was 0 and nothing came
     */
    int fetched(int status, List<String> patterns, String folder) throws InterruptedException {
        return fetchedBy(
                status,
                patterns,
                scripts.enter()
                        + (folder.isEmpty() ? "" : "cd -- " + folder + " || exit 1\n")
                        + "set --\n"
                        + "for settle_each in" + words(patterns)
                        + "; do [ ! -e \"$settle_each\" ] || set -- \"$@\" \"./$settle_each\"; done\n");
    }

    /** The same, from where the runs were created that the command has followed. */
    int fetched(int status, List<String> patterns) throws InterruptedException {
        return fetchedBy(
                status,
                patterns,
                "set --\n"
                        + "while IFS= read -r settle_place; do\n"
                        + "cd -- \"$settle_place\" 2>/dev/null || continue\n"
                        + "set -- \"$@\" -C \"$settle_place\"\n"
                        + "for settle_each in" + words(patterns)
                        + "; do [ ! -e \"$settle_each\" ] || { set -- \"$@\" \"./$settle_each\"; settle_found=y; }; done\n"
                        + "done <" + HostScript.SESSION + "/" + PLACES + "\n"
                        + "[ \"${settle_found:-}\" ] || set --\n");
    }

    private static String words(List<String> patterns) {
        StringBuilder words = new StringBuilder();
        patterns.forEach(pattern -> words.append(' ').append(pattern(pattern)));
        return words.toString();
    }

    /** @param collect makes the words of tar that name the files its arguments */
    private int fetchedBy(int status, List<String> patterns, String collect) throws InterruptedException {
        if (patterns.isEmpty() || !ENDED.contains(status)) {
            return status;
        }
        String script = collect
                + "[ $# -gt 0 ] || settle_end 1 "
                + ShellText.inQuotes("nothing on " + host.name() + " matches --fetch " + String.join(" ", patterns))
                + "\n"
                + "exec tar -cf - \"$@\"\n";
        Optional<String> trouble;
        try {
            trouble = unpacked(script, app.environment().directory());
        } catch (IOException e) {
            trouble = Optional.of(String.valueOf(e.getMessage()));
        }
        trouble.ifPresent(why -> app.console().notice("settle: the results could not be brought here: " + why));
        return trouble.isPresent() && status == 0 ? STORAGE_FAILED : status;
    }

    private void removeSession() throws InterruptedException {
        Ssh.Run run =
                ssh.start(Ssh.Streams.WRITTEN, scripts.begin(id.value()) + "rm -rf -- " + HostScript.SESSION + "\n");
        // What stays after a broken connection is removed there later.
        run.end();
    }

    /** A pattern in which the shell finds nothing but {@code * ? [ ]} to expand. */
    static String pattern(String glob) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char character = glob.charAt(i);
            word.append("*?[]!-".indexOf(character) >= 0 ? character : ShellText.quote(String.valueOf(character)));
        }
        return word.toString();
    }

    /** Unpacks what a script sends; why that did not go well. */
    private Optional<String> unpacked(String script, Path folder) throws IOException, InterruptedException {
        Ssh.Run run = ssh.start(Ssh.Streams.READ, scripts.begin(id.value()) + HostScript.hello() + script);
        run.process().getOutputStream().close();
        Frames frames = new Frames(run.process().getInputStream());
        Process tar = ssh.builder(List.of("tar", "-C", folder.toString(), "-xf", "-"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (OutputStream into = tar.getOutputStream()) {
            if (frames.greeted()) {
                frames.passOn(new Copied(into));
            }
        }
        int unpacked = tar.waitFor();
        SshEnd end = run.end();
        if (end.kind() != SshEnd.Kind.COMMAND_ENDED) {
            return Optional.of("the connection to " + host.name() + " broke" + new Trouble(host).brief(end));
        }
        if (end.status() != 0) {
            return Optional.of("the reason stands above");
        }
        return unpacked == 0
                ? Optional.empty()
                : Optional.of("they cannot be written to " + folder + " (tar ended with " + unpacked + ")");
    }

    private record Copied(OutputStream to) implements Frames.Sink {
        @Override
        public void out(byte[] bytes, int length) throws IOException {
            to.write(bytes, 0, length);
        }

        @Override
        public void err(byte[] bytes, int length) throws IOException {
            to.write(bytes, 0, length);
        }
    }
}
