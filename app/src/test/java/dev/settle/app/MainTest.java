package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.process.Console;
import dev.settle.app.process.ExitStatus;
import dev.settle.testdata.Golden;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private ExitStatus settle(String... args) {
        return Main.run(args, new Console(stream(out), stream(err)));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    @Test
    void versionIsOneLineOnStdout() {
        assertThat(settle("--version")).isEqualTo(ExitStatus.COMPLETED);
        assertThat(out.toString(StandardCharsets.UTF_8)).matches("settle \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\n");
        assertThat(err.size()).isZero();
    }

    @Test
    void helpGoesToStdout() {
        assertThat(settle("--help")).isEqualTo(ExitStatus.COMPLETED);
        Golden.check("help.txt", out.toString(StandardCharsets.UTF_8));
        assertThat(err.size()).isZero();
    }

    @Test
    void unknownCommandIsUsage() {
        assertThat(settle("frobnicate")).isEqualTo(ExitStatus.USAGE);
        assertThat(out.size()).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("settle: 'frobnicate' is not a settle command.\nSee 'settle --help'.\n");
    }

    @Test
    void exitStatusesAreTheContract() {
        Golden.check(
                "exit-statuses.txt",
                Arrays.stream(ExitStatus.values())
                        .map(status -> status.code() + " " + status + "\n")
                        .collect(Collectors.joining()));
    }
}
