package dev.settle.app.cli.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.cli.grammar.ValueForm.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What labels mean. */
final class ValueFormTest {
    @ParameterizedTest
    @CsvSource({
        "FILE, FILE",
        "DIR, DIRECTORY",
        "RUN, RUN",
        "RUN..., RUN",
        "[RUN...], RUN",
        "ITEM, ITEM",
        "[ITEM...], ITEM",
        "D, WORDS",
        "'STATE[,STATE...]', WORDS",
        "'STATE,...', WORDS",
        "on|off, WORDS",
        "N, ANY",
        "K=V, ANY",
        "'ID[,ID...]', ANY"
    })
    void labelSaysWhatAValueIs(String label, Kind kind) {
        assertThat(ValueForm.of(label).kind()).isEqualTo(kind);
    }

    @Test
    void alternativesAreItsWords() {
        assertThat(ValueForm.of("local|slurm").words()).containsExactly("local", "slurm");
        assertThat(ValueForm.of("STATE").words()).contains("completed", "stalled");
    }

    @Test
    void wordsHaveTheirPlaces() {
        ValueForm.Places logs = ValueForm.places("RUN ITEM...", Integer.MAX_VALUE);
        assertThat(logs.places()).extracting(ValueForm::kind).containsExactly(Kind.RUN, Kind.ITEM);
        assertThat(logs.repeats()).isTrue();
        ValueForm.Places status = ValueForm.places("RUN", 1);
        assertThat(status.places()).extracting(ValueForm::kind).containsExactly(Kind.RUN);
        assertThat(status.repeats()).isFalse();
        ValueForm.Places run = ValueForm.places("FILE [ARG...] | -- CMD ARG...", Integer.MAX_VALUE);
        assertThat(run.places()).extracting(ValueForm::kind).containsExactly(Kind.FILE, Kind.FILE);
        assertThat(run.command()).isTrue();
    }
}
