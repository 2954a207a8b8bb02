package dev.settle.app.command;

import dev.settle.app.process.Console;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.session.Observer;
import dev.settle.app.session.Requests;
import dev.settle.core.item.ItemState;
import dev.settle.core.json.Json;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Verdict;
import dev.settle.core.view.DriverView;
import dev.settle.core.view.EventStream;
import dev.settle.core.view.Line;
import dev.settle.core.view.OutputPaths;
import dev.settle.core.view.PlainLog;
import dev.settle.core.view.RunDocument;
import dev.settle.core.view.RunView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.ParseResult;

/** Shows a run as it goes and how it ended, in the form that was asked for. */
final class Show implements Observer {
    private static final Duration HEARTBEAT = Duration.ofSeconds(60);

    /** What stands on stdout. */
    enum Form {
        PLAIN,
        QUIET,
        JSON,
        EVENTS
    }

    /** The form and the ink. */
    record Style(Form form, Line.Ink ink) {
        static Style of(ParseResult args) {
            boolean json = Options.has(args, "--json");
            boolean events = Options.has(args, "--events");
            if (json && events) {
                throw Failure.usage("--json and --events exclude each other; --events ends with the same document.");
            }
            Form form =
                    json ? Form.JSON : events ? Form.EVENTS : Options.has(args, "--quiet") ? Form.QUIET : Form.PLAIN;
            return new Style(form, Line.Ink.PLAIN);
        }
    }

    private final Style style;
    private final Console console;
    private final Clock clock;
    private final OutputPaths paths;
    private final Function<RunState, DriverView> driver;
    private final PlainLog log;
    private final EventStream events;
    private volatile Instant lastLineAt;

    /**
     * Shows one run.
     *
     * @param state the fold that entries are shown from
     * @param driver who drives it, asked whenever something is shown
     */
    Show(
            Style style,
            Console console,
            Clock clock,
            Requests requests,
            RunState state,
            Function<RunState, DriverView> driver) {
        this.style = style;
        this.console = console;
        this.clock = clock;
        this.paths = Outputs.paths(requests, state);
        this.driver = driver;
        this.log = new PlainLog(ZoneId.systemDefault(), Outputs.tail(requests, state));
        this.events = new EventStream(console.writer(), state);
        this.lastLineAt = clock.instant();
    }

    /** What was there before: a stream says what run it is, a log says that it goes on. */
    void opening(RunState state) {
        if (style.form() == Form.PLAIN && state.lastNumber() > 1) {
            console.out("run " + state.id() + " (" + state.opened().name() + "): "
                    + state.counts().of(ItemState.COMPLETED) + " of "
                    + state.counts().total() + " completed so far\n");
        }
    }

    @Override
    public void entry(Entry entry, RunState state) {
        RunView view = view(state);
        try {
            switch (style.form()) {
                case EVENTS -> {
                    events.entry(entry, view);
                    lastLineAt = clock.instant();
                }
                case PLAIN -> print(log.entry(entry, view));
                case JSON, QUIET -> {}
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to stdout", e);
        }
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
        RunView view = view(state);
        try {
            switch (style.form()) {
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

    private void print(List<Line> lines) throws IOException {
        if (!lines.isEmpty()) {
            StringBuilder text = new StringBuilder();
            Line.appendAll(lines, text, style.ink());
            console.out(text.toString());
        }
    }

    /** The one function from a run's verdict to the exit status of the process. */
    static ExitStatus exitStatus(RunState state, DriveOptions.AcceptUnconfirmed accept) {
        Verdict verdict = Verdict.of(state.ended().orElseThrow(), state.counts(), state.unconfirmed());
        return switch (verdict) {
            case COMPLETED -> ExitStatus.COMPLETED;
            case FAILED -> ExitStatus.ITEMS_FAILED;
            case INTERRUPTED -> ExitStatus.INTERRUPTED;
            case UNCONFIRMED ->
                accept == DriveOptions.AcceptUnconfirmed.YES ? ExitStatus.COMPLETED : ExitStatus.UNCONFIRMED;
            case UNREACHABLE -> ExitStatus.SCHEDULER_UNREACHABLE;
            case STORAGE -> ExitStatus.STORAGE_FAILED;
        };
    }
}
