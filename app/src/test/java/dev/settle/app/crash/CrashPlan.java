package dev.settle.app.crash;

import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.Plan.OnExhausted;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunState;
import dev.settle.core.runfile.ReadContext;
import dev.settle.core.runfile.ReadResult;
import dev.settle.core.runfile.RunFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The run that is crashed: an array, a chain, a failure, its dependent, and an item that is tried again. */
final class CrashPlan {
    /** The attempts that the plan means, each once. */
    static final List<String> EXPECTED_RUNS = List.of("a.1", "b.1", "bad.1", "c.1", "flaky.1", "flaky.2", "last.1");

    static final Map<String, String> EXPECTED_VERDICTS = Map.of(
            "a",
            "completed",
            "b",
            "completed",
            "c",
            "completed",
            "bad",
            "failed",
            "flaky",
            "completed",
            "last",
            "completed",
            "never",
            "dep_failed");

    /** How attempts end that do not end well. */
    static final Map<String, Integer> EXIT_CODES = Map.of("bad.1", 3, "flaky.1", 1);

    private CrashPlan() {}

    /** @param ran where a job that really runs says so, absolute */
    static Plan plan(Path ran, BackendName backend) {
        String text = """
                name: crash
                max_concurrent: 6
                items:
                  - {id: a, command: "echo a.$SETTLE_ATTEMPT >> RAN"}
                  - {id: b, command: "echo b.$SETTLE_ATTEMPT >> RAN"}
                  - {id: c, command: "echo c.$SETTLE_ATTEMPT >> RAN", deps: [a, b]}
                  - {id: bad, command: "echo bad.$SETTLE_ATTEMPT >> RAN; exit 3", cpus: 1, memory: 1G}
                  - {id: never, command: "true", deps: [bad]}
                  - {id: flaky, command: "echo flaky.$SETTLE_ATTEMPT >> RAN; exit $((2 - SETTLE_ATTEMPT))",
                     retries: {max: 1, on: [exit_code]}, memory: 2G}
                  - {id: last, command: "echo last.$SETTLE_ATTEMPT >> RAN", deps: [c, flaky]}
                """.replace("RAN", ran.toString());
        ReadResult reading = RunFiles.read(
                text,
                "crash.yaml",
                new ReadContext(ran.resolveSibling(""), ran.resolveSibling(""), asked -> backend.word()));
        return reading.plan().orElseThrow(() -> new AssertionError(reading.problems()));
    }

    static Policy policy(BackendName backend) {
        return policy(backend, 6);
    }

    /** On Slurm, with as many items at once as there are. */
    static Policy large() {
        return policy(BackendName.SLURM, 100_000);
    }

    private static Policy policy(BackendName backend, int together) {
        return new Policy(
                backend,
                Duration.ofMillis(backend == BackendName.LOCAL ? 200 : 2000),
                Duration.ofSeconds(8),
                Duration.ofSeconds(600),
                Duration.ofSeconds(300),
                Optional.empty(),
                together,
                backend == BackendName.LOCAL ? 1 : 1000,
                OnExhausted.INTERRUPT,
                Policy.Confirmation.REQUIRED,
                "tester",
                "1000");
    }

    static Map<String, String> verdicts(RunState state) {
        Map<String, String> verdicts = new TreeMap<>();
        for (Item item : state.items()) {
            verdicts.put(item.id().value(), item.state().word());
        }
        return verdicts;
    }
}
