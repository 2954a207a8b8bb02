package dev.settle.app.terminal;

import dev.settle.core.view.Line;
import dev.settle.core.view.screen.Key;
import java.io.IOError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.ControlChar;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jspecify.annotations.Nullable;

/**
 * The last lines of the terminal, redrawn in place as the run goes on. Nothing of them stays after {@link #close}, so that
 * what is printed then is where a plain program would have printed it.
 *
 * <p>While it has the terminal, keys are read and not echoed, and none is left for the shell. It has the terminal only in
 * the foreground: a process that was stopped or sent to the background neither draws nor changes modes, and draws
 * everything again when it is back.
 *
 * <p>Called by the thread that shows, by the one that answers signals, and by one that keeps the clock going.
 */
public final class LiveTerminal implements AutoCloseable {
    /** What a terminal that does not report its size is taken for. */
    private static final Size UNKNOWN = Size.of(80, 24);

    /** How long one look for a key waits. */
    private static final long KEY_LOOK_MILLIS = 100;

    /** A terminal whose modes cannot be set this often is not one that can be drawn on. */
    private static final int MODES_REFUSED_MAX = 5;

    private final Terminal terminal;
    private final Display display;
    private final TerminalKeys keys;
    private final BooleanSupplier foreground;
    private volatile boolean resized = true;
    private volatile boolean closed;
    private volatile boolean gone;
    private int modesRefused;
    private Size size = UNKNOWN;
    /** The size that the display was last given. */
    private @Nullable Size fitted;

    private List<String> drawn = List.of();
    private Optional<String> question = Optional.empty();
    /** The modes to give back; present while the terminal is ours. */
    private Optional<Attributes> before = Optional.empty();

    private LiveTerminal(Terminal terminal, Surroundings around) {
        this.terminal = terminal;
        this.display = new Display(terminal, false);
        this.keys = new TerminalKeys(around.input(), this::mayRead);
        this.foreground = around.foreground();
    }

    /**
     * What the terminal is used with.
     *
     * @param input the terminal's keys, byte by byte
     * @param foreground whether this process may use the terminal now: one in the background that changes modes is stopped
     * @param thread starts a thread that reads keys
     */
    public record Surroundings(InputStream input, BooleanSupplier foreground, Consumer<Runnable> thread) {}

    /**
     * Takes the terminal of this process.
     *
     * @throws IOException when there is none that can be drawn on
     */
    public static LiveTerminal open(Surroundings around) throws IOException {
        // Signals are the process's: JLine would take INT from the engine. Without graphemeCluster(false) it asks
        // the terminal what it is, and waits half a second for those that do not answer. Its own reader is not used: it
        // starts an stty(1) for each key.
        LiveTerminal live = new LiveTerminal(
                TerminalBuilder.builder()
                        .name("settle")
                        .system(true)
                        .provider("exec")
                        .nativeSignals(false)
                        .graphemeCluster(false)
                        .build(),
                around);
        live.resume();
        around.thread().accept(live::readKeys);
        return live;
    }

    public boolean isOpen() {
        return !closed && !gone;
    }

    /** What is done to a terminal. */
    private interface Touch {
        void run() throws IOException;
    }

    /**
     * A terminal whose window was closed takes nothing any more, and JLine reports that as an {@link IOError}: the run goes
     * on without a screen, or is left by the HUP that comes as well.
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

    /** The window has another size: the terminal has moved what was on it, so everything is drawn again. */
    public synchronized void resized() {
        resized = true;
        if (!closed && isOurs()) {
            touch(this::repaint);
        }
    }

    /** Gives the terminal back for a while: this process is about to be stopped. */
    public void suspend() {
        keys.whileNotReading(this::giveBack);
    }

    private synchronized void giveBack() {
        if (!closed && isOurs()) {
            touch(() -> {
                erase();
                restore();
            });
        }
    }

    /** Takes the terminal again and draws everything, if this process is in the foreground. */
    public synchronized void resume() {
        if (!closed && before.isEmpty() && foreground.getAsBoolean()) {
            resized = true;
            before = rawMode();
            if (before.isPresent()) {
                touch(() -> {
                    display.reset();
                    redraw();
                });
            }
        }
    }

    /**
     * Asks stty(1) for single keys without echo. A Ctrl-C that is pressed meanwhile ends that process as well: that is no
     * word on the terminal, and it is tried again at the next drawing.
     */
    private Optional<Attributes> rawMode() {
        try {
            Attributes asItWas = terminal.getAttributes();
            Attributes ours = new Attributes(asItWas);
            // Ctrl-C and Ctrl-Z stay signals.
            ours.setLocalFlags(EnumSet.of(LocalFlag.ICANON, LocalFlag.ECHO), false);
            ours.setControlChar(ControlChar.VMIN, 0);
            ours.setControlChar(ControlChar.VTIME, 1);
            terminal.setAttributes(ours);
            return Optional.of(asItWas);
        } catch (IOError e) {
            gone = ++modesRefused >= MODES_REFUSED_MAX;
            return Optional.empty();
        }
    }

