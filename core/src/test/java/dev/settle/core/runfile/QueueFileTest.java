package dev.settle.core.runfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.journal.PlanCodec;
import dev.settle.core.model.Plan;
import dev.settle.core.model.QueueObjective;
import dev.settle.core.model.QueueSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class QueueFileTest {
    private static final String FILE = """
            name: tune
            backend: slurm
            defaults: {cpus: 4, partition: short, setup: module load python, env: {A: "1"}}
            queue:
              url: https://queue.example/v1
              token_env: QUEUE_TOKEN
              steps: 5
              files: [model.py]
              command: python eval.py
              timeout: 90s
              metric: score
              maximize: false
              poll: 1s
            """;

    @Test
    void stepTakesTheDefaultsOfItems() {
        QueueSpec queue = Reads.plan(FILE).queue().orElseThrow();
        assertThat(queue.step().script()).isEqualTo("python eval.py");
        assertThat(queue.step().resources().cpus()).hasValue(4);
        assertThat(queue.step().resources().partition()).contains("short");
        assertThat(queue.step().setup()).contains("module load python");
        assertThat(queue.step().env()).isEqualTo(Map.of("A", "1"));
        assertThat(queue.step().timeout()).contains(Duration.ofSeconds(90));
        assertThat(queue.maximize()).contains(false);
    }

    @Test
    void aRunOfTheServiceThatIsNamedNeedsNothingElse() throws IOException {
        Plan plan = Reads.plan(
                "name: x\ndefaults: {env: {A: '1'}}\nqueue: {url: 'https://h/v1', run: r-1, token_env: T}\n");
        QueueSpec queue = plan.queue().orElseThrow();
        assertThat(queue.command()).isEmpty();
        assertThat(queue.metric()).isEmpty();
        assertThat(PlanCodec.fromJson(PlanCodec.toJson(plan))).isEqualTo(plan);
        QueueSpec whole = queue.with(new QueueObjective(
                Optional.of("python $1 'x'"), Optional.of("loss"), Optional.of(false), OptionalInt.of(7)));
        assertThat(whole.step().script()).isEqualTo("python $1 'x'");
        assertThat(whole.metric()).contains("loss");
        assertThat(whole.maximizes()).isFalse();
        assertThat(whole.steps()).hasValue(7);
        QueueSpec own = Reads.plan(FILE).queue().orElseThrow();
        assertThat(own.with(new QueueObjective(
                        Optional.of("other"), Optional.of("loss"), Optional.of(true), OptionalInt.of(7))))
                .as("the run file wins")
                .isEqualTo(own);
    }

    @Test
    void queueReadsBackAsItWasWritten() throws IOException {
        Plan plan = Reads.plan(FILE);
        assertThat(PlanCodec.fromJson(PlanCodec.toJson(plan))).isEqualTo(plan);
        QueueSpec kept = plan.queue()
                .orElseThrow()
                .withAsked(new QueueSpec.Asked(Optional.of("/logs"), true, OptionalDouble.of(2.5)));
        Plan with = plan.withQueue(kept);
        assertThat(PlanCodec.fromJson(PlanCodec.toJson(with))).isEqualTo(with);
    }
}
