package dev.settle.app.process;

import dev.settle.core.text.OwnCommands;
import dev.settle.core.text.PlainText;
import dev.settle.core.view.Line;
import dev.settle.core.view.document.RunnerText;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The two streams of the process: data goes to {@code out}, notices go to {@code err}. Whatever text comes here, no
 * control character of it reaches a stream raw; only an item's own output is passed on as its bytes are.
 *
 * <p>Both are UTF-8 whatever the locale says: JSON has to be, and in the C locale of batch nodes the JDK would turn
 * every other letter into a question mark.
 */
public final class Console {
    /** Set by the launcher, which learns it for nothing: the digits of those of 0, 1 and 2 that are terminals. */
    private static final String TERMINALS = "settle.terminals";

    /** A document of 100,000 items has 160 MB. */
    private static final int WRITER_BYTES = 64 << 10;

    /** As terminals have been since there were any. */
    private static final int COLUMNS_USUAL = 80;

    private final Optional<DataStream> data;
    private final PrintStream out;
    private final PrintStream err;
    private final String terminals;
    private volatile Optional<Consumer<String>> diverted = Optional.empty();
    private volatile CiRunner runner = CiRunner.NONE;
    private volatile Optional<RunnerText> forRunner = Optional.empty();
    private final Set<String> secrets = new LinkedHashSet<>();
    private volatile Redaction redaction = Redaction.NONE;
    private volatile Optional<String> host = Optional.empty();

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

    /** Says who reads the two streams: of text that comes here, no line is a command to a CI system. */
    public void readBy(CiRunner reader) {
        runner = reader;
        forRunner = switch (reader) {
            case NONE -> Optional.empty();
            case GITHUB -> Optional.of(RunnerText.GITHUB);
            case GITLAB -> Optional.of(RunnerText.GITLAB);
        };
    }

    /** Says what the reader of the two streams calls this machine: commands to copy name it from here on. */
    public void readFrom(Optional<String> name) {
        host = name;
    }

    /** The text as the user of {@code settle --on HOST} has to read it: settle's own commands in it name the host. */
    public String addressed(String text) {
        return host.isEmpty() ? text : OwnCommands.on(host.get(), text);
    }

    public CiRunner runner() {
        return runner;
    }

    /** From here on the values of these variables are shown nowhere. */
    public synchronized void conceal(Environment environment, Collection<String> names) {
        boolean added = false;
        for (String name : names) {
            added |= environment.variable(name).filter(secrets::add).isPresent();
        }
        if (added) {
            redaction = Redaction.of(secrets);
        }
    }

    /** The text without the values of secrets. */
    public String redacted(String text) {
        return redaction.isEmpty() ? text : redaction.of(text);
    }

    /** A writer to a file that is to hold no values of secrets. */
    public Writer redacted(Writer file) {
        return redaction.isEmpty() ? file : redaction.before(file);
    }

    /** What a job's output passes through, before all else, on its way to one of the streams. */
    public ByteSink redacted(ByteSink stream) {
        return redaction.isEmpty() ? stream : redaction.before(stream);
    }

    private String defused(String text) {
        String lines = redacted(text);
        return forRunner.isEmpty()
                ? lines
                : Arrays.stream(lines.split("\n", -1))
                        .map(forRunner.get()::line)
                        .collect(Collectors.joining("\n"));
    }

    /** What a job's own output passes through on its way to one of the streams. */
    public ByteSink forRunner(ByteSink stream) {
        return forRunner.map(text -> (ByteSink) new RunnerFilter(stream, text)).orElse(stream);
    }

    /** Writes lines for the CI system to the data stream, as they are. */
    public void outToRunner(List<String> lines) {
        if (!lines.isEmpty()) {
            out.print(String.join("\n", lines) + "\n");
            out.flush();
        }
    }

    /** The same to the notices, where the data stream has a document. */
    public void noticeToRunner(List<String> lines) {
        if (!lines.isEmpty()) {
            err.print(String.join("\n", lines) + "\n");
            err.flush();
        }
    }

