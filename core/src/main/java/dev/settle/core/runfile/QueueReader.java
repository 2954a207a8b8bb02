package dev.settle.core.runfile;

import static dev.settle.core.runfile.keys.RunFileKey.QUEUE_AUTO_RESUME;
import static dev.settle.core.runfile.keys.RunFileKey.QUEUE_COMMAND;
import static dev.settle.core.runfile.keys.RunFileKey.QUEUE_FILES;
import static dev.settle.core.runfile.keys.RunFileKey.QUEUE_MAXIMIZE;
import static dev.settle.core.runfile.keys.RunFileKey.QUEUE_METRIC;
import static dev.settle.core.runfile.keys.RunFileKey.QUEUE_POLL;
import static dev.settle.core.runfile.keys.RunFileKey.QUEUE_RUN;
import static dev.settle.core.runfile.keys.RunFileKey.QUEUE_STEPS;
import static dev.settle.core.runfile.keys.RunFileKey.QUEUE_TIMEOUT;
import static dev.settle.core.runfile.keys.RunFileKey.QUEUE_TOKEN_ENV;
import static dev.settle.core.runfile.keys.RunFileKey.QUEUE_TOPUP_URL;
import static dev.settle.core.runfile.keys.RunFileKey.QUEUE_URL;
import static dev.settle.core.runfile.keys.RunFileKey.QUEUE_WORKING_DIR;

import dev.settle.core.model.PlanItem;
import dev.settle.core.model.QueueSpec;
import dev.settle.core.runfile.keys.MappingNode;
import dev.settle.core.runfile.keys.RunFileKey;
import dev.settle.core.runfile.keys.Values;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@code queue}: the metered step queue that feeds a run in place of items. */
final class QueueReader {
    private static final Duration POLL = Duration.ofSeconds(2);

    private QueueReader() {}

    /** @param step every step's item, where the run file's words are enough for one */
    static Optional<QueueSpec> read(MappingNode queue, Values values, Optional<PlanItem> step) {
        Optional<String> url = values.address(queue, QUEUE_URL);
        Optional<String> command = values.filled(queue, QUEUE_COMMAND);
        Optional<String> metric = values.line(queue, QUEUE_METRIC);
        Optional<String> run = values.line(queue, QUEUE_RUN);
        for (RunFileKey key : new RunFileKey[] {QUEUE_URL, QUEUE_COMMAND, QUEUE_METRIC}) {
            // A run of the service that is named has its own command and metric.
            if (!queue.has(key) && (key == QUEUE_URL || !queue.has(QUEUE_RUN))) {
                queue.missing(key, values.problems, "such as " + key.word + ": " + key.example);
            }
        }
        Optional<String> tokenEnv = values.line(queue, QUEUE_TOKEN_ENV);
        OptionalInt steps = values.whole(queue, QUEUE_STEPS, 1);
        Optional<String> workingDir = values.path(queue, QUEUE_WORKING_DIR);
        List<String> files = values.texts(queue, QUEUE_FILES);
        Optional<Duration> timeout = values.limit(queue, QUEUE_TIMEOUT);
        Optional<Boolean> maximize = values.flag(queue, QUEUE_MAXIMIZE);
        Optional<String> topupUrl = values.address(queue, QUEUE_TOPUP_URL);
        Duration poll = values.limit(queue, QUEUE_POLL).orElse(POLL);
        boolean autoResume = values.flag(queue, QUEUE_AUTO_RESUME).orElse(false);
        boolean whole = command.isPresent() && metric.isPresent();
        if (url.isEmpty() || step.isEmpty() || !(whole || run.isPresent())) {
            return Optional.empty();
        }
        return Optional.of(new QueueSpec(
                url.get(),
                run,
                tokenEnv,
                steps,
                workingDir,
                files,
                command,
                timeout,
                metric,
                maximize,
                topupUrl,
                poll,
                autoResume,
                step.get(),
                QueueSpec.Asked.NOTHING));
    }
}
