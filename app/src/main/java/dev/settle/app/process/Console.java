package dev.settle.app.process;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The two streams of the process: data goes to {@code out}, notices go to {@code err}.
 *
 * <p>Both are UTF-8 whatever the locale says: JSON has to be, and in the C locale of batch nodes the JDK would turn
 * every other letter into a question mark.
 */
public final class Console {
    /** Set by the launcher, which learns it for nothing: the digits of those of 0, 1 and 2 that are terminals. */
    private static final String TERMINALS = "settle.terminals";

    /** A document of 100,000 items has 160 MB. */
    private static final int WRITER_BYTES = 64 << 10;

    private final Optional<DataStream> data;
    private final PrintStream out;
    private final PrintStream err;
    private final String terminals;
    private volatile Optional<Consumer<String>> diverted = Optional.empty();

    /** A console that is no terminal. */
    public Console(PrintStream out, PrintStream err) {
        this(Optional.empty(), out, err, "");
    }

    private Console(Optional<DataStream> data, PrintStream out, PrintStream err, String terminals) {
        this.data = data;
        this.out = out;
        this.err = err;
        this.terminals = terminals;
    }

    /** The console of this process. */
    public static Console ofProcess() {
        DataStream data = new DataStream(new FileOutputStream(FileDescriptor.out));
        return new Console(
                Optional.of(data),
                stream(data),
                stream(new FileOutputStream(FileDescriptor.err)),
                System.getProperty(TERMINALS, ""));
    }

    private static PrintStream stream(OutputStream stream) {
        return new PrintStream(stream, true, StandardCharsets.UTF_8);
    }

    /** Whether nobody gets what is written to the data stream any more. */
    public boolean isUnread() {
        return data.filter(DataStream::hasFailed).isPresent();
    }

    /** Why data is missing where the user wanted it, such as on a full disk. */
    public Optional<String> trouble() {
        return data.flatMap(DataStream::trouble);
    }

    /** Writes data as it is, without a line end of its own. */
    public void out(String text) {
        out.print(text);
        out.flush();
    }

    /** A writer to the data stream, for what is written piece by piece. */
    public Writer writer() {
        return new OutputStreamWriter(new BufferedOutputStream(out, WRITER_BYTES), StandardCharsets.UTF_8);
    }

    /** Writes data that is not ours to decode. */
    public void bytes(byte[] bytes, int length) {
        out.write(bytes, 0, length);
        out.flush();
    }

    /** Whether a person sees what is written to the data stream. */
    public boolean isSeen() {
        return terminals.contains("1");
    }

    /** Whether a person sees it and can answer. */
    public boolean isConversation() {
        return isSeen() && terminals.contains("0");
    }

    /** Sends notices elsewhere, while a screen is drawn that they would tear. */
    public void divert(Optional<Consumer<String>> elsewhere) {
        diverted = elsewhere;
    }

    /** Writes one line of notice. */
    public void notice(String line) {
        Optional<Consumer<String>> elsewhere = diverted;
        if (elsewhere.isPresent()) {
            elsewhere.get().accept(line);
            return;
        }
        err.print(line + "\n");
        err.flush();
    }

    /** Writes the trace of a defect to the notices. */
    public void trace(Throwable defect) {
        defect.printStackTrace(err);
        err.flush();
    }
}
