package dev.settle.app.command;

import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.session.EngineOptions;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.Plan.OnExhausted;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.ParseResult;

/**
 * The options that run, submit, watch and resume share.
 *
 * @param interval absent means the default of the backend
 */
record DriveOptions(
        Optional<BackendName> backend,
        Optional<Duration> interval,
        Optional<Duration> settleTimeout,
        Optional<Duration> lostAfter,
        Optional<Duration> giveUpAfter,
        OptionalInt maxConcurrent,
        Optional<OnExhausted> onExhausted,
        RunPresenter.Style style,
        AcceptUnconfirmed acceptUnconfirmed) {

    /** Whether unconfirmed verdicts are good enough. */
    enum AcceptUnconfirmed {
        NO,
        YES
    }

    /** What of these decides how a run is driven. */
    EngineOptions policies() {
        return new EngineOptions(
                interval,
                settleTimeout,
                lostAfter,
                giveUpAfter,
                maxConcurrent,
                onExhausted,
                acceptUnconfirmed == AcceptUnconfirmed.YES ? Policy.Confirmation.WAIVED : Policy.Confirmation.REQUIRED);
    }

    static Options declare(Options options) {
        return declareOutput(options)
                .value("--backend", "NAME", "Where items run: local or slurm. Default: slurm where its tools answer.")
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

    static DriveOptions of(ParseResult args, App app) {
        return new DriveOptions(
                Options.text(args, "--backend").map(DriveOptions::backend),
                positive(args, "--interval"),
                Options.duration(args, "--settle-timeout"),
                positive(args, "--lost-after"),
                positive(args, "--give-up-after"),
                Options.count(args, "--max-concurrent"),
                Options.text(args, "--on-exhausted").map(DriveOptions::exhausted),
                RunPresenter.Style.of(args, app),
                Options.has(args, "--accept-unconfirmed") ? AcceptUnconfirmed.YES : AcceptUnconfirmed.NO);
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
