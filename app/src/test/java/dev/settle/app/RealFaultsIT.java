package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.testdata.SlurmCluster;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * A real Slurm whose tools fail, hang, answer nothing, half, nonsense or what was true a while ago, in half of all calls;
 * and drivers that are killed meanwhile. Every verdict is right, and nothing runs twice. {@code -Dsettle.faults.seed=N} deals
 * other faults.
 */
@EnabledIf("dev.settle.testdata.SlurmCluster#available")
final class RealFaultsIT {
    private static final long SEED = Long.getLong("settle.faults.seed", 20_261_121);
    private static final int DRIVERS_KILLED = 3;
    private static final long LIFE_OF_A_DRIVER_S = 6;

    /** What the items of a kind do, and how they end: {@code STATE REASON CODE SIGNAL}. */
    private static final Map<String, List<String>> KINDS = new TreeMap<>(Map.of(
            "good", List.of("true", "completed ok 0 "),
            "three", List.of("exit 3", "failed exit_code 3 "),
            "high", List.of("exit 137", "failed exit_code 137 "),
            "kill", List.of("kill -9 $$", "failed signal  9"),
            "term", List.of("kill -TERM $$", "failed signal  15")));

    @Test
    void everyVerdictIsRightAndNothingRunsTwiceWhateverTheToolsAnswer() throws Exception {
        SlurmCluster cluster = SlurmCluster.shared();
        Path place = forAll(Files.createTempDirectory("settle-faults"));
        for (String tool : List.of("squeue", "sacct", "scontrol", "sbatch")) {
            Path faulty = Files.copy(
                    TestData.path("slurm", "faulty"), place.resolve(tool), StandardCopyOption.COPY_ATTRIBUTES);
            forAll(faulty);
        }
        SettleOnSlurm settle = new SettleOnSlurm(cluster)
                .with(Map.of(
                        "PATH", place + ":/usr/local/bin:/usr/bin:/bin",
                        "FAULTS_DIR", place.toString(),
                        "FAULTS_SEED", Long.toString(SEED)));
        Path file = SettleOnSlurm.file("faults.yaml", plan(place));

        SettleOnSlurm.Started driver =
                settle.start("run", file.toString(), "--quiet", "--interval", "2s", "--lost-after", "20s");
        for (int i = 0; i < DRIVERS_KILLED; i++) {
            TimeUnit.SECONDS.sleep(LIFE_OF_A_DRIVER_S);
            driver.kill();
            driver = settle.start("watch", "faults", "--quiet", "--interval", "2s", "--lost-after", "20s");
        }
        SettleOnSlurm.Ended watched =
                settle.run("watch", "faults", "--exit-status", "--json", "--interval", "2s", "--lost-after", "20s");
        String calls = "the tools: " + String.join(", ", Files.readAllLines(place.resolve("calls"))) + watched.err();
        assertThat(watched.code()).as(calls).isEqualTo(1);
        assertThat(driver.end().code()).isZero();

        Map<String, String> ends = new TreeMap<>();
        Map<String, String> expected =
                new TreeMap<>(Map.of("after", "completed ok 0 ", "never", "dep_failed dependency_failed  "));
        for (Map.Entry<String, Fields> item : watched.items().entrySet()) {
            ends.put(item.getKey(), end(item.getValue()));
            List<String> kind = KINDS.get(item.getKey().replaceAll("\\[.*", ""));
            if (kind != null) {
                expected.put(item.getKey(), kind.get(1));
            }
        }
        assertThat(ends).as(calls).isEqualTo(expected).hasSize(KINDS.size() * 4 + 2);
        List<String> ran = Files.readAllLines(place.resolve("ran"));
        assertThat(ran).as(calls).doesNotHaveDuplicates().hasSize(KINDS.size() * 4 + 1);
    }

    private static String plan(Path place) {
        List<String> lines = new ArrayList<>(List.of("name: faults", "backend: slurm", "items:"));
        int cpus = 1;
        for (Map.Entry<String, List<String>> kind : KINDS.entrySet()) {
            // Each kind asks for something else, so that it is a submission of its own.
            lines.add(
                    "  - {id: %s, cpus: %d, matrix: {s: [1, 4, 8, 12]}, command: 'echo %s {s} >> %s/ran; sleep {s}; %s'}"
                            .formatted(
                                    kind.getKey(),
                                    cpus++,
                                    kind.getKey(),
                                    place,
                                    kind.getValue().get(0)));
        }
        lines.add("  - {id: after, command: 'echo after >> %s/ran', deps: [good]}".formatted(place));
        lines.add("  - {id: never, command: 'echo never >> %s/ran', deps: [three]}".formatted(place));
        return String.join("\n", lines);
    }

    private static String end(Fields item) {
        return String.join(
                " ",
                SettleOnSlurm.field(item, "state"),
                SettleOnSlurm.field(item, "reason"),
                SettleOnSlurm.field(item, "exit_code"),
                SettleOnSlurm.field(item, "signal"));
    }

    private static Path forAll(Path path) throws IOException {
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
    }
}
