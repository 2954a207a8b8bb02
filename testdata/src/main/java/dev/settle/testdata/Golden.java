package dev.settle.testdata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Compares text with a file under {@code testdata/golden}.
 *
 * <p>{@code -Dsettle.golden.update=true} writes the files instead; with {@code CI=true} in the environment that is
 * refused, so that CI can only ever compare.
 */
public final class Golden {
    private static final String UPDATE = "settle.golden.update";

    private final Path folder;
    private final Mode mode;

    enum Mode {
        COMPARE,
        UPDATE,
        REFUSE_UPDATE
    }

    Golden(Path folder, Mode mode) {
        this.folder = folder;
        this.mode = mode;
    }

    /** Fails unless {@code actual} is, to the letter, what the golden file {@code name} holds. */
    public static void check(String name, String actual) {
        new Golden(TestData.path("golden"), mode()).compare(name, actual);
    }

    /**
     * Fails unless {@code actual} is, to the letter, what a file of the checkout holds: for text that is generated but
     * stands where people look for it.
     *
     * @param file below the folder that {@code testdata} lies in, such as {@code README.md}
     */
    public static void checkFile(Path file, String actual) {
        Path checkout = TestData.path("..").normalize();
        new Golden(checkout, mode()).compare(file.toString(), actual);
    }

    private static Mode mode() {
        if (!Boolean.getBoolean(UPDATE)) {
            return Mode.COMPARE;
        }
        return "true".equals(System.getenv("CI")) ? Mode.REFUSE_UPDATE : Mode.UPDATE;
    }

    void compare(String name, String actual) {
        Path file = folder.resolve(name);
        if (!file.normalize().startsWith(folder.normalize())) {
            throw new IllegalArgumentException("golden name " + name + " leads out of " + folder);
        }
        try {
            switch (mode) {
                case REFUSE_UPDATE -> throw new AssertionError("goldens are not updated in CI: " + name);
                case UPDATE -> {
                    Files.createDirectories(file.resolveSibling("."));
                    Files.writeString(file, actual, StandardCharsets.UTF_8);
                }
                case COMPARE -> compareWith(file, name, actual);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("golden " + file + " cannot be used", e);
        }
    }

    private static void compareWith(Path file, String name, String actual) throws IOException {
        if (!Files.exists(file)) {
            throw new AssertionError("golden " + name + " does not exist; " + fix() + "\nactual:\n" + actual);
        }
        String expected = Files.readString(file, StandardCharsets.UTF_8);
        if (!expected.equals(actual)) {
            throw new AssertionError("golden " + name + " differs " + firstDifference(expected, actual) + "; " + fix()
                    + "\nactual:\n" + actual);
        }
    }

    private static String fix() {
        return "if the new text is right, run again with -D" + UPDATE + "=true and read the diff";
    }

    private static String firstDifference(String expected, String actual) {
        String[] left = expected.split("\n", -1);
        String[] right = actual.split("\n", -1);
        int shared = Math.min(left.length, right.length);
        for (int i = 0; i < shared; i++) {
            if (!left[i].equals(right[i])) {
                return "in line " + (i + 1) + ":\n  expected: " + left[i] + "\n  actual:   " + right[i] + "\n";
            }
        }
        return "in length: expected " + left.length + " lines, actual " + right.length;
    }
}
