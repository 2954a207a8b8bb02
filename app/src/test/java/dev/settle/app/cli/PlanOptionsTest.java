package dev.settle.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.settle.app.creation.PlanRequest;
import dev.settle.app.process.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the words of run, submit and validate become. */
final class PlanOptionsTest {
    private static PlanRequest request(Command command, String... words) {
        return PlanOptions.request(Commands.line(command).parseArgs(words));
    }

    @Test
    void fileIsTheOnlyWord() {
        PlanRequest request = request(new RunCommand(), "--max-failures", "2", "run.yaml");
        assertThat(request.command()).isEqualTo("settle run");
        assertThat(request.words()).containsExactly("run.yaml");
        assertThat(request.beforeDashes()).isEmpty();
        assertThat(request.maxFailures()).hasValue(2);
    }

    @Test
    void commandStandsBehindTheDashesWithAllThatLooksLikeAnOption() {
        PlanRequest request =
                request(new SubmitCommand(), "--cpus", "4", "--name", "x", "--env", "A=1", "--", "ls", "--json");
        assertThat(request.command()).isEqualTo("settle submit");
        assertThat(request.words()).containsExactly("ls", "--json");
        assertThat(request.beforeDashes()).hasValue(0);
        assertThat(request.itemOptions()).containsExactly(entry("cpus", "4"));
        assertThat(request.choices().name()).hasValue("x");
        assertThat(request.env()).containsExactly("A=1");
    }

    @Test
    void wordsBeforeTheDashesAreCounted() {
        assertThat(request(new RunCommand(), "run.yaml", "--", "ls").beforeDashes())
                .hasValue(1);
    }

    @Test
    void validateTakesFilesAlone() {
        PlanRequest request = request(new ValidateCommand(), "run.yaml");
        assertThat(request.accepts()).isEqualTo(PlanRequest.Accepts.FILES);
        assertThat(request.maxFailures()).isEmpty();
        assertThat(request(new RunCommand(), "run.yaml").accepts()).isEqualTo(PlanRequest.Accepts.FILES_AND_COMMANDS);
    }

    @Test
    void namesOfOptionsAreKnownForWordsBehindAScript() {
        assertThat(request(new RunCommand(), "job.sh").optionNames())
                .containsEntry("--cpus", "--cpus")
                .containsEntry("-h", "--help");
    }

    @ParameterizedTest
    @ValueSource(strings = {"few", "-1", "NaN", "Infinity"})
    void amountOfCreditsIsANumber(String text) {
        assertThatThrownBy(() -> PlanOptions.credits("--require-credits", text))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("--require-credits");
    }

    @Test
    void failuresBelowOneAreRefused() {
        assertThatThrownBy(() -> request(new RunCommand(), "--max-failures", "0", "run.yaml"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("--max-failures");
    }
}
