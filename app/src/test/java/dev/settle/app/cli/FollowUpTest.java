package dev.settle.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.reader.FollowUp;
import dev.settle.core.model.RunId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The command to copy after a command has left a run keeps the options that were given. */
final class FollowUpTest {
    private static final List<RunId> RUN = List.of(new RunId("k3v9q2m7"));

    private static FollowUp of(Command command, String... words) {
        return SharedOptions.followUp(Commands.line(command).parseArgs(words));
    }

    @Test
    void optionsOfWatchAreKeptAsTheyWereGiven() {
        List<String> given = Options.given(
                Commands.line(new WatchCommand(WatchCommand.Kind.WATCH))
                        .parseArgs(
                                "k3v9",
                                "--timeout",
                                "3s",
                                "--exit-status",
                                "--only",
                                "train*",
                                "--only",
                                "a",
                                "--timeout",
                                "5s"),
                name -> true);
        assertThat(new FollowUp("watch", given).line(RUN))
                .isEqualTo("settle watch k3v9q2m7 --timeout 5s --exit-status --only 'train*' --only a");
    }

    @Test
    void whatWatchDoesNotKnowIsLeftOutAfterARun() {
        assertThat(of(
                                new RunCommand(),
                                "--name",
                                "x",
                                "--interval",
                                "5s",
                                "--plain",
                                "--backend",
                                "local",
                                "--cancel-on-exit",
                                "--",
                                "hostname")
                        .line(RUN))
                .isEqualTo("settle watch k3v9q2m7 --interval 5s --plain");
    }

    @Test
    void severalRunsAreNamedInTheirOrder() {
        assertThat(new FollowUp("wait", List.of("--timeout", "1h"))
                        .line(List.of(new RunId("k3v9q2m7"), new RunId("b9jbtamc"))))
                .isEqualTo("settle wait k3v9q2m7 b9jbtamc --timeout 1h");
    }
}
