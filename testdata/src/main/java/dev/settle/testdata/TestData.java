package dev.settle.testdata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finds test data on the file system: {@code path("slurm", "23.11", "squeue.txt")} is {@code
 * testdata/slurm/23.11/squeue.txt} of the checkout.
 *
 * <p>The build hands the folder in as the system property {@code settle.testdata}; without it (an IDE) the nearest
 * {@code testdata/golden} above the working directory names it.
 */
public final class TestData {
    private static final String PROPERTY = "settle.testdata";

    private TestData() {}

    /** A file or folder below {@code testdata}, whether it exists or not. */
    public static Path path(String... names) {
        Path path = root();
        for (String name : names) {
            path = path.resolve(name);
        }
        return path;
    }

    /** The whole text of a UTF-8 file below {@code testdata}. */
    public static String read(String... names) {
        Path path = path(names);
        try {
            return Files.readString(path, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("test data " + path + " cannot be read", e);
        }
    }

    private static Path root() {
        String configured = System.getProperty(PROPERTY);
        if (configured != null) {
            return Path.of(configured);
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path candidate = at.resolve("testdata");
            if (Files.isDirectory(candidate.resolve("golden"))) {
                return candidate;
            }
        }
        throw new IllegalStateException(
                "no testdata/golden above " + Path.of("").toAbsolutePath() + "; set -D" + PROPERTY + "=DIR");
    }
}
