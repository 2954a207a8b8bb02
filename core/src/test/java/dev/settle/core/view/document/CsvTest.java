package dev.settle.core.view.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class CsvTest {
    private static String cell(String text) throws IOException {
        StringBuilder out = new StringBuilder();
        new Csv(out).text(text).text("next").endRow();
        return out.toString();
    }

    @Test
    void cellsAreSeparatedAndQuotedWhereTheyHaveTo() throws IOException {
        assertThat(cell("plain")).isEqualTo("plain,next\n");
        assertThat(cell("train[lr=0.1,seed=2]")).isEqualTo("\"train[lr=0.1,seed=2]\",next\n");
        assertThat(cell("say \"no\"")).isEqualTo("\"say \"\"no\"\"\",next\n");
    }

    @Test
    void lineEndsAndEscapesNeverReachTheFile() throws IOException {
        assertThat(cell("a\nb\u001B[31m")).hasLineCount(1).doesNotContain("\u001B");
    }

    @Test
    void formulaOfASpreadsheetIsText() throws IOException {
        for (String formula : new String[] {"=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", " =1"}) {
            assertThat(cell(formula)).as(formula).startsWith("'");
        }
    }

    @Test
    void negativeNumberStaysANumber() throws IOException {
        assertThat(cell("-0.5")).isEqualTo("-0.5,next\n");
        assertThat(cell("+1e-3")).isEqualTo("+1e-3,next\n");
    }
}
