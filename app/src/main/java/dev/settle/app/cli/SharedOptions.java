package dev.settle.app.cli;

import dev.settle.app.engine.backend.Backends;
import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.reader.FollowUp;
import dev.settle.app.reader.OnSignal;
import dev.settle.app.reader.RunPresenter;
import dev.settle.app.runs.Invocation;
import dev.settle.app.stepqueue.StepQueue;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.Plan.OnExhausted;
import dev.settle.core.view.Line;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.ParseResult;

/**
 * The options that run, submit, watch, resume and cancel share.
 *
 * @param backend absent where it was not named
 * @param engine how the run is to be managed
 * @param style how it is to be shown
 */
record SharedOptions(Optional<BackendName> backend, EngineOptions engine, RunPresenter.Style style) {
    /** Of these the command that follows a run knows the meaning too. */
    private static final Set<String> FOLLOWED = Set.of(
            "--json",
            "--events",
            "--plain",
            "--quiet",
            "--no-color",
            "--interval",
            "--settle-timeout",
            "--lost-after",
            "--give-up-after",
            "--accept-unconfirmed");

    static Options declare(Options options) {
        return declareEngine(declareOutput(options));
    }

    /** How a run is managed. */
    static Options declareEngine(Options options) {
        return options.value(
                        "--backend", "NAME", "Where items run: local or slurm. Default: slurm where its tools answer.")
                .value("--interval", "D", "Pause between two looks at the queue. Default: 30s.")
                .value("--settle-timeout", "D", "How long a verdict may wait for accounting. Default: 10m.")
                .value("--lost-after", "D", "How long a job that nobody knows is waited for. Default: 5m.")
                .value("--give-up-after", "D", "Leave when the scheduler is silent for so long. Default: never.")
                .value("--max-concurrent", "N", "At most so many items at once.")
                .value("--on-exhausted", "WHAT", "Out of credits: interrupt (default) or wait.")
                .flag("--accept-unconfirmed", "Count unconfirmed completions as completed.");
    }

    static Options declareOutput(Options options) {
        return options.flag("--json", "One JSON document on stdout at the end.")
                .flag("--events", "A JSON object a line on stdout while it goes.")
                .flag("--plain", "Plain lines, no redrawing.")
                .flag("--quiet", "Only the last lines.")
                .flag("--no-color", "No colours.");
    }

    static SharedOptions of(ParseResult args, App app) {
        EngineOptions engine = new EngineOptions(
                positive(args, "--interval"),
                Options.duration(args, "--settle-timeout"),
                positive(args, "--lost-after"),
                positive(args, "--give-up-after"),
                Options.count(args, "--max-concurrent"),
                Options.text(args, "--on-exhausted").map(SharedOptions::exhausted),
                Options.has(args, "--accept-unconfirmed") ? Policy.Confirmation.WAIVED : Policy.Confirmation.REQUIRED);
        return new SharedOptions(Options.text(args, "--backend").map(SharedOptions::backend), engine, style(args, app));
    }

    /** How a command with the options of {@link #declareOutput} shows a run. */
    static RunPresenter.Style style(ParseResult args, App app) {
        boolean json = Options.has(args, "--json");
        boolean events = Options.has(args, "--events");
        if (json && events) {
            throw Failure.usage("--json and --events exclude each other; --events ends with the same document.");
        }
        // JLine finds out about a terminal by its input.
        boolean screen = canDraw(app) && app.console().isConversation() && !Options.has(args, "--plain");
        RunPresenter.Form lines = screen ? RunPresenter.Form.LIVE : RunPresenter.Form.PLAIN;
        RunPresenter.Form form = json
                ? RunPresenter.Form.JSON
                : events ? RunPresenter.Form.EVENTS : Options.has(args, "--quiet") ? RunPresenter.Form.QUIET : lines;
        return new RunPresenter.Style(form, ink(args, app));
    }

    /** Colours where a person sees them and has not asked for none. */
    static Line.Ink ink(ParseResult args, App app) {
        // https://no-color.org: set and not empty.
        boolean refused = Options.has(args, "--no-color")
                || app.environment().variable("NO_COLOR").isPresent();
        return canDraw(app) && !refused ? Line.Ink.ANSI : Line.Ink.PLAIN;
    }

    private static boolean canDraw(App app) {
        return app.console().isSeen()
                && !app.environment().variable("TERM").orElse("dumb").equals("dumb");
    }

    /** The command that follows the run after run or resume have left it. */
    static FollowUp followUp(ParseResult args) {
        return new FollowUp("watch", Options.given(args, FOLLOWED::contains));
    }

    Backends backends(Invocation invocation) {
        return new Backends(
                backend, invocation.configuration(), invocation.app().environment());
    }

    /** What a signal does to a run that the command manages itself; for commands with {@code --cancel-on-exit}. */
    static OnSignal onSignal(ParseResult args, Optional<StepQueue> feeding) {
        if (Options.has(args, "--cancel-on-exit")) {
            return OnSignal.CANCEL;
        }
        return feeding.isPresent() ? OnSignal.STOP : OnSignal.ASK;
    }

    private static Optional<Duration> positive(ParseResult args, String name) {
        Optional<Duration> value = Options.duration(args, name);
        if (value.filter(Duration::isZero).isPresent()) {
            throw Failure.usage(name + ": must be longer than nothing; write " + name + " 30s");
        }
        return value;
    }

    private static BackendName backend(String word) {
        return BackendName.ofWord(word)
                .orElseThrow(() -> Failure.usage("--backend: '" + word + "' is no backend; write local or slurm"));
    }

    private static OnExhausted exhausted(String word) {
        return switch (word) {
            case "interrupt" -> OnExhausted.INTERRUPT;
            case "wait" -> OnExhausted.WAIT;
            default -> throw Failure.usage("--on-exhausted: '" + word + "'; write interrupt or wait");
        };
    }
}
