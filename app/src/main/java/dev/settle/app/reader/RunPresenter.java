package dev.settle.app.reader;

import dev.settle.app.process.Console;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.ProcessEnd;
import dev.settle.app.process.Processes;
import dev.settle.app.process.Signals;
import dev.settle.app.process.Threads;
import dev.settle.app.runs.CommandTally;
import dev.settle.app.runs.Requests;
import dev.settle.app.terminal.LiveTerminal;
import dev.settle.core.json.Json;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.run.Entry;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Verdict;
import dev.settle.core.view.DriverView;
import dev.settle.core.view.Line;
import dev.settle.core.view.OutputPaths;
import dev.settle.core.view.PlainLog;
import dev.settle.core.view.RunView;
import dev.settle.core.view.document.EventStream;
import dev.settle.core.view.document.RunDocument;
import dev.settle.core.view.screen.LiveScreen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Shows a run as it goes and how it ended, in the form that was asked for. */
public final class RunPresenter implements AutoCloseable {
    private static final Duration HEARTBEAT = Duration.ofSeconds(60);

    private static final Duration HEARTBEAT_LOOK_EVERY = Duration.ofSeconds(1);

    /** What stands on stdout. */
    public enum Form {
        /** A screen on a terminal that is drawn over. */
        LIVE,
        PLAIN,
        QUIET,
        JSON,
        EVENTS
    }

    /** The form and the ink. */
    public record Style(Form form, Line.Ink ink) {}

    private final Style style;
    private final Console console;
    private final Clock clock;
    private final OutputPaths paths;
    private final Requests requests;
    private final Function<RunState, DriverView> driver;
    private final PlainLog log;
    private final EventStream events;
    private final LiveScreen summary;
    private final Optional<InteractiveScreen> screen;
    /** What happened before is no news on stderr. */
    private final Instant since;

    private Instant lastLineAt;

    /**
     * Shows one run.
     *
     * @param state the fold that entries are shown from
     * @param driver who drives it, asked whenever something is shown
     */
    RunPresenter(
            Style style,
            Console console,
            Clock clock,
            Requests requests,
            RunState state,
            Function<RunState, DriverView> driver) {
        Optional<LiveTerminal> terminal = style.form() == Form.LIVE ? take(console) : Optional.empty();
        this.style = style.form() == Form.LIVE && terminal.isEmpty() ? new Style(Form.PLAIN, style.ink()) : style;
        this.console = console;
        this.clock = clock;
        this.requests = requests;
        this.paths = Outputs.paths(requests, state);
        this.driver = driver;
        this.log = new PlainLog(ZoneId.systemDefault(), Outputs.tail(requests, state));
        this.summary = new LiveScreen(ZoneId.systemDefault(), Outputs.tail(requests, state));
        this.screen = terminal.map(live -> new InteractiveScreen(live, summary, style.ink(), clock, requests));
        this.events = new EventStream(console.writer(), state);
        this.lastLineAt = clock.instant();
        this.since = lastLineAt;
    }

