package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.testdata.FakeSlurm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A run of one command shows what that command writes, and passes on what it reads. */
final class OneCommandIT extends LauncherCase {
    private static List<String> command(String... words) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("settle.dist"), "bin", "settle").toString(), "run", "--backend", "local"));
        command.addAll(Arrays.asList(words));
        return command;
    }

    /** The command as a word list of a shell that gives it something to read. */
    private Launched.Child reading(String shell, String... words) throws IOException, InterruptedException {
        List<String> sh = new ArrayList<>(List.of("sh", "-c", shell, "sh"));
        sh.addAll(command(words));
        Launched.Child child = launched.startProcess(sh);
        child.await();
        return child;
    }

    @Test
    void stdoutIsTheCommandsAloneAndTheVerdictComesLast() throws Exception {
        Launched.Child run =
                settle("run", "--backend", "local", "--", "sh", "-c", "printf 'a\\000\\377b'; echo oops >&2; exit 3");
        assertThat(run.code()).isEqualTo(1);
        assertThat(Files.readAllBytes(run.outFile())).isEqualTo(new byte[] {'a', 0, (byte) 0xFF, 'b'});
        List<String> lines = run.err().lines().toList();
        assertThat(lines.get(0)).matches("run [a-z0-9]{8} \\(sh\\): 1 item on local");
        assertThat(lines).contains("oops");
        assertThat(lines.get(lines.size() - 1))
                .matches("Run failed: 1 item failed \\(exit code 3\\)\\. \\([a-z0-9]{8}, [0-9.]+s\\)");
    }

    @Test
    void nothingOfALongOutputIsLost() throws Exception {
        Launched.Child run = settle("run", "--backend", "local", "--", "seq", "300000");
        assertThat(run.code()).isZero();
        byte[] out = Files.readAllBytes(run.outFile());
        assertThat(new String(out, StandardCharsets.UTF_8))
                .hasLineCount(300_000)
                .endsWith("\n299999\n300000\n");
    }

    @Test
    void outputComesWhileTheCommandRuns() throws Exception {
        Launched.Child run = launched.start(
                "run", "--backend", "local", "--", "sh", "-c", "echo begun; while [ ! -e go ]; do sleep 0.1; done");
        Launched.await("the first line is there", () -> run.out().equals("begun\n"));
        Files.createFile(folder.resolve("go"));
        assertThat(run.await()).isZero();
    }

    @Test
    void commandEndsWhenTheReaderOfItsOutputHasLeft() throws Exception {
        Launched.Child pipe = reading("{ \"$@\"; echo $? >status; } | head -n 1", "--", "yes");
        assertThat(pipe.out()).isEqualTo("y\n");
        assertThat(Files.readString(folder.resolve("status"))).isEqualTo("3\n");
        assertThat(pipe.err())
                .contains("settle: the reader of stdout has left, so the command is cancelled")
                .contains("Run cancelled. (");
    }

    @Test
    void commandThatWritesNothingMoreIsLeftAlone() throws Exception {
        Launched.Child pipe = reading(
                "{ \"$@\"; echo $? >status; } | head -n 1", "--", "sh", "-c", "echo a; sleep 1; echo done >done");
        assertThat(pipe.out()).isEqualTo("a\n");
        assertThat(Files.readString(folder.resolve("status"))).isEqualTo("0\n");
        assertThat(folder.resolve("done")).exists();
    }

    @Test
    void outputCanBeLeftOutAndADocumentStandsAlone() throws Exception {
        Launched.Child without = settle("run", "--backend", "local", "--no-output", "--", "echo", "hello");
        assertThat(without.out()).doesNotContain("hello\n").contains("Run completed. (");
        assertThat(settle("run", "--backend", "local", "--json", "--", "echo", "hello")
                        .out())
                .startsWith("{")
                .doesNotContain("hello\n");
        Launched.Child quiet = settle("run", "--backend", "local", "--quiet", "--", "echo", "hello");
        assertThat(quiet.out() + quiet.err()).isEmpty();
    }

    @Test
    void whatIsReadIsPassedOn() throws Exception {
        assertThat(reading("printf 'one\\ntwo' | \"$@\"", "--", "cat").out()).isEqualTo("one\ntwo");
        Files.writeString(folder.resolve("in"), "1\n2\n3\n");
        assertThat(reading("\"$@\" < in", "--", "cat").out()).isEqualTo("1\n2\n3\n");
        assertThat(reading("{ head -c 2 >/dev/null; \"$@\"; } < in", "--", "cat")
                        .out())
                .as("a file is read from where it is")
                .isEqualTo("2\n3\n");
        assertThat(reading("\"$@\" < /dev/null", "--", "cat").out()).isEmpty();
        assertThat(reading("\"$@\" <&-", "--", "cat").code()).isZero();
    }

    @Test
    void onSlurmTheOutputIsFollowedAndInputIsRefused() throws Exception {
        try (FakeSlurm slurm = FakeSlurm.create();
                Launched settle = new Launched(folder, folder.resolve("state"), slurm.environment())) {
            // Its own stdin is a pipe into which nothing is ever written, as on a CI server.
            Launched.Child run = settle.settle(
                    "run", "--backend", "slurm", "--interval", "1s", "--", "sh", "-c", "echo hello; echo oops >&2");
            assertThat(run.code()).as(run.err()).isZero();
            assertThat(run.out()).isEqualTo("hello\n");
            assertThat(run.err()).contains("oops\n", "Run completed. (");

            int before = slurm.calls("sbatch").size();
            List<String> sh = new ArrayList<>(List.of("sh", "-c", "sleep 0.1; echo data | \"$@\"", "sh"));
            sh.addAll(command("--backend", "slurm", "--", "cat"));
            sh.removeAll(List.of("local"));
            sh.remove(sh.indexOf("--backend"));
            Launched.Child refused = settle.startProcess(sh);
            assertThat(refused.await()).isEqualTo(2);
            assertThat(refused.err()).contains("cannot read this command's standard input", "< /dev/null");
            assertThat(slurm.calls("sbatch")).hasSize(before);
            for (String input : List.of("\"$@\" < /dev/null", "\"$@\" <&-")) {
                List<String> empty = new ArrayList<>(sh);
                empty.set(2, input);
                assertThat(settle.startProcess(empty).await()).as(input).isZero();
            }
        }
    }
}
