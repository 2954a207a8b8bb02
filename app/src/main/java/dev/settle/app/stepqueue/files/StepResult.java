package dev.settle.app.stepqueue.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.settle.app.stepqueue.client.ErrorBody;
import dev.settle.app.stepqueue.client.QueueJson;
import dev.settle.core.model.ItemReason;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is submitted of an evaluated step, as it is kept on disk.
 *
 * @param output as it is sent: cut, decoded, with a last line of ours when the step did not end well
 * @param chars how long the whole output is
 */
@JsonPropertyOrder({
    "item",
    "step",
    "state",
    "exit_code",
    "signal",
    "duration_seconds",
    "attempt",
    "reason",
    "metric",
    "output_length",
    "execution_output"
})
public record StepResult(
        @JsonProperty(required = true) String item,
        @JsonProperty(required = true) int step,
        @JsonProperty(required = true) int attempt,
        @JsonProperty(required = true) String state,
        @JsonProperty(required = true) String reason,
        OptionalInt exitCode,
        OptionalInt signal,
        OptionalDouble durationSeconds,
        OptionalDouble metric,

        @JsonProperty(value = "output_length", required = true)
        long chars,

        @JsonProperty(value = "execution_output", required = true)
        String output) {

    /**
     * Of a settled item and what it printed, which is read later and elsewhere; a number of SETTLE_RESULT beats one in
     * the output.
     */
    public static Function<StepOutput, StepResult> of(Item item, int step, String metricName) {
        Optional<Outcome> outcome = item.attempt().outcome();
        Double number = item.metrics().get(metricName);
        OptionalDouble reported =
                number != null && Double.isFinite(number) ? OptionalDouble.of(number) : OptionalDouble.empty();
        OptionalDouble duration = duration(item, outcome);
        OptionalInt code = outcome.map(Outcome::exitCode).orElse(OptionalInt.empty());
        OptionalInt signal = outcome.map(Outcome::signal).orElse(OptionalInt.empty());
        String note = item.state() == ItemState.COMPLETED ? "" : note(item, code, signal, duration);
        String id = item.id().value();
        int attempt = item.attempt().number();
        String state = item.state().word();
        String reason = item.reason().map(ItemReason::word).orElse("");
        return output -> new StepResult(
                id,
                step,
                attempt,
                state,
                reason,
                code,
                signal,
                duration,
                reported.isPresent() ? reported : output.metric(),
                output.chars(),
                withNote(output.text(), note));
    }

    private static String withNote(String text, String note) {
        boolean needsEnd = !note.isEmpty() && !text.isEmpty() && !text.endsWith("\n");
        return StepOutput.cut(text + (needsEnd ? "\n" : "") + note);
    }

    private static OptionalDouble duration(Item item, Optional<Outcome> outcome) {
        var started =
                outcome.flatMap(Outcome::startedAt).or(() -> item.attempt().startedAt());
        Optional<Instant> finished = outcome.flatMap(Outcome::finishedAt);
        if (started.isEmpty() || finished.isEmpty()) {
            return OptionalDouble.empty();
        }
        long millis = Duration.between(started.get(), finished.get()).toMillis();
        return OptionalDouble.of(Math.max(0, millis) / 1000.0);
    }

    /** The service proposes better when it knows how a step ended; the output alone does not say. */
    private static String note(Item item, OptionalInt code, OptionalInt signal, OptionalDouble duration) {
        StringBuilder note = new StringBuilder("[settle] the command ended badly: ");
        boolean codeSaysAll = code.isPresent()
                && item.reason().filter(ItemReason.EXIT_CODE::equals).isPresent();
        if (!codeSaysAll) {
            note.append(item.reason().map(ItemReason::phrase).orElse("unknown"));
        }
        if (code.isPresent()) {
            note.append(codeSaysAll ? "" : ", ").append("exit code ").append(code.getAsInt());
        }
        if (signal.isPresent()) {
            note.append(", signal ").append(signal.getAsInt());
        }
        if (duration.isPresent()) {
            note.append(String.format(Locale.ROOT, ", after %.1f s", duration.getAsDouble()));
        }
        item.message().ifPresent(message -> note.append(": ").append(ErrorBody.clean(message, 500)));
        return note.append('\n').toString();
    }

    /** For the service's records, beside the output. */
    public Map<String, @Nullable Object> metadata() {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("exit_code", exitCode);
        tree.put("signal", signal);
        tree.put("duration_seconds", durationSeconds);
        tree.put("attempt", attempt);
        tree.put("reason", reason);
        tree.put("metric", metric);
        return tree;
    }

    public String toJson() {
        return QueueJson.write(this);
    }

    public static StepResult fromJson(String json) throws IOException {
        return QueueJson.read(json, StepResult.class);
    }
}
