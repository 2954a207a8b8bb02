package dev.settle.app.remote;

import dev.settle.app.process.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files that go to the host with a run: the run file or script, and those that it names. A name is any word or value
 * in it that is the relative path of a file here; what such a file names in turn goes along where it is a script.
 *
 * @param base the folder whose files they are; it becomes the run's folder on the host
 * @param files relative to the base, the run file first
 */
record SentFiles(Path base, List<String> files) {
    private static final int COUNT_MAX = 1_000;
    private static final long BYTES_MAX = 256L << 20;
    private static final int TEXT_BYTES_MAX = 4 << 20;

    /** What may be a path: the value of a key or list, what is in quotes, and words. */
    private static final Pattern NAMES = Pattern.compile(
            "\"([^\"\\n]+)\"|'([^'\\n]+)'|(?m)(?:[:=-][ \\t]+)([^\\n\"'#]+)$|([^\\s\"'<>|&;()$`{}\\[\\],=]+)");

    SentFiles {
        files = List.copyOf(files);
    }

    /**
     * The run file or script and what it names.
     *
     * @param directory where the command was started: the base, when the file is in it
     * @param words of the command line, which may name files as well
     * @throws Failure 2 when that is too much, or lies outside
     */
    static SentFiles of(Path file, Path directory, List<String> words) {
        Path base = file.startsWith(directory) ? directory : parent(file);
        Set<Path> sent = new LinkedHashSet<>(List.of(file));
        Deque<Path> unread = new ArrayDeque<>(List.of(file));
        for (String word : words) {
            named(word, base, base).ifPresent(sent::add);
        }
        long bytes = 0;
        for (int i = 0; i <= COUNT_MAX && !unread.isEmpty(); i++) {
            Path next = unread.removeFirst();
            Optional<String> text = text(next);
            boolean reads = next.equals(file)
                    || text.filter(each -> each.startsWith("#!")).isPresent();
            if (text.isEmpty() || !reads) {
                continue;
            }
            Matcher names = NAMES.matcher(text.get());
            while (names.find()) {
                for (int group = 1; group <= names.groupCount(); group++) {
                    if (names.group(group) == null) {
                        continue;
                    }
                    named(names.group(group).strip(), parent(next), base)
                            .or(() -> named(names.group().strip(), base, base))
                            .filter(sent::add)
                            .ifPresent(unread::add);
                    if (group < names.groupCount()) {
                        // A value of several words: each may be a path as well.
                        for (String word : names.group(group).split("[\\s\"'<>|&;()$`{}\\[\\],=]+")) {
                            named(word, parent(next), base)
                                    .or(() -> named(word, base, base))
                                    .filter(sent::add)
                                    .ifPresent(unread::add);
                        }
                    }
                }
            }
        }
        for (Path each : sent) {
            bytes += size(each);
        }
        if (sent.size() > COUNT_MAX || bytes > BYTES_MAX) {
            throw Failure.usage(
                    file.getFileName() + " names " + sent.size() + " files of " + (bytes >> 20)
                            + " MiB, too much to be sent each time",
                    "--sync DIR brings a folder over and sends only what has changed.");
        }
        return new SentFiles(
                base,
                sent.stream().map(each -> base.relativize(each).toString()).toList());
    }

    /** How the file is called on the host, from the run's folder. */
    String first() {
        return files.get(0);
    }

    private static Optional<Path> named(String name, Path from, Path base) {
        if (name.isEmpty() || name.startsWith("/") || name.startsWith("-") || name.length() > 4096) {
            return Optional.empty();
        }
        try {
            Path path = from.resolve(name).normalize();
            return path.startsWith(base) && !path.equals(base) && Files.isRegularFile(path)
                    ? Optional.of(path)
                    : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Path parent(Path file) {
        return file.resolveSibling("").normalize();
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    /** The text of a file; empty of one that is none, or a large one. */
    private static Optional<String> text(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(TEXT_BYTES_MAX + 1);
            if (bytes.length > TEXT_BYTES_MAX) {
                return Optional.empty();
            }
            String text = new String(bytes, StandardCharsets.UTF_8);
            return text.indexOf('\0') < 0 ? Optional.of(text) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
