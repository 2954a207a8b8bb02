package dev.settle.core.runfile.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.Plan;
import dev.settle.core.runfile.Reads;
import dev.settle.testdata.Golden;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class RunFileReferenceTest {
    @Test
    void pageForUsersEndsWithTheTableOfKeys() throws IOException {
        Path page = Path.of("app", "docs", "run-file.md");
        String text = Files.readString(TestData.path("..").resolve(page));
        int at = text.indexOf(RunFileReference.HEADING);
        assertThat(at).isPositive();
        Golden.checkFile(page, text.substring(0, at) + RunFileReference.markdown());
    }

    /** Every key's example is read, and says something: without a reader for it the plan would be the same. */
    @TestFactory
    Stream<DynamicTest> exampleOfEveryKeyIsReadAndChangesThePlan() {
        Set<RunFileKey> keys = new LinkedHashSet<>();
        for (RunFileKey.Scope scope : RunFileKey.Scope.values()) {
            keys.addAll(RunFileKey.words(scope).values());
        }
        assertThat(keys).hasSameSizeAs(RunFileKey.values());
        return keys.stream()
                .filter(key -> !key.example.isEmpty())
                .map(key -> DynamicTest.dynamicTest(key.name(), () -> {
                    Plan with = Reads.plan(document(key, key.word + ": " + key.example));
                    Plan without = Reads.plan(document(key, ""));
                    assertThat(with).isNotEqualTo(without);
                    if (!key.alias.isEmpty() && key != RunFileKey.ITEMS) {
                        assertThat(Reads.plan(document(key, key.alias + ": " + key.example)))
                                .isEqualTo(with);
                    }
                    if (key.inDefaults == RunFileKey.Default.YES) {
                        assertThat(Reads.plan("items: [{id: a, command: x}]\ndefaults: {" + key.word + ": "
                                        + key.example + "}"))
                                .isEqualTo(Reads.plan(
                                        "items:\n- id: a\n  command: x\n  " + key.word + ": " + key.example));
                    }
                }));
    }

    /** A document that is accepted with and without the line. */
    private static String document(RunFileKey key, String line) {
        String items = "items:\n- {id: a, command: x}\n";
        return switch (key) {
            case NAME,
                    BACKEND,
                    MAX_CONCURRENT,
                    MAX_FAILURES,
                    EXCLUSIVE,
                    DEFAULTS,
                    CREDITS,
                    BUDGET,
                    NOTIFY,
                    SECRETS,
                    SYNC,
                    RUN_ENV,
                    TITLE -> line + "\n" + items;
            case PARAMS -> line + "\nitems:\n- {id: a, command: 'train {lr}'}\n";
            case ITEMS -> line.isEmpty() ? "items: [{id: b, command: x}]" : line;
            case ENV_GROUPS ->
                (line.isEmpty() ? "env_groups: {gpu: []}" : line) + "\n"
                        + "items: [{id: a, command: x, env: [{include: [gpu]}]}]\n";
            case QUEUE -> items;
            case ID, COMMAND ->
                "items:\n- " + (line.isEmpty() ? key.word + ": other" : line) + "\n"
                        + (key == RunFileKey.ID ? "  command: x\n" : "  id: a\n");
            case SCRIPT -> line.isEmpty() ? items : "items:\n- id: a\n  script: |\n    #!/bin/sh\n    x\n";
            case DEPS ->
                "items:\n- {id: prepare, command: x}\n- {id: train1, command: x}\n- id: a\n  command: x\n  " + line;
            case ITEM_NAME,
                    MATRIX,
                    WORKING_DIR,
                    ENV,
                    SETUP,
                    CPUS,
                    MEMORY,
                    GPUS,
                    GRES,
                    TIME_LIMIT,
                    PARTITION,
                    ACCOUNT,
                    QOS,
                    CONSTRAINT,
                    EXTRA,
                    TIMEOUT,
                    RETRIES,
                    GENERATES_SOURCE,
                    OUTPUT,
                    ERROR,
                    EXPECT -> "items:\n- id: a\n  command: x\n  " + line;
            case TOPUP_URL, ON_EXHAUSTED -> "credits:\n  " + line + "\n" + items;
            case NOTIFY_COMMAND -> "notify:\n  " + (line.isEmpty() ? "command: other" : line) + "\n" + items;
            case NOTIFY_ON -> "notify:\n  command: x\n  " + line + "\n" + items;
            case CPU_HOURS -> "budget:\n  " + line + "\n" + items;
            case RETRY_MAX -> "items:\n- id: a\n  command: x\n  retries:\n    " + (line.isEmpty() ? "max: 1" : line);
            case RETRY_ON, RETRY_DELAY -> "items:\n- id: a\n  command: x\n  retries:\n    max: 1\n    " + line;
            case RETRY_MEMORY, RETRY_TIME_LIMIT ->
                "items:\n- id: a\n  command: x\n  memory: 1G\n  time_limit: 1h\n  retries:\n    max: 1\n    " + line;
            case EXPECT_EXIT_CODES, EXPECT_METRIC -> "items:\n- id: a\n  command: x\n  expect:\n    " + line;
            case RULE_SET, RULE_APPEND, RULE_INIT -> "items:\n- id: a\n  command: x\n  env:\n  - {" + line + "}";
            case RULE_IF -> "items:\n- id: a\n  command: x\n  env:\n  - set: {A: b}\n    " + line;
            case RULE_INCLUDE ->
                "env_groups: {gpu: [{set: {A: b}}]}\nitems:\n- id: a\n  command: x\n  env:\n  - {" + line + "}";
            case QUEUE_URL, QUEUE_COMMAND, QUEUE_METRIC ->
                queue(key, line.isEmpty() ? key.word + ": https://other.example/v1" : line);
            case QUEUE_RUN,
                    QUEUE_TOKEN_ENV,
                    QUEUE_STEPS,
                    QUEUE_WORKING_DIR,
                    QUEUE_FILES,
                    QUEUE_TIMEOUT,
                    QUEUE_MAXIMIZE,
                    QUEUE_TOPUP_URL,
                    QUEUE_POLL,
                    QUEUE_AUTO_RESUME -> queue(key, line);
        };
    }

    private static String queue(RunFileKey key, String line) {
        StringBuilder text = new StringBuilder("queue:\n  ").append(line).append('\n');
        for (RunFileKey needed :
                new RunFileKey[] {RunFileKey.QUEUE_URL, RunFileKey.QUEUE_COMMAND, RunFileKey.QUEUE_METRIC}) {
            if (needed != key) {
                text.append("  ")
                        .append(needed.word)
                        .append(": ")
                        .append(needed.example)
                        .append('\n');
            }
        }
        return text.toString();
    }
}
