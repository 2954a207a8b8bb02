package dev.settle.app;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The two streams of the process: data goes to {@code out}, notices go to {@code err}.
 *
 * <p>Both are UTF-8 whatever the locale says: JSON has to be, and in the C locale of batch nodes the JDK would turn
 * every other letter into a question mark.
 */
final class Console {
    private final PrintStream out;
    private final PrintStream err;

    Console(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** The console of this process. */
    static Console ofProcess() {
        return new Console(stream(FileDescriptor.out), stream(FileDescriptor.err));
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    /** Writes data as it is, without a line end of its own. */
    void out(String text) {
        out.print(text);
        out.flush();
    }

    /** Writes one line of notice. */
    void notice(String line) {
        err.print(line + "\n");
        err.flush();
    }

    /** Writes the trace of a defect to the notices. */
    void trace(Throwable defect) {
        defect.printStackTrace(err);
        err.flush();
    }
}
