package dev.settle.app.terminal;

import dev.settle.core.view.Line;
import java.io.IOError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.Display;

/**
 * A few lines at the end of the terminal that are drawn over as the run goes. Nothing of it stays after {@link #close},
 * so that what is printed then stands where a plain program would have printed it.
 *
 * <p>Called by the thread that drives, by the one that answers signals and by one that keeps the clock going.
 */
public final class LiveTerminal implements AutoCloseable {
    /** What a terminal that does not tell its size is taken for. */
    private static final Size UNTOLD = Size.of(80, 24);

    /** How long a look for a key waits, so that a run that ends meanwhile takes its question with it. */
    private static final long KEY_LOOK_MILLIS = 100;

    private final Terminal terminal;
    private final Display display;
    private volatile boolean resized = true;
    private volatile boolean closed;
    private volatile boolean gone;
    private Size size = UNTOLD;
    private List<String> drawn = List.of();
    private Optional<String> question = Optional.empty();
    private Optional<Attributes> before = Optional.empty();

    private LiveTerminal(Terminal terminal) {
        this.terminal = terminal;
        this.display = new Display(terminal, false);
    }

    /**
     * Takes the terminal of this process.
     *
     * @throws IOException when there is none that can be drawn on
     */
    public static LiveTerminal open() throws IOException {
        // Signals are the process's: JLine would take INT from whoever drives. Without graphemeCluster(false) it asks
        // the terminal what it is, and waits half a second for those that do not answer.
        return new LiveTerminal(TerminalBuilder.builder()
                .name("settle")
                .system(true)
                .provider("exec")
                .nativeSignals(false)
                .graphemeCluster(false)
                .build());
    }

    public boolean isOpen() {
        return !closed && !gone;
    }

    /** What is done to a terminal. */
    private interface Touch {
        void run() throws IOException;
    }

    /**
     * A terminal whose window was closed takes nothing any more, and JLine tells that as an {@link IOError}: the run goes on
     * without a screen, or is left by the HUP that comes besides.
     */
    private void touch(Touch touch) {
        if (gone) {
            return;
        }
        try {
            touch.run();
        } catch (IOException | IOError e) {
            gone = true;
        }
    }

    /** Its size is to be asked for again. */
    public void resized() {
        resized = true;
    }

    /** How wide a line may be; asking it costs a process after a resize. */
    public synchronized int columns() {
        return size().getColumns();
    }

    /** How many lines may be drawn; one is left to the question. */
    public synchronized int rows() {
        return Math.max(1, size().getRows() - 1);
    }

    /** Draws these lines where the last ones stood. */
    public synchronized void draw(List<Line> lines, Line.Ink ink) {
        if (closed) {
            return;
        }
        List<String> texts = new ArrayList<>();
        for (Line line : lines) {
            texts.add(text(line, ink));
        }
        drawn = texts;
        touch(this::redraw);
    }

    private static String text(Line line, Line.Ink ink) {
        try {
            StringBuilder text = new StringBuilder();
            line.appendTo(text, ink);
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException("a line is made in memory", e);
        }
    }

    /** Puts a line above what is drawn, where it stays. */
    public synchronized void above(String line) {
        if (closed) {
            return;
        }
        touch(() -> {
            display.updateAnsi(List.of(), 0);
            terminal.writer().print(line + "\n");
            terminal.flush();
            display.reset();
            redraw();
        });
    }

    /**
     * Asks for one of a few keys, without holding up who draws.
     *
     * @return the key; empty when the terminal was closed or its input ended before an answer
     */
    public Optional<Character> ask(String text, String keys) {
        try {
            begin(text);
            while (isOpen()) {
                int key = terminal.reader().read(KEY_LOOK_MILLIS);
                if (key == -1) {
                    return Optional.empty();
                }
                if (key >= 0 && keys.indexOf(Character.toLowerCase((char) key)) >= 0) {
                    return Optional.of(Character.toLowerCase((char) key));
                }
            }
        } catch (IOException e) {
            // A terminal that went away answers nothing; HUP comes besides.
            return Optional.empty();
        } finally {
            end();
        }
        return Optional.empty();
    }

    private synchronized void begin(String text) {
        question = Optional.of(text);
        touch(() -> {
            before = Optional.of(terminal.enterRawMode());
            redraw();
        });
    }

    private synchronized void end() {
        question = Optional.empty();
        touch(this::restore);
        if (!closed) {
            touch(this::redraw);
        }
    }

    private void restore() {
        before.ifPresent(terminal::setAttributes);
        before = Optional.empty();
    }

    private void redraw() {
        Size room = size();
        List<String> lines = new ArrayList<>(drawn.subList(0, Math.min(drawn.size(), Math.max(1, room.getRows() - 1))));
        question.ifPresent(lines::add);
        display.resize(room);
        display.updateAnsi(lines, -1);
        terminal.flush();
    }

    private Size size() {
        if (resized) {
            resized = false;
            Size told = told();
            size = told.getColumns() > 0 && told.getRows() > 0 ? told : UNTOLD;
        }
        return size;
    }

    private Size told() {
        try {
            return terminal.getSize();
        } catch (IOError e) {
            gone = true;
            return UNTOLD;
        }
    }

    /** Takes away what is drawn and leaves the terminal as it was. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        touch(() -> {
            restore();
            display.updateAnsi(List.of(), 0);
            terminal.flush();
            terminal.close();
        });
    }
}
