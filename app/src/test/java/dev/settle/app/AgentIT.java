package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The briefing for coding agents, with what is so here and now. */
final class AgentIT extends LauncherCase {
    private Launched withTools(Path tools) {
        return new Launched(
                folder,
                folder.resolve("state"),
                Map.of(
                        "PATH",
                        tools + ":" + System.getenv("PATH"),
                        "FAKE_SLURM_DIR",
                        folder.resolve("slurm").toString()));
    }

    @Test
    void briefingNamesTheLatestRuns() throws Exception {
        Launched.Child before = settle("agent");
        assertThat(before.code()).isZero();
        assertThat(before.out()).contains("settle run --quiet", "124", "backend local: always there", "no runs yet");
        for (int i = 0; i < 6; i++) {
            settle("run", "--backend", "local", "--name", "n" + i, "--quiet", "--", i == 5 ? "false" : "true");
        }
        String after = settle("agent").out();
        assertThat(after.lines().filter(line -> line.contains(", local) completed: Run completed.")))
                .hasSize(4);
        assertThat(after).contains("(n5, local) failed: Run failed").doesNotContain("(n0, ", "no runs yet");
    }

    @Test
    void controllerThatAnswersIsNamed() throws Exception {
        Files.createDirectory(folder.resolve("slurm"));
        try (Launched slurm = withTools(TestData.path("slurm", "fake"))) {
            assertThat(slurm.settle("agent").out())
                    .contains("backend slurm: answers (Slurmctld(primary) at fake is UP)");
        }
    }

    @Test
    void controllerThatHangsIsNotWaitedFor() throws Exception {
        Path tools = Files.createDirectory(folder.resolve("tools"));
        for (String tool : List.of("sbatch", "squeue", "scancel", "sacct", "scontrol")) {
            script(tools.resolve(tool));
        }
        try (Launched slurm = withTools(tools)) {
            Launched.Child agent = slurm.settle("agent");
            assertThat(agent.code()).isZero();
            assertThat(agent.out()).contains("backend slurm: does not answer: scontrol did not answer in time");
        }
    }

    private static void script(Path file) throws IOException {
        Files.writeString(file, "#!/bin/sh\nsleep 600\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void stateThatCannotBeReadKeepsNobodyFromTheBriefing() throws Exception {
        Files.writeString(folder.resolve("state"), "a file");
        Launched.Child agent = settle("agent");
        assertThat(agent.code()).isZero();
        assertThat(agent.out()).contains("settle run --quiet", "backend local");
    }
}
