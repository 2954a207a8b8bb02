package dev.settle.app.process;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The process's stdout, which remembers that it could not be written: a {@code PrintStream} swallows that. */
final class DataStream extends OutputStream {
    /** What it is connected to. Linux; elsewhere every failure counts as a reader's who left. */
    private static final Path STDOUT = Path.of("/proc/self/fd/1");

    private final FileOutputStream out;
    private volatile Optional<String> failure = Optional.empty();

    DataStream(FileOutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            failure = Optional.of(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    boolean hasFailed() {
        return failure.isPresent();
    }

    /** Whether the reader at the other end of a pipe has left; a stdout that was closed from the start never had one. */
    boolean hasReaderLeft() {
        return hasFailed() && isConnection().orElse(false);
    }

    /**
     * Why something is missing where it was to go. That a reader has enough, or that stdout was closed from the start,
     * is no trouble. The words of the system do not tell: they are in the user's language.
     */
    Optional<String> trouble() {
        return failure.filter(why -> !isConnection().orElse(true));
    }

    /** Whether it is a pipe or a socket; empty when that cannot be found out. */
    private static Optional<Boolean> isConnection() {
        try {
            String place = Files.readSymbolicLink(STDOUT).toString();
            return Optional.of(place.startsWith("pipe:") || place.startsWith("socket:"));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
