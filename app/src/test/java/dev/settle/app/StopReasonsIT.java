package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.testdata.FakeSlurm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The reasons that a real cluster does not give on demand, through the launcher: on a scripted Slurm and on this
 * machine. What a real one gives is in {@link RealStopsIT}.
 */
final class StopReasonsIT {
    @TempDir
    Path folder;

    /** What a command said of its run. */
    record Ended(Launched.Child child) {
        int code() {
            return child.code();
        }

        String out() throws IOException {
            return child.out();
        }

        String err() throws IOException {
            return child.err();
        }

        Fields item(String id) throws IOException {
            return child.items().get(id);
        }

        /** {@code STATE REASON} of an item. */
        String end(String id) throws IOException {
            Fields item = item(id);
            return item.text("state") + " " + item.optText("reason").orElse("without a reason");
        }

        Fields stop() throws IOException {
            return Json.parseObject(out()).object("stop");
        }
    }

    private Ended settle(Map<String, String> environment, String... args) throws IOException, InterruptedException {
        try (Launched launched = new Launched(folder, folder.resolve("state"), environment)) {
            return new Ended(launched.settle(args));
        }
    }

    private Ended run(Map<String, String> environment, String text, String... more) throws Exception {
        Path file = Files.writeString(folder.resolve("run.yaml"), text);
        List<String> words = new ArrayList<>(List.of("run", file.toString(), "--json", "--interval", "1s"));
        words.addAll(List.of(more));
        return settle(environment, words.toArray(String[]::new));
    }

    @Test
    void endsThatSlurmSeldomHasAreNamedToo() throws Exception {
        try (FakeSlurm slurm = FakeSlurm.create()) {
            slurm.plan(
                    "job name:boot* ends BOOT_FAIL/0:0 1",
                    "job name:odd* squeue MYSTERY",
                    "job name:odd* sacct MYSTERY",
                    "job name:silent* lost all",
                    "job name:gone* pend Resources",
                    "job name:gone* lost all",
                    "job name:early* ends TIMEOUT/0:0 1",
                    "job name:never* pend AssocMaxWallDurationPerJobLimit");
            Ended ended = run(slurm.environment(), """
                    name: seldom
                    backend: slurm
                    items:
                      - {id: boot, command: "sleep 30", cpus: 1}
                      - {id: odd, command: "exit 0", cpus: 2}
                      - {id: silent, command: "exit 0", cpus: 3}
                      - {id: gone, command: "exit 0", cpus: 4}
                      - {id: early, command: "sleep 30", cpus: 5, time_limit: 1h}
                      - {id: never, command: "exit 0", cpus: 6}
                      - {id: after, command: "exit 0", deps: [boot]}
                    """, "--settle-timeout", "4s", "--lost-after", "3s");
            assertThat(ended.code()).as(ended.err()).isEqualTo(1);
            assertThat(ended.end("boot")).isEqualTo("failed boot_failure");
            assertThat(ended.end("odd")).isEqualTo("failed unknown_state");
            assertThat(ended.end("silent")).isEqualTo("completed unconfirmed");
            assertThat(ended.end("gone")).isEqualTo("failed lost");
            assertThat(ended.end("early"))
                    .as("neither Slurm's line nor a spend at its limit")
                    .isEqualTo("failed time_limit");
            assertThat(ended.end("never")).isEqualTo("failed can_never_start");
            assertThat(ended.end("after")).isEqualTo("dep_failed dependency_failed");
        }
    }

    @Test
    void spendAtItsLimitMakesAnEarlyTimeoutOutOfCredits() throws Exception {
        try (FakeSlurm slurm = FakeSlurm.create()) {
            Path shares = Files.writeString(
                    folder.resolve("shares"),
                    "Account|User|RawUsage|GrpTRESMins\nfake||5400|cpu=90\n fake|somebody|1|\n");
            slurm.plan("job * ends TIMEOUT/0:0 1", "sshare answer " + shares);
            Ended ended = run(slurm.environment(), """
                    name: spent
                    backend: slurm
                    credits: {topup_url: "https://hpc.example/topup"}
                    items:
                      - {id: a, command: "sleep 30", account: fake, time_limit: 1h}
                    """);
            assertThat(ended.code()).as(ended.err()).isEqualTo(3);
            assertThat(ended.end("a")).isEqualTo("failed out_of_credits");
            assertThat(ended.stop().text("detail")).contains("account fake has spent 90 of 90 cpu minutes");
            assertThat(ended.stop().text("link")).isEqualTo("https://hpc.example/topup");
        }
    }

