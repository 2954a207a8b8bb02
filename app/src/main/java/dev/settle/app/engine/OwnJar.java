package dev.settle.app.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The jar that a background engine was started from. When another version is installed in its place the engine goes on with
 * what it has open, but what it has not opened yet is gone: it is to leave its runs to an engine of the new one.
 */
final class OwnJar {
    /** An installation replaces one file after the other; after the last one nothing changes for so long. */
    static final Duration SETTLED_AFTER = Duration.ofSeconds(10);

    private final Optional<Path> jar;
    private final Optional<Seen> first;
    private Optional<Seen> last;
    private Duration lastSince = Duration.ZERO;

    private record Seen(String file, long modifiedMs, long size) {}

    /** @param command how this process was started */
    OwnJar(List<String> command) {
        int option = command.indexOf("-jar");
        jar = option >= 0 && option + 1 < command.size()
                ? Optional.of(Path.of(command.get(option + 1)))
                : Optional.empty();
        first = look();
        last = first;
    }

    private Optional<Seen> look() {
        if (jar.isEmpty()) {
            return Optional.empty();
        }
        try {
            BasicFileAttributes file = Files.readAttributes(jar.get(), BasicFileAttributes.class);
            return Optional.of(new Seen(
                    String.valueOf(file.fileKey()), file.lastModifiedTime().toMillis(), file.size()));
        } catch (IOException e) {
            // Removed, or for a moment not to be found: nothing could be started from it.
            return Optional.empty();
        }
    }

    /**
     * Whether another jar has been in its place for {@link #SETTLED_AFTER}.
     *
     * @param now on a clock that only goes forward
     */
    boolean isReplaced(Duration now) {
        Optional<Seen> seen = look();
        if (!seen.equals(last)) {
            last = seen;
            lastSince = now;
        }
        return first.isPresent()
                && seen.isPresent()
                && !seen.equals(first)
                && now.minus(lastSince).compareTo(SETTLED_AFTER) >= 0;
    }
}