    /** The terminal, with notices put above the screen; none where it cannot be drawn on. */
    private static Optional<LiveTerminal> take(Console console) {
        try {
            LiveTerminal terminal = openTerminal(console);
            Signals.onResize(terminal::resized);
            Signals.onStop(terminal::suspend, terminal::resume);
            ProcessEnd.lastly(Threads.daemon("settle-last-act", terminal::close));
            console.divert(Optional.of(terminal::above));
            return Optional.of(terminal);
        } catch (IOException e) {
            console.notice("settle: no live screen on this terminal: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static LiveTerminal openTerminal(Console console) throws IOException {
        return LiveTerminal.open(new LiveTerminal.Surroundings(
                console.keys(), Processes::isInForeground, work -> Threads.daemon("settle-keys", work)
                        .start()));
    }

    /** Asks the person at the terminal for one of a few keys; empty when nobody can answer. */
    Optional<Character> ask(String question, String keys) {
        if (screen.isPresent() || !console.isConversation()) {
            return screen.filter(live -> console.isConversation())
                    .flatMap(live -> live.terminal().ask(question, keys));
        }
        // Lines or a document on a terminal: it is taken for the question alone.
        try (LiveTerminal once = openTerminal(console)) {
            return once.ask(question, keys);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** From now on the keys of a live screen are acted on. */
    void listen(InteractiveScreen.Keys keys) {
        screen.ifPresent(live -> live.listen(keys));
    }

    /** All entries of a batch were shown; a screen may be drawn now. */
    void drawn(RunState state) {
        screen.ifPresent(live -> live.draw(() -> view(state)));
    }

    /** How often it is to be called while nothing changes, so that the screen's clock goes on and the stream stays alive. */
    Duration pace() {
        return screen.isPresent() ? InteractiveScreen.DRAW_EVERY : HEARTBEAT_LOOK_EVERY;
    }

    /** Gives the terminal back; what comes after is printed as on any other. */
    @Override
    public void close() {
        if (screen.isPresent()) {
            console.divert(Optional.empty());
            screen.get().terminal().close();
        }
    }

    /** What was there before: a stream says what run it is, a log says that it goes on. */
    void opening(RunState state) {
        if (style.form() == Form.PLAIN && state.lastNumber() > 1) {
            console.out("run " + state.id() + " (" + state.opened().name() + "): "
                    + state.counts().of(ItemState.COMPLETED) + " of "
                    + state.counts().total() + " completed so far\n");
        }
    }

    /** Shows an entry that is on disk. The state is the one after the entry. */
    void entry(Entry entry, RunState state) {
        RunView view = view(state);
        try {
            switch (style.form()) {
                case EVENTS -> {
                    events.entry(entry, view);
                    lastLineAt = clock.instant();
                }
                case PLAIN -> {
                    if (!isTrouble(entry)) {
                        print(log.entry(entry, view));
                    }
                }
                case JSON, QUIET, LIVE -> {}
            }
            if (isTrouble(entry) && style.form() != Form.QUIET && !entry.at().isBefore(since)) {
                log.entry(entry, view).forEach(line -> console.notice("settle: " + line.plain()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to stdout", e);
        }
    }

    /** What is no news of the run but of those who are asked about it; for people, whatever goes to stdout. */
    private static boolean isTrouble(Entry entry) {
        return switch (entry.event().kind()) {
            case SILENT, ANSWERED -> true;
            case QUEUE -> {
                QueueEvent.Kind kind =
                        ((RunEvent.OfQueue) entry.event()).event().kind();
                yield kind == QueueEvent.Kind.RETRIED || kind == QueueEvent.Kind.NOT_CLAIMED;
            }
            default -> false;
        };
    }

    /** Says that the run goes on when nothing was said for a minute. */
    void quiet(RunState state) {
        if (style.form() == Form.EVENTS
                && Duration.between(lastLineAt, clock.instant()).compareTo(HEARTBEAT) >= 0) {
            try {
                events.heartbeat(clock.instant(), view(state));
                lastLineAt = clock.instant();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write to stdout", e);
            }
        }
    }

    /** The last words: the document, the result event, or the verdict in lines. */
    void result(RunState state) {
        RunView view = view(state).withCommands(CommandTally.read(requests.folder()));
        int columns = screen.map(live -> live.terminal().columns()).orElse(0);
        close();
        try {
            switch (style.form()) {
                case LIVE -> print(summary.summary(view, columns));
                case EVENTS -> events.result(clock.instant(), view);
                case JSON -> RunDocument.write(view, console.writer(), Json.Layout.INDENTED);
                case PLAIN, QUIET -> print(log.verdict(view));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to stdout", e);
        }
    }

    RunView view(RunState state) {
        return new RunView(state, driver.apply(state), paths, clock.instant());
    }

    private void print(List<Line> lines) {
        if (!lines.isEmpty()) {
            console.out(lines, style.ink());
        }
    }

    /** The one function from a run's verdict to the exit status of the process. */
    static ExitStatus exitStatus(RunState state, Policy.Confirmation confirmation) {
        Verdict verdict = Verdict.of(state.ended().orElseThrow(), state.counts(), state.unconfirmed());
        return switch (verdict) {
            case COMPLETED -> ExitStatus.COMPLETED;
            case FAILED -> ExitStatus.ITEMS_FAILED;
            case INTERRUPTED -> ExitStatus.INTERRUPTED;
            case UNCONFIRMED ->
                confirmation == Policy.Confirmation.WAIVED ? ExitStatus.COMPLETED : ExitStatus.UNCONFIRMED;
            case UNREACHABLE -> ExitStatus.SCHEDULER_UNREACHABLE;
            case STORAGE -> ExitStatus.STORAGE_FAILED;
        };
    }
}