    @Test
    void withoutSlurmsConfigurationNothingIsWaitedFor() throws Exception {
        try (FakeSlurm slurm = FakeSlurm.create()) {
            slurm.plan("* fail 1 sbatch: fatal: Could not establish a configuration source\\n");
            Ended ended =
                    run(slurm.environment(), "name: nowhere\nbackend: slurm\nitems: [{id: a, command: 'true'}]\n");
            assertThat(ended.code()).isEqualTo(3);
            assertThat(ended.stop().text("headline")).isEqualTo("Run interrupted: submission refused.");
            assertThat(ended.stop().text("detail")).contains("Could not establish a configuration source");
            assertThat(ended.item("a").text("state")).isEqualTo("not_started");
            Ended watched = settle(slurm.environment(), "watch", "--job", "7", "--exit-status");
            assertThat(watched.code()).isEqualTo(69);
            assertThat(watched.err()).contains("Slurm is not set up here");
        }
    }

    @Test
    void whoFollowsAnothersDriveGivesASilentSchedulerUpAndTheRunGoesOn() throws Exception {
        try (FakeSlurm slurm = FakeSlurm.create();
                Launched settle = new Launched(folder, folder.resolve("state"), slurm.environment())) {
            Launched.Child submitted = settle.settle(
                    "submit", "--backend", "slurm", "--interval", "1s", "--name", "a", "--", "sleep", "60");
            assertThat(submitted.code()).isZero();
            Launched.await("the job is there", () -> !settle.settle("status", "--json")
                    .items()
                    .get("a")
                    .text("state")
                    .equals("pending"));
            slurm.replan("world ctld down");
            Launched.Child watch = settle.settle("watch", "a", "--give-up-after", "1s", "--timeout", "60s");
            assertThat(watch.code()).isEqualTo(69);
            assertThat(watch.err()).contains("has not answered for 1s", "settle watch");
            Fields document = Json.parseObject(settle.settle("status", "--json").out());
            assertThat(document.text("state")).isEqualTo("running");
        }
    }

    @Test
    void silentSchedulerIsGivenUpAndTheRunStaysResumable() throws Exception {
        try (FakeSlurm slurm = FakeSlurm.create()) {
            slurm.plan("sbatch fail 1 sbatch: error: Batch job submission failed: Unable to contact slurm controller"
                    + " (connect failure)\\n");
            Ended ended = run(
                    slurm.environment(),
                    "name: away\nbackend: slurm\nitems: [{id: a, command: 'true'}]\n",
                    "--give-up-after",
                    "3s");
            assertThat(ended.code()).isEqualTo(69);
            assertThat(ended.stop().text("reason")).isEqualTo("scheduler_unreachable");
            slurm.replan();
            assertThat(settle(slurm.environment(), "resume", "away", "--interval", "1s")
                            .code())
                    .isZero();
        }
    }

    @Test
    void ownCeilingsStopTheRunWithTheirFigures() throws Exception {
        Ended failures = run(Map.of(), """
                name: failures
                backend: local
                max_concurrent: 1
                max_failures: 2
                items:
                  - {id: a, matrix: {n: [1, 2, 3, 4]}, command: "exit {n}"}
                """);
        assertThat(failures.code()).isEqualTo(1);
        assertThat(failures.stop().text("reason")).isEqualTo("max_failures");
        assertThat(failures.stop().text("headline")).startsWith("Run failed: 2 of 4 items failed");
        assertThat(failures.stop().text("detail")).isEqualTo("2 items failed; max_failures is 2");
        Ended budget = run(Map.of(), """
                name: budget
                backend: local
                max_concurrent: 1
                budget: {cpu_hours: 0.0002}
                items:
                  - {id: a, matrix: {n: [1, 2, 3]}, command: "sleep 1"}
                """);
        assertThat(budget.code()).isEqualTo(3);
        assertThat(budget.stop().text("reason")).isEqualTo("budget");
        assertThat(budget.stop().text("headline")).isEqualTo("Run interrupted: budget reached.");
        assertThat(budget.stop().text("detail")).contains(" of 0.0002 cpu hours");
    }

    @Test
    void itemsOwnLimitsAndOutputsAreNamed() throws Exception {
        Ended ended = run(Map.of(), """
                name: own
                backend: local
                items:
                  - {id: slow, command: "sleep 60", timeout: 1s}
                  - {id: plan, command: "echo nonsense > next.json", generates_source: next.json}
                """);
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.end("slow")).isEqualTo("failed timeout");
        assertThat(ended.end("plan")).isEqualTo("failed bad_generated_source");
        assertThat(Optional.of(ended.stop().text("headline")))
                .hasValue("Run failed: 2 of 2 items failed (1 bad generated source, 1 timeout).");
    }
}
