package dev.settle.app.reader;

import dev.settle.app.process.CiRunner;
import dev.settle.app.process.Console;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.ProcessEnd;
import dev.settle.app.process.Processes;
import dev.settle.app.process.Signals;
import dev.settle.app.process.Threads;
import dev.settle.app.runs.CommandTally;
import dev.settle.app.runs.Outputs;
import dev.settle.app.runs.Requests;
import dev.settle.app.terminal.LiveTerminal;
import dev.settle.core.json.Json;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.run.Entry;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Verdict;
import dev.settle.core.scheduler.Source;
import dev.settle.core.view.DriverView;
import dev.settle.core.view.Line;
import dev.settle.core.view.OutputPaths;
import dev.settle.core.view.OutputTail;
import dev.settle.core.view.PlainLog;
import dev.settle.core.view.RunView;
import dev.settle.core.view.VerdictLines;
import dev.settle.core.view.document.EventStream;
import dev.settle.core.view.document.GitHubReport;
import dev.settle.core.view.document.GitLabReport;
import dev.settle.core.view.document.RunDocument;
import dev.settle.core.view.screen.LiveScreen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Shows a run as it goes and how it ended, in the form that was asked for. */
public final class RunPresenter implements AutoCloseable {
    private static final Duration HEARTBEAT = Duration.ofSeconds(60);

    private static final Duration HEARTBEAT_LOOK_EVERY = Duration.ofSeconds(1);

    /** A query that takes longer is worth a word. */
    private static final Duration SLOW = Duration.ofSeconds(5);

    /** How often the output of the one command is looked for: on this machine it is there at once. */
    private static final Duration OUTPUT_EVERY = Duration.ofMillis(50);

    private static final Duration REMOTE_OUTPUT_EVERY = Duration.ofMillis(500);

    /** What stands on stdout. */
    public enum Form {
        /** A screen on a terminal that is drawn over. */
        LIVE,
        PLAIN,
        /** What the one command of the run writes; on a terminal with lines about the run around it. */
        OUTPUT,
        /** Nothing but the verdict of a run that did not complete. */
        QUIET,
        JSON,
        EVENTS
    }

    /**
     * How a run is shown.
     *
     * @param after with events: the number of the last line that the reader has
     */
    public record Style(Form form, Line.Ink ink, long after) {
        public Style(Form form, Line.Ink ink) {
            this(form, ink, 0);
        }

        /** The same, going on after a line of an event stream. */
        public Style withAfter(long seq) {
            return new Style(form, ink, seq);
        }

        /** The same for a run of one command, whose output is shown where people read. */
        public Style withOutput() {
            return form == Form.LIVE || form == Form.PLAIN ? new Style(Form.OUTPUT, ink) : this;
        }
    }

    private final Style style;
    private final String prefix;
    private final Console console;
    private final Clock clock;
    private final OutputPaths paths;
    private final Requests requests;
    private final Function<RunState, DriverView> driver;
    private final OutputTail tail;
    private final PlainLog log;
    private final EventStream events;
    private final LiveScreen summary;
    private final Optional<InteractiveScreen> screen;
    private final Optional<OutputRelay> output;
    private final boolean local;
    /** What happened before is no news on stderr. */
    private final Instant since;

    /** The queries that were said to take long. */
    private final Map<Source, Instant> slowSince = new EnumMap<>(Source.class);

    private Instant lastLineAt;

