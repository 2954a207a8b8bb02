package dev.settle.core.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class LineTest {
    private static List<String> wrapped(String text, int columns) {
        return Line.of(text).wrap(columns).stream().map(Line::plain).toList();
    }

    @Test
    void textIsBrokenAtSpacesAndSetInAsBefore() {
        assertThat(wrapped("  one two three", 9)).containsExactly("  one two", "  three");
    }

    @Test
    void commandsToCopyStayWhole() {
        assertThat(wrapped("Next: settle resume k3v9q2m7 --cpu-hours H goes on with more", 30))
                .containsExactly("Next:", "settle resume k3v9q2m7 --cpu-hours H", "goes on with more");
        assertThat(wrapped("make room, then settle resume k3v9q2m7", 20))
                .containsExactly("make room, then", "settle resume k3v9q2m7");
        assertThat(wrapped("settle watch k3v9q2m7 --exit-status; or not", 12))
                .containsExactly("settle watch k3v9q2m7 --exit-status;", "or not");
    }
}
