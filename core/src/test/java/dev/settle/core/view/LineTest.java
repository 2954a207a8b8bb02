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
        assertThat(wrapped("Raise the budget: settle resume k3v9q2m7 --cpu-hours 200", 30))
                .containsExactly("Raise the budget:", "settle resume k3v9q2m7 --cpu-hours 200");
        assertThat(wrapped("settle watch k3v9q2m7 --exit-status", 12))
                .containsExactly("settle watch k3v9q2m7 --exit-status");
    }
}