    /**
     * Shows one run.
     *
     * @param prefix what stands before each line about the run, in lines for people
     * @param state the fold that entries are shown from
     * @param driver who drives it, asked whenever something is shown
     */
    RunPresenter(
            Style style,
            String prefix,
            Console console,
            Clock clock,
            Requests requests,
            RunState state,
            Function<RunState, DriverView> driver) {
        Optional<LiveTerminal> terminal = style.form() == Form.LIVE ? take(console) : Optional.empty();
        this.style = style.form() == Form.LIVE && terminal.isEmpty() ? new Style(Form.PLAIN, style.ink()) : style;
        this.prefix = prefix;
        this.console = console;
        this.clock = clock;
        this.requests = requests;
        this.paths = Outputs.paths(requests, state);
        this.driver = driver;
        this.tail = Outputs.tail(requests, state);
        this.output = style.form() == Form.OUTPUT
                ? Optional.of(new OutputRelay(console, requests, state, style.ink()))
                : Optional.empty();
        // What the command wrote last stands above, and GitLab's log has the output in sections of its own.
        boolean elsewhere = output.isPresent() || console.runner() == CiRunner.GITLAB;
        this.log = output.isPresent() && console.isSeen()
                ? PlainLog.ofCommand(ZoneId.systemDefault())
                : new PlainLog(ZoneId.systemDefault(), elsewhere ? OutputTail.NONE : tail);
        this.summary = new LiveScreen(ZoneId.systemDefault(), tail);
        this.screen = terminal.map(live -> new InteractiveScreen(live, summary, style.ink(), clock, requests));
        // A stream begins before the first entry is folded in.
        this.local = output.isPresent() && state.opened().backend().equals(BackendName.LOCAL.word());
        this.events = style.after() > 0
                ? new EventStream(console.writer(), style.after())
                : new EventStream(console.writer(), state);
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
        if (output.isPresent()) {
            return local ? OUTPUT_EVERY : REMOTE_OUTPUT_EVERY;
        }
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

    /** The first line of a log: which run it is, and how far it is. */
    void opening(RunState state) {
        if (isLog()) {
            print(List.of(PlainLog.opening(view(state))));
        }
    }

    private boolean isLog() {
        return style.form() == Form.PLAIN || style.form() == Form.OUTPUT;
    }

    /** Shows an entry that is on disk. The state is the one after the entry. */
    void entry(Entry entry, RunState state) {
        RunView view = view(state);
        try {
            switch (style.form()) {
                case EVENTS -> {
                    long before = events.seq();
                    events.entry(entry, view);
                    lastLineAt = events.seq() > before ? clock.instant() : lastLineAt;
                }
                case PLAIN, OUTPUT -> {
                    if (!isTrouble(entry) && entry.event().kind() != RunEvent.Kind.OPENED) {
                        print(log.entry(entry, view));
                    }
                }
                case JSON, QUIET, LIVE -> {}
            }
            if (isNotice(entry) && !entry.at().isBefore(since)) {
                log.notice(entry, view).forEach(line -> console.notice("settle: " + prefix + line.plain()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to stdout", e);
        }
    }

    /** Where stdout has data, a retry is told beside it. */
    private boolean isNotice(Entry entry) {
        boolean isRetry =
                entry.event() instanceof RunEvent.OfItem item && item.event().kind() == ItemEvent.Kind.RETRIED;
        return switch (style.form()) {
            case QUIET -> false;
            case PLAIN, OUTPUT, LIVE -> isTrouble(entry);
            case JSON, EVENTS -> isTrouble(entry) || isRetry;
        };
    }

    /** What is no news of the run but of those who are asked about it; for people, whatever goes to stdout. */
    private static boolean isTrouble(Entry entry) {
        return switch (entry.event().kind()) {
            case SILENT, HELD_BACK, ANSWERED -> true;
            case QUEUE -> {
                QueueEvent.Kind kind =
                        ((RunEvent.OfQueue) entry.event()).event().kind();
                yield kind == QueueEvent.Kind.RETRIED || kind == QueueEvent.Kind.NOT_CLAIMED;
            }
            default -> false;
        };
    }

    /** Whether a command on this machine wrote on after the reader of its output had left: in a pipe that ends it. */
    boolean hasReaderLeft() {
        return local && console.hasReaderLeft();
    }

    /** Passes on what the command has written, and says that the run is alive when nothing was said for a minute. */
    void quiet(RunState state) {
        if (output.filter(relay -> relay.goOn(state)).isPresent()) {
            lastLineAt = clock.instant();
        }
        if (Duration.between(lastLineAt, clock.instant()).compareTo(HEARTBEAT) < 0) {
            return;
        }
        lastLineAt = clock.instant();
        try {
            switch (style.form()) {
                case EVENTS -> events.heartbeat(clock.instant(), view(state));
                case PLAIN, OUTPUT -> print(List.of(log.heartbeat(clock.instant(), view(state))));
                case LIVE, QUIET, JSON -> {}
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to stdout", e);
        }
    }

    /** Says once of each query that its answer takes long: until it is given up nothing else would. */
    void slow(Map<Source, Instant> unanswered) {
        unanswered.forEach((source, since) -> {
            Duration waiting = Duration.between(since, clock.instant());
            if (style.form() != Form.QUIET
                    && waiting.compareTo(SLOW) >= 0
                    && !since.equals(slowSince.put(source, since))) {
                console.notice("settle: " + source.word() + " has not answered for " + waiting.toSeconds()
                        + " s; still waiting");
            }
        });
    }

    /**
     * A signal ends the command while the run goes on: a document or a stream has its end all the same.
     *
     * @param status with which the command is about to exit
     */
    void left(RunState state, ExitStatus status) {
        if (style.form() == Form.JSON || style.form() == Form.EVENTS) {
            result(state, status);
        }
    }

    /**
     * The last words: the document, the result event, or the verdict in lines.
     *
     * @param status with which the command is about to exit
     */
    void result(RunState state, ExitStatus status) {
        RunView view = view(state).withCommands(CommandTally.read(requests.folder()));
        int columns = screen.map(live -> live.terminal().columns()).orElse(0);
        close();
        try {
            switch (style.form()) {
                case LIVE -> print(summary.summary(view, columns));
                case EVENTS -> events.result(clock.instant(), view);
                case JSON -> RunDocument.write(view, console.writer(), Json.Layout.INDENTED);
                case PLAIN -> verdict(view);
                case OUTPUT -> {
                    output.orElseThrow().finish(state);
                    verdict(view);
                }
                case QUIET -> {
                    if (status != ExitStatus.COMPLETED) {
                        console.outToRunner(forRunner(view));
                        print(List.of(VerdictLines.verdict(view)));
                    }
                }
            }
            boolean isDocument = style.form() == Form.JSON || style.form() == Form.EVENTS;
            if (isDocument && console.runner() == CiRunner.GITHUB) {
                console.noticeToRunner(forRunner(view));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to stdout", e);
        }
    }

    private void verdict(RunView view) {
        console.outToRunner(forRunner(view));
        print(log.verdict(view));
    }

    /** What the CI system shows beside the log. */
    private List<String> forRunner(RunView view) {
        return switch (console.runner()) {
            case NONE -> List.of();
            case GITHUB -> GitHubReport.annotations(view);
            case GITLAB -> GitLabReport.sections(view, tail, clock.instant());
        };
    }

    RunView view(RunState state) {
        return new RunView(state, driver.apply(state), paths, clock.instant());
    }

    private void print(List<Line> lines) {
        if (lines.isEmpty()) {
            return;
        }
        lastLineAt = clock.instant();
        List<Line> marked = prefix.isEmpty()
                ? lines
                : lines.stream().map(line -> line.after(prefix)).toList();
        if (style.form() == Form.OUTPUT && !console.isSeen()) {
            // Stdout is the command's alone.
            console.error(marked, Line.Ink.PLAIN);
        } else {
            console.out(marked, style.ink());
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
