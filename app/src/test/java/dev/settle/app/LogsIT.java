package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code settle logs} prints of which items. */
final class LogsIT extends LauncherCase {
    private void run() throws Exception {
        Files.writeString(folder.resolve("run.yaml"), """
                name: demo
                backend: local
                items:
                  - {id: good, command: "echo out; echo err >&2"}
                  - {id: bad, command: "echo broken; exit 3"}
                  - {id: mute, command: 'true'}
                  - {id: after, command: 'true', deps: [bad]}
                """);
        assertThat(settle("run", "--quiet", "run.yaml").code()).isEqualTo(1);
    }

    @Test
    void itemsAndStreamsCanBeChosen() throws Exception {
        run();
        assertThat(settle("logs", "demo", "good").out()).isEqualTo("out\nerr\n");
        assertThat(settle("logs", "demo", "good", "--stdout").out()).isEqualTo("out\n");
        assertThat(settle("logs", "demo", "good", "--stderr").out()).isEqualTo("err\n");
        Launched.Child all = settle("logs", "demo");
        assertThat(all.out()).isEqualTo("good | out\ngood | err\nbad | broken\n");
        assertThat(all.err()).isEqualTo("settle: after was never submitted, so there is no output\n");
        assertThat(settle("logs", "demo", "--failed").out()).isEqualTo("bad | broken\n");
        Launched.Child mute = settle("logs", "demo", "mute");
        assertThat(mute.code()).isZero();
        assertThat(mute.out()).isEmpty();
        assertThat(mute.err()).isEqualTo("settle: mute has written nothing\n");
    }

    @Test
    void tailAndRawBytesOfALongLog() throws Exception {
        Files.writeString(
                folder.resolve("run.yaml"),
                "{name: long, backend: local, items: [{id: a, command: \"seq 200000; printf '\\\\033[2Jx'\"}]}");
        assertThat(settle("run", "--quiet", "run.yaml").code()).isZero();
        assertThat(settle("logs", "long", "-n", "2").out()).isEqualTo("200000\n\u001B[2Jx");
        String all = settle("logs", "long").out();
        assertThat(all.lines().count()).isEqualTo(200_001);
        assertThat(settle("logs", "long", "-f").out()).isEqualTo(all);
    }

    @Test
    void nothingFailedIsSaid() throws Exception {
        assertThat(settle("run", "--quiet", "--backend", "local", "--name", "fine", "--", "true")
                        .code())
                .isZero();
        Launched.Child failed = settle("logs", "fine", "--failed");
        assertThat(failed.code()).isZero();
        assertThat(failed.out()).isEmpty();
        assertThat(failed.err()).startsWith("settle: no item of run ").endsWith(" has failed\n");
    }

    @Test
    void explanationOfARunNamesItsKinds() throws Exception {
        run();
        List<String> lines = settle("explain", "demo").out().lines().toList();
        assertThat(lines).anyMatch(line -> line.matches("\\s+1  failed\\s+exit code 3\\s+exit_record.*bad"));
        assertThat(lines).anyMatch(line -> line.matches("\\s+2  completed.*good"));
    }
}
