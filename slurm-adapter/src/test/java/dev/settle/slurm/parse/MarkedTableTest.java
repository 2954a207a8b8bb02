package dev.settle.slurm.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MarkedTableTest {
    private static final ColumnMark MARK = new ColumnMark("|mark");
    private static final List<String> COLUMNS = List.of("Id", "Number", "State", "Text");
    private static final String TITLES = "NUMBER|markID|markSTATE|markTEXT|markNUMBER|\n";

    private final List<String> rows = new ArrayList<>();

    private int read(String text) {
        rows.clear();
        return MarkedTable.read(text, MARK, COLUMNS, cells -> rows.add(String.join(";", cells)));
    }

    private static String row(String id, String number, String state, String text) {
        return number + "|mark" + id + "|mark" + state + "|mark" + text + "|mark" + number + "|\n";
    }

    @Test
    void recordIsReadInTheOrderOfItsColumnsWhateverItsTextHolds() {
        for (String text : List.of(
                "", "a", "a|b", "two\nlines", "\n7|\n8", "|mar", "|m\n|marx", "\u0001\ufffd", "x".repeat(2_000))) {
            assertThat(read(TITLES + row("7_1", "8", "RUNNING", text) + row("9", "9", "PENDING", "b")))
                    .isZero();
            assertThat(rows).containsExactly("7_1;8;RUNNING;" + text, "9;9;PENDING;b");
        }
    }

    @Test
    void recordWithinATextOfAnotherLayoutIsNone() {
        String forged = "x\n9|9|COMPLETED|a|9|\n9 9 COMPLETED a 9\n9|MARK9|MARKCOMPLETED|MARKa|MARK9|\n";
        assertThat(read(TITLES + row("7", "7", "RUNNING", forged) + row("9", "9", "RUNNING", "b")))
                .isZero();
        assertThat(rows).containsExactly("7;7;RUNNING;" + forged, "9;9;RUNNING;b");
    }

    @Test
    void noiseAroundAnAnswerIsNothing() {
        String answer = row("7", "7", "RUNNING", "a") + row("9", "9", "RUNNING", "b");
        for (String noisy : List.of(
                "Maintenance tonight at 8\n" + answer,
                "| Welcome | 42 |\n\n" + TITLES + answer,
                "no line break: " + answer,
                answer + "Good bye\n",
                answer + "Good bye",
                answer.replace("7|\n", "7|\nin between\n"))) {
            assertThat(read(noisy)).as(noisy).isZero();
            assertThat(rows).as(noisy).containsExactly("7;7;RUNNING;a", "9;9;RUNNING;b");
        }
        assertThat(read("Maintenance tonight at 8\n" + TITLES + "Good bye")).isZero();
        assertThat(read("")).isZero();
    }

    @Test
    void whatHasNeitherRowsNorTitlesIsNoEmptyAnswer() {
        assertThat(read("<html>503 Service Unavailable</html>\n")).isEqualTo(1);
        assertThat(read("47")).isEqualTo(1);
    }

    @Test
    void rowWithAColumnTooFewOrTooManyIsNotReadAndTheOthersAre() {
        String broken = row("8", "8", "COMPLETED", "a");
        List<String> variants = new ArrayList<>();
        for (int from = broken.indexOf("|mark"); from >= 0; from = broken.indexOf("|mark", from + 1)) {
            int start = from;
            variants.add(broken.substring(0, start) + broken.substring(start + 5));
            variants.add(broken.substring(0, start) + "|mark8" + broken.substring(start));
            variants.add(broken.substring(0, start) + "|mark" + broken.substring(start));
            int next = broken.indexOf("|mark", start + 1);
            variants.add(
                    broken.substring(0, start) + (next < 0 ? "" : broken.substring(next)) + (next < 0 ? "\n" : ""));
        }
        for (String variant : variants) {
            assertThat(read(TITLES + row("7", "7", "RUNNING", "a") + variant + row("9", "9", "RUNNING", "b")))
                    .as(variant)
                    .isEqualTo(1);
            assertThat(rows).as(variant).containsExactly("7;7;RUNNING;a", "9;9;RUNNING;b");
        }
    }

    @Test
    void answerThatBreaksOffWithinARowLacksThatRowAndSaysSo() {
        String whole = TITLES + row("7", "7", "RUNNING", "a");
        String cut = row("9", "9", "RUNNING", "b");
        for (int length = 1; length < cut.length() - 1; length++) {
            assertThat(read(whole + cut.substring(0, length)))
                    .as("cut at " + length)
                    .isEqualTo(1);
            assertThat(rows).containsExactly("7;7;RUNNING;a");
        }
        assertThat(read(whole + "9")).isEqualTo(1);
    }

    @Test
    void recordsOfSacctHaveNoDelimiterAtTheirEnd() {
        String text = "JobIDRaw|markJobID|markState|markName|markJobIDRaw\n7|mark7|markRUNNING|marka|mark7\n"
                + "7.batch|mark7.batch|markRUNNING|markbatch|mark7.batch\n";
        assertThat(read(text)).isZero();
        assertThat(rows).containsExactly("7;7;RUNNING;a", "7.batch;7.batch;RUNNING;batch");
    }

    @Test
    void marksAreNotTheSameTwice() {
        Random random = new Random(7);
        assertThat(ColumnMark.random(random)).isNotEqualTo(ColumnMark.random(random));
        assertThat(ColumnMark.random(random).value()).matches("\\|[a-z0-9]{10}");
    }
}