    /** The keys of the terminal, byte by byte, as its modes give them. */
    public InputStream keys() {
        return new FileInputStream(FileDescriptor.in);
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

    /** Whether data was written after its reader had left, as with {@code | head}. */
    public boolean hasReaderLeft() {
        return data.filter(DataStream::hasReaderLeft).isPresent();
    }

    /** Why data is missing where the user wanted it, such as on a full disk. */
    public Optional<String> trouble() {
        return data.flatMap(DataStream::trouble);
    }

    /** Writes data, without a line end of its own, as {@link PlainText#lines}. */
    public void out(String text) {
        print(PlainText.lines(text));
    }

    /** Writes lines, each with its line end. */
    public void out(List<Line> lines, Line.Ink ink) {
        print(addressed(text(lines, ink)));
    }

    private static String text(List<Line> lines, Line.Ink ink) {
        StringBuilder text = new StringBuilder();
        try {
            Line.appendAll(lines, text, ink);
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot fail to be written", e);
        }
        return text.toString();
    }

    /** The same to the stream of notices. */
    public void error(List<Line> lines, Line.Ink ink) {
        err.print(defused(addressed(text(lines, ink))));
        err.flush();
    }

    private void print(String text) {
        out.print(defused(text));
        out.flush();
    }

    /** A writer to the data stream, for JSON that is written piece by piece, as {@link PlainText#lines}. */
    public Writer writer() {
        return writer(RunnerText.Form.JSON);
    }

    /** The same for a document of any form. */
    public Writer writer(RunnerText.Form form) {
        Writer bytes = new OutputStreamWriter(new BufferedOutputStream(out, WRITER_BYTES), StandardCharsets.UTF_8);
        return redacted(new PlainWriter(forRunner
                .map(text -> (Writer) new RunnerWriter(bytes, text, form))
                .orElse(bytes)));
    }

    /** Writes a JSON document that is at hand as a whole, without a line end of its own. */
    public void document(String json) {
        String clean = redacted(json);
        out.print(PlainText.lines(
                forRunner.map(text -> text.defused(clean, RunnerText.Form.JSON)).orElse(clean)));
        out.flush();
    }

    /** Writes data that is not ours to decode. */
    public void bytes(byte[] bytes, int length) {
        out.write(bytes, 0, length);
        out.flush();
    }

    /** The same to the stream of notices. */
    public void errorBytes(byte[] bytes, int length) {
        err.write(bytes, 0, length);
        err.flush();
    }

    /** What this process was given to read. */
    public StandardInput input() {
        return new StandardInput(terminals.contains("0"), System.in);
    }

    /** Whether a person sees the stream of notices. */
    public boolean isErrorSeen() {
        return terminals.contains("2");
    }

    /** Whether a person sees what is written to the data stream. */
    public boolean isSeen() {
        return terminals.contains("1");
    }

    /** Whether a person sees it and can answer. */
    public boolean isConversation() {
        return isSeen() && terminals.contains("0");
    }

    /**
     * How wide the terminal is on which the data stream is seen; {@link Integer#MAX_VALUE} where it goes to no terminal, so
     * that nothing is cut.
     */
    public int columns() {
        return isSeen() ? TerminalSize.columns().orElse(COLUMNS_USUAL) : Integer.MAX_VALUE;
    }

    /** Sends notices elsewhere, while a screen is drawn that they would tear. */
    public void divert(Optional<Consumer<String>> elsewhere) {
        diverted = elsewhere;
    }

    /** Writes one line of notice, as {@link PlainText#oneLine}: whatever is in it, it begins no other line. */
    public void notice(String line) {
        String plain = PlainText.oneLine(redacted(addressed(line)));
        Optional<Consumer<String>> elsewhere = diverted;
        if (elsewhere.isPresent()) {
            elsewhere.get().accept(plain);
            return;
        }
        err.print(defused(plain) + "\n");
        err.flush();
    }

    /** Writes the trace of a defect to the notices. */
    public void trace(Throwable defect) {
        StringWriter trace = new StringWriter();
        defect.printStackTrace(new PrintWriter(trace, true));
        trace.toString()
                .lines()
                .forEach(line -> err.print(PlainText.oneLine(redacted(line).replace("\t", "    ")) + "\n"));
        err.flush();
    }
}
