package dev.settle.app.stepqueue.client;

import static dev.settle.app.stepqueue.client.QueueJson.required;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.settle.core.model.QueueObjective;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What the service answers. A field that the protocol promises and that is missing is an error. */
public final class ServiceBodies {
    private ServiceBodies() {}

    /** A run was started. */
    public record Started(
            @JsonProperty("run_id") @JsonDeserialize(using = Id.class)
            String run,

            @JsonProperty("run_name") Optional<String> name) {
        public Started {
            required(run, "run_id");
        }
    }

    /**
     * A run as the service sees it.
     *
     * @param currentStep how many steps it has behind it
     * @param objectiveNode what is to be optimized; parts of another type are for the run file to say
     */
    public record RunLook(
            String status,
            @JsonProperty("current_step") OptionalInt currentStep,
            @JsonProperty("run_name") Optional<String> name,
            @JsonProperty("objective") @Nullable JsonNode objectiveNode,
            @JsonProperty("optimizer") @Nullable JsonNode optimizerNode,
            List<Node> nodes,
            @JsonProperty("best_result") Optional<Best> best,
            Optional<String> terminationReason,
            @Nullable JsonNode terminationDetails,
            @Nullable JsonNode errorCode) {
        public RunLook {
            required(status, "status");
            nodes = nodes == null ? List.of() : List.copyOf(nodes);
        }

        public int step() {
            return currentStep.orElse(0);
        }

        public QueueObjective objective() {
            JsonNode objective = orMissing(objectiveNode);
            JsonNode maximize = objective.path("maximize");
            JsonNode steps = orMissing(optimizerNode).path("steps");
            return new QueueObjective(
                    text(objective.path("evaluation_command"))
                            .map(String::strip)
                            .filter(text -> text.indexOf('\0') < 0),
                    text(objective.path("metric_name")).map(String::strip).filter(text -> text.chars()
                            .noneMatch(Character::isISOControl)),
                    maximize.isBoolean() ? Optional.of(maximize.booleanValue()) : Optional.empty(),
                    steps.isNumber() && steps.intValue() > 0 ? OptionalInt.of(steps.intValue()) : OptionalInt.empty());
        }

        private Optional<String> reason() {
            return terminationReason.or(() -> text(orMissing(errorCode)));
        }

        /** The service's record of why the run ended. */
        public Optional<String> endedBecause() {
            Optional<String> details = text(orMissing(terminationDetails));
            return reason().map(reason ->
                            details.map(detail -> reason + ": " + detail).orElse(reason))
                    .or(() -> details)
                    .map(text -> ErrorBody.clean(text, ErrorBody.WORDS_MAX));
        }

        /** Whether that record is a code that says credits. */
        public boolean endedForCredits() {
            return reason().map(ErrorBody::codeSaysCredits).orElse(false);
        }
    }

    /** One step of a run's history. */
    public record Node(
            OptionalInt step,

            @JsonProperty("task_id") @JsonDeserialize(using = Id.class) @Nullable
            String taskId,

            @JsonDeserialize(using = Id.class) @Nullable String executionTaskId,
            @JsonDeserialize(using = Texts.class) Map<String, String> code,
            @Nullable JsonNode executionOutput,
            @Nullable JsonNode metricValue) {
        public Node {
            code = code == null ? Map.of() : code;
        }

        public Optional<String> task() {
            return Optional.ofNullable(taskId).or(() -> Optional.ofNullable(executionTaskId));
        }

        /** Whether the service has a result for it. */
        public boolean evaluated() {
            return !isNothing(executionOutput) || !isNothing(metricValue);
        }
    }

    /** The best step so far. */
    public record Best(
            OptionalInt step,
            @JsonDeserialize(using = Texts.class) Map<String, String> code,
            @JsonProperty("metric_value") OptionalDouble metric) {
        public Best {
            code = code == null ? Map.of() : code;
        }
    }

    /** The tasks that are ready; an answer without the list is no empty list. */
    public record Tasks(List<Task> tasks, Optional<RunOfTasks> run) {
        public Tasks {
            tasks = List.copyOf(required(tasks, "tasks"));
        }

        public List<String> ready() {
            return tasks.stream().map(Task::id).toList();
        }

        /** The run's status, where the answer has it. */
        public Optional<String> status() {
            return run.flatMap(RunOfTasks::status);
        }
    }

    /** A task that is ready. */
    public record Task(@JsonDeserialize(using = Id.class) String id) {
        public Task {
            required(id, "id");
        }
    }

    /** What the list of tasks says of the run. */
    public record RunOfTasks(Optional<String> status) {}

    /** The answer to a claim. */
    record Claimed(Revision revision) {
        Claimed {
            required(revision, "revision");
        }
    }

    /** A claimed candidate. */
    public record Revision(Map<String, String> code, Optional<String> plan) {
        public Revision {
            required(code, "code").forEach((path, text) -> required(text, "code." + path));
        }
    }

    /** The service took a result. */
    public record Taken(
            Optional<Boolean> isDone,
            @JsonProperty("previous_solution_metric_value") OptionalDouble metric) {
        /** The service wants no further result. */
        public boolean done() {
            return isDone.orElse(false);
        }
    }

    /** The account's automatic top-up. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record AutoTopup(
            @JsonProperty("enabled") Optional<Boolean> setting,
            @JsonProperty("threshold_credits") OptionalDouble threshold,
            @JsonProperty("topup_amount_credits") OptionalDouble amount) {
        public boolean enabled() {
            return setting.orElse(false);
        }
    }

    record Balance(@JsonProperty("balance_credits") OptionalDouble credits) {}

    record Checkout(@JsonProperty("checkout_url") Optional<String> url) {}

    /** An answer of which nothing is of interest. */
    public record Done() {}

    private static JsonNode orMissing(@Nullable JsonNode node) {
        return node == null ? MissingNode.getInstance() : node;
    }

    private static boolean isNothing(@Nullable JsonNode node) {
        return node == null || node.isNull();
    }

    /** A text that says something; what is of another type does not. */
    private static Optional<String> text(JsonNode node) {
        return node.isTextual() && !node.textValue().isBlank() ? Optional.of(node.textValue()) : Optional.empty();
    }

    /** An id: a string or a whole number. */
    private static final class Id extends JsonDeserializer<String> {
        @Override
        public String deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return switch (parser.currentToken()) {
                case VALUE_STRING, VALUE_NUMBER_INT -> parser.getText();
                default -> (String) context.handleUnexpectedToken(String.class, parser);
            };
        }
    }

    /** The texts of an object; what is no text in it, or no object, is passed over. */
    private static final class Texts extends JsonDeserializer<Map<String, String>> {
        @Override
        public Map<String, String> deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            Map<String, String> texts = new LinkedHashMap<>();
            JsonNode tree = context.readTree(parser);
            tree.properties().forEach(field -> {
                if (field.getValue().isTextual()) {
                    texts.put(field.getKey(), field.getValue().textValue());
                }
            });
            return texts;
        }
    }
}
