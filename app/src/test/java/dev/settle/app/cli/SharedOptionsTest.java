package dev.settle.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.process.App;
import dev.settle.app.process.Console;
import dev.settle.app.process.Environment;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.process.Wiring;
import dev.settle.app.reader.OnSignal;
import dev.settle.app.reader.RunPresenter;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.Plan.OnExhausted;
import dev.settle.core.view.Line;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the options that several commands share become. */
final class SharedOptionsTest {
    @TempDir
    Path folder;

    private App app(Map<String, String> variables) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        return new App(
                "test",
                new Console(nowhere, nowhere),
                new Environment(variables, folder, folder, "tester"),
                Wiring.ofProcess(),
                status -> {
                    throw new AssertionError("halted with " + status);
                });
    }

    private SharedOptions parsed(String... words) {
        Command command = new WatchCommand(WatchCommand.Kind.WATCH);
        return SharedOptions.of(Commands.line(command).parseArgs(words), app(Map.of()));
    }

    @Test
    void withoutOptionsEverythingIsLeftToTheRunAndTheConfiguration() {
        SharedOptions options = parsed();
        assertThat(options.backend()).isEmpty();
        assertThat(options.engine()).isEqualTo(EngineOptions.DEFAULT);
        assertThat(options.style()).isEqualTo(new RunPresenter.Style(RunPresenter.Form.PLAIN, Line.Ink.PLAIN));
    }

    @Test
    void eachOptionReachesTheEngineUnderItsOwnName() {
        SharedOptions options = parsed(
                "--backend",
                "local",
                "--interval",
                "7s",
                "--settle-timeout",
                "0s",
                "--lost-after",
                "2m",
                "--give-up-after",
                "1h",
                "--max-concurrent",
                "3",
                "--on-exhausted",
                "wait",
                "--accept-unconfirmed");
        assertThat(options.backend()).contains(BackendName.LOCAL);
        assertThat(options.engine())
                .isEqualTo(new EngineOptions(
                        Optional.of(Duration.ofSeconds(7)),
                        Optional.of(Duration.ZERO),
                        Optional.of(Duration.ofMinutes(2)),
                        Optional.of(Duration.ofHours(1)),
                        OptionalInt.of(3),
                        Optional.of(OnExhausted.WAIT),
                        Policy.Confirmation.WAIVED));
    }

    @Test
    void lastOfAnOptionThatIsGivenTwiceHolds() {
        assertThat(parsed("--interval", "7s", "--interval", "9s").engine().interval())
                .contains(Duration.ofSeconds(9));
    }

    @ParameterizedTest
    @CsvSource({
        "--interval, 0s",
        "--lost-after, 0",
        "--give-up-after, 0s",
        "--settle-timeout, soon",
        "--max-concurrent, 0",
        "--max-concurrent, few",
        "--backend, pbs",
        "--on-exhausted, cry"
    })
    void valueThatCannotBeMeantIsRefusedWithTheOptionsName(String option, String value) {
        assertThatThrownBy(() -> parsed(option, value)).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.status()).isEqualTo(ExitStatus.USAGE);
            assertThat(failure.lines().get(0)).startsWith(option + ": ");
        });
    }

    @ParameterizedTest
    @CsvSource({"--json, JSON", "--events, EVENTS", "--quiet, QUIET", "--plain, PLAIN"})
    void formOfTheOutputIsTheOneThatWasNamed(String option, RunPresenter.Form form) {
        assertThat(parsed(option).style().form()).isEqualTo(form);
    }

    @Test
    void documentAndStreamExcludeEachOther() {
        assertThatThrownBy(() -> parsed("--json", "--events"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("cannot be combined");
    }

    @ParameterizedTest
    @CsvSource({"--cancel-on-exit, CANCEL", "--plain, ASK"})
    void signalDetachesUnlessCancellingWasAskedFor(String option, OnSignal onSignal) {
        assertThat(SharedOptions.onSignal(
                        Commands.line(new RunCommand()).parseArgs(option, "run.yaml"), Optional.empty()))
                .isEqualTo(onSignal);
    }
}
