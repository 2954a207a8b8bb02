package dev.settle.app.process;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The size of the terminal behind stdout, which Java cannot tell: stty(1) can. */
final class TerminalSize {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,6}) (\\d{1,6})");
    private static final File STDOUT = new File("/proc/self/fd/1");
    private static final int BYTES_MAX = 64;
    private static final long MILLIS_MAX = 1_000;

    private TerminalSize() {}

    /** Empty where it is not known: without stty, and on terminals that do not say how wide they are. */
    static OptionalInt columns() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(STDOUT)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!stty.waitFor(MILLIS_MAX, TimeUnit.MILLISECONDS)) {
                stty.destroyForcibly();
                return OptionalInt.empty();
            }
            return columns(new String(stty.getInputStream().readNBytes(BYTES_MAX), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return OptionalInt.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalInt.empty();
        }
    }

    /** @param said rows and columns, as stty says them */
    static OptionalInt columns(String said) {
        Matcher size = SIZE.matcher(said.strip());
        if (!size.matches()) {
            return OptionalInt.empty();
        }
        int columns = Integer.parseInt(size.group(2));
        return columns > 0 ? OptionalInt.of(columns) : OptionalInt.empty();
    }
}
