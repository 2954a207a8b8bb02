package dev.settle.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OwnCommandsTest {
    @Test
    void commandsOfSentencesNameTheHost() {
        assertThat(OwnCommands.on("far", "Top up, then continue: settle resume k3v9q2m7"))
                .isEqualTo("Top up, then continue: settle --on far resume k3v9q2m7");
        assertThat(OwnCommands.on("far", "it is as it was; settle watch a goes on; settle rm a removes it"))
                .isEqualTo("it is as it was; settle --on far watch a goes on; settle --on far rm a removes it");
        assertThat(OwnCommands.on("my host$1", "  settle list")).isEqualTo("  settle --on 'my host$1' list");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "settle cancelled the waiting job",
                "settle writes to /home",
                "settle --on far watch a",
                "/opt/settle list",
                "settle: run a",
                "settle waits itself",
                "unsettle run"
            })
    void whatIsNoCommandStaysAsItIs(String text) {
        assertThat(OwnCommands.on("far", text)).isEqualTo(text);
    }
}