    /** Whether the modes are ours and drawing is seen; a process that was sent to the background loses both. */
    private boolean isOurs() {
        return before.isPresent() && foreground.getAsBoolean();
    }

    /** How wide a line may be; asking it costs a process after a resize. */
    public synchronized int columns() {
        return size().getColumns();
    }

    /** How many lines may be drawn; one is left to the question. */
    public synchronized int rows() {
        return Math.max(1, size().getRows() - 1);
    }

    /** Draws these lines where the last ones were. */
    public synchronized void draw(List<Line> lines, Line.Ink ink) {
        if (closed) {
            return;
        }
        List<String> texts = new ArrayList<>();
        for (Line line : lines) {
            texts.add(text(line, ink));
        }
        drawn = texts;
        if (before.isEmpty()) {
            resume();
        } else if (isOurs()) {
            touch(this::redraw);
        }
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
            boolean ours = isOurs();
            if (ours) {
                erase();
            }
            terminal.writer().print(line + (ours ? "\r\n" : "\n"));
            terminal.flush();
            if (ours) {
                redraw();
            }
        });
    }

    /**
     * Asks for one of a few keys, without holding up the drawing.
     *
     * @return the key; empty when the terminal was closed before an answer
     */
    public Optional<Character> ask(String text, String answers) {
        keys.ask();
        show(Optional.of(text));
        try {
            while (isOpen()) {
                Optional<Character> answer = keys.answer(KEY_LOOK_MILLIS).flatMap(LiveTerminal::character);
                if (answer.isPresent() && answers.indexOf(answer.get()) >= 0) {
                    return answer;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            keys.asked();
            show(Optional.empty());
        }
        return Optional.empty();
    }

    /** What a key stands for among answers: letters are small, Enter is a line end. */
    private static Optional<Character> character(Key key) {
        return switch (key.kind()) {
            case ENTER -> Optional.of('\n');
            case CHARACTER -> Optional.of((char) Character.toLowerCase(key.character()));
            default -> Optional.empty();
        };
    }

    /** Hands over every key that answers no question, in a thread of the terminal's own. */
    public void listen(Consumer<Key> to) {
        keys.listen(to);
    }

    private synchronized void show(Optional<String> text) {
        question = text;
        if (!closed && isOurs()) {
            touch(this::redraw);
        }
    }

    private void readKeys() {
        try {
            keys.readWhile(this::isOpen);
        } catch (IOException e) {
            // A terminal that went away has no keys; HUP comes as well.
            gone = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean mayRead() {
        return isOurs();
    }

    private void restore() {
        before.ifPresent(terminal::setAttributes);
        before = Optional.empty();
    }

    private void erase() {
        display.updateAnsi(List.of(), 0);
        terminal.flush();
        display.reset();
    }

    /** After a resize it is not known where the lines drawn before have gone. */
    private void repaint() {
        terminal.puts(Capability.clear_screen);
        display.reset();
        redraw();
    }

    private void redraw() {
        Size room = size();
        List<String> lines = new ArrayList<>(drawn.subList(0, Math.min(drawn.size(), Math.max(1, room.getRows() - 1))));
        question.ifPresent(lines::add);
        if (!fits(room)) {
            return;
        }
        display.updateAnsi(lines, -1);
        terminal.flush();
    }

    /** Tells the display of a new size, for which JLine starts an stty(1) as well: only when there is one. */
    private boolean fits(Size room) {
        if (!room.equals(fitted)) {
            try {
                display.resize(room);
            } catch (IOError e) {
                // As in rawMode().
                return false;
            }
            fitted = room;
        }
        return true;
    }

    private Size size() {
        if (resized) {
            resized = false;
            Size reported = reported();
            size = reported.getColumns() > 0 && reported.getRows() > 0 ? reported : UNKNOWN;
        }
        return size;
    }

    private Size reported() {
        try {
            return terminal.getSize();
        } catch (IOError e) {
            // As in rawMode(): asked again at the next drawing.
            resized = true;
            return size;
        }
    }

    /** Takes away what is drawn and leaves the terminal as it was, with no key of ours left in it. */
    @Override
    public void close() {
        keys.whileNotReading(this::leave);
    }

    private synchronized void leave() {
        if (closed) {
            return;
        }
        closed = true;
        touch(() -> {
            if (isOurs()) {
                erase();
                keys.drain();
                restore();
            }
            terminal.close();
        });
    }
}
