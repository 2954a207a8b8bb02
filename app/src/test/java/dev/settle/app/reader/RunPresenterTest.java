package dev.settle.app.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.process.Console;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.runs.Requests;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.RunId;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.scheduler.Source;
import dev.settle.core.view.DriverView;
import dev.settle.core.view.Line;
import dev.settle.testdata.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunPresenterTest {
    private static final Instant START = Instant.parse("2026-11-20T12:00:00Z");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ManualClock clock = new ManualClock(START);

    @TempDir
    Path folder;

    private RunPresenter show(RunState state) {
        return show(state, RunPresenter.Form.EVENTS);
    }

    private RunPresenter show(RunState state, RunPresenter.Form form) {
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new RunPresenter(
                new RunPresenter.Style(form, Line.Ink.PLAIN),
                "",
                new Console(stream, stream),
                clock,
                new Requests(new RunFolder(folder.resolve("k3v9q2m7")), folder),
                state,
                now -> DriverView.none(Optional.empty()));
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }

    /** contract.md, 5: a heartbeat each 60 s of quiet, whoever drives. */
    @Test
    void streamBeatsWhenAMinuteWasQuiet() {
        RunState state = new RunState(Plan.of("quiet", List.of(PlanItem.command(new ItemId("a"), "sleep 600"))));
        state.apply(new Entry(
                1,
                START,
                new RunEvent.Opened(new RunId("k3v9q2m7"), "quiet", "0.1.0", "/home/ada", "ada", "local", false)));
        try (RunPresenter presenter = show(state)) {
            clock.advance(Duration.ofSeconds(59));
            presenter.quiet(state);
            assertThat(said()).isEmpty();
            clock.advance(Duration.ofSeconds(1));
            presenter.quiet(state);
            assertThat(said()).contains("\"event\":\"heartbeat\"", "\"seq\":1", "\"at\":\"2026-11-20T12:01:00Z\"");
            String first = said();
            clock.advance(Duration.ofSeconds(59));
            presenter.quiet(state);
            assertThat(said()).isEqualTo(first);
            assertThat(presenter.pace()).isLessThanOrEqualTo(Duration.ofSeconds(1));
        }
    }

    private static RunState opened() {
        RunState state = new RunState(Plan.of("quiet", List.of(PlanItem.command(new ItemId("a"), "sleep 600"))));
        state.apply(new Entry(
                1,
                START,
                new RunEvent.Opened(new RunId("k3v9q2m7"), "quiet", "0.1.0", "/home/ada", "ada", "slurm", false)));
        return state;
    }

    @Test
    void logSaysWhichRunItIsAndThatItIsAlive() {
        RunState state = opened();
        try (RunPresenter presenter = show(state, RunPresenter.Form.PLAIN)) {
            presenter.opening(state);
            assertThat(said()).isEqualTo("run k3v9q2m7 (quiet): 1 item on slurm\n");
            clock.advance(Duration.ofSeconds(60));
            presenter.quiet(state);
            presenter.quiet(state);
            assertThat(said()).endsWith(" [0/1] no settle process is managing the run: 1 pending of 1\n");
            assertThat(said().lines()).hasSize(2);
        }
    }

    @Test
    void quietCommandSaysNothingUnlessItFails() {
        RunState state = opened();
        state.apply(new Entry(2, START, new RunEvent.Ended(Stop.of(StopReason.CANCELLED_BY_USER, "ada", START))));
        try (RunPresenter presenter = show(state, RunPresenter.Form.QUIET)) {
            presenter.opening(state);
            presenter.result(state, ExitStatus.COMPLETED);
            assertThat(said()).isEmpty();
            presenter.result(state, ExitStatus.INTERRUPTED);
            assertThat(said()).isEqualTo("Run cancelled. (k3v9q2m7, 0s)\n");
        }
    }

    @Test
    void troubleIsReportedBesideADocumentAndNotWithQuiet() {
        for (RunPresenter.Form form :
                List.of(RunPresenter.Form.JSON, RunPresenter.Form.PLAIN, RunPresenter.Form.QUIET)) {
            RunState state = opened();
            Entry silent = new Entry(2, START, new RunEvent.Silent(Source.SQUEUE, "Connection refused"));
            try (RunPresenter presenter = show(state, form)) {
                state.apply(silent);
                presenter.entry(silent, state);
                assertThat(said())
                        .isEqualTo(
                                form == RunPresenter.Form.QUIET
                                        ? ""
                                        : "settle: squeue does not answer: Connection refused\n");
            }
            out.reset();
        }
    }

    @Test
    void queryThatTakesLongIsReportedOnce() {
        RunState state = opened();
        try (RunPresenter presenter = show(state, RunPresenter.Form.JSON)) {
            presenter.slow(Map.of(Source.SQUEUE, START));
            assertThat(said()).isEmpty();
            clock.advance(Duration.ofSeconds(5));
            presenter.slow(Map.of(Source.SQUEUE, START));
            presenter.slow(Map.of(Source.SQUEUE, START));
            assertThat(said()).isEqualTo("settle: squeue has not answered for 5 s; still waiting\n");
        }
    }
}
