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

    /** The options of a command that manages a run or follows it. */
    static Options declare(Options options) {
        return declareOutput(declareEngine(options));
    }

    /** Where items run, for the commands that create runs. */
    static Options declareBackend(Options options) {
        return options.under(Options.MANAGING)
                .value(
                        "--backend",
                        "local|slurm",
                        "Where items run. Default: slurm where its tools answer, else local.")
                .under(Options.OWN);
    }

    /** How a run is managed. */
    static Options declareEngine(Options options) {
        return declarePatience(options)
                .under(Options.MANAGING)
                .value("--max-concurrent", "N", "Run at most N items at once.")
                .value("--on-exhausted", "interrupt|wait", "What to do when the account is out of credits.")
                .flag("--accept-unconfirmed", "Count unconfirmed completions as completed.")
                .under(Options.OWN);
    }

    /** How often and for how long the scheduler is asked. */
    static Options declarePatience(Options options) {
        return options.under(Options.MANAGING)
                .value("--interval", "D", "How often to check the queue. Default: 30s.")
                .value("--settle-timeout", "D", "How long a verdict may wait for accounting. Default: 10m.")
                .value(
                        "--lost-after",
                        "D",
                        "How long to look for a job that no source knows before calling it lost. Default: 5m.")
                .value(
                        "--give-up-after",
                        "D",
                        "Give up when the scheduler has not answered for this long. Default: never.")
                .under(Options.OWN);
    }

    static Options declareOutput(Options options) {
        return options.under(Options.OUTPUT)
                .flag("--json", "Write one JSON document to stdout at the end.")
                .flag("--events", "Write one JSON object per line to stdout as the run progresses.")
                .flag("--plain", "Write plain lines; never redraw the screen.")
                .flag("--quiet", "Write nothing when the exit status is 0, else only the verdict.")
                .flag("--no-color", "Use no colours.")
                .under(Options.OWN);
    }

    static SharedOptions of(ParseResult args, App app) {
        EngineOptions engine = new EngineOptions(
                positive(args, "--interval"),
                Options.duration(args, "--settle-timeout"),
                positive(args, "--lost-after"),
                positive(args, "--give-up-after"),
                Options.count(args, "--max-concurrent"),
                Options.choice(args, "--on-exhausted").map(SharedOptions::exhausted),
                Options.has(args, "--accept-unconfirmed") ? Policy.Confirmation.WAIVED : Policy.Confirmation.REQUIRED);
        return new SharedOptions(
                Options.choice(args, "--backend").flatMap(BackendName::ofWord), engine, style(args, app));
    }

    /** How a command with the options of {@link #declareOutput} shows a run. */
    static RunPresenter.Style style(ParseResult args, App app) {
        boolean json = Options.has(args, "--json");
        boolean events = Options.has(args, "--events");
        if (json && events) {
            throw Failure.usage(
                    "--json and --events cannot be combined; the last line of --events carries the same document.");
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
            throw Failure.usage(name + ": must be longer than nothing; write " + Options.likely(args, name));
        }
        return value;
    }

    private static OnExhausted exhausted(String word) {
        return word.equals("wait") ? OnExhausted.WAIT : OnExhausted.INTERRUPT;
    }
}
