package dev.settle.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TerminalSizeTest {
    @Test
    void columnsAreTheSecondNumberOfStty() {
        assertThat(TerminalSize.columns("24 80\n")).hasValue(80);
        assertThat(TerminalSize.columns("60 200")).hasValue(200);
    }

    @Test
    void whatSaysNoSizeIsNone() {
        assertThat(TerminalSize.columns("0 0\n")).isEmpty();
        assertThat(TerminalSize.columns("")).isEmpty();
        assertThat(TerminalSize.columns("stty: standard input: Inappropriate ioctl"))
                .isEmpty();
    }
}
