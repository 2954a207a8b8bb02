package dev.settle.app.stepqueue.client;

import dev.settle.core.json.Fields;
import dev.settle.core.model.QueueObjective;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What the service answers, read into types. A field that the protocol promises and that is missing is an error. */
public final class ServiceBodies {
    private ServiceBodies() {}

    /** A run was started. */
    public record Started(String run, Optional<String> name) {}

    /**
     * A run as the service sees it.
     *
     * @param endedBecause the service's record of why the run ended
     * @param endedForCredits whether that record is a code that says credits
     */
    public record RunLook(
            String status,
            int step,
            Optional<String> name,
            QueueObjective objective,
            List<Node> nodes,
            Optional<Best> best,
            Optional<String> endedBecause,
            boolean endedForCredits) {
        public RunLook {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * One step of a run's history.
     *
     * @param evaluated whether the service has a result for it
     */
    public record Node(OptionalInt step, Optional<String> task, Map<String, String> code, boolean evaluated) {}

    /** The best step so far. */
    public record Best(OptionalInt step, Map<String, String> code, OptionalDouble metric) {}

    /** The tasks that are ready, and the run's status where the answer has it. */
    public record Tasks(List<String> ready, Optional<String> status) {
        public Tasks {
            ready = List.copyOf(ready);
        }
    }

    /** A claimed candidate. */
    public record Revision(Map<String, String> code, Optional<String> plan) {}

    /** The service took a result. */
    public record Taken(boolean done, OptionalDouble metric) {}

    /** The account's automatic top-up. */
    public record AutoTopup(boolean enabled, OptionalDouble threshold, OptionalDouble amount) {
        Map<String, @Nullable Object> tree() {
            Map<String, @Nullable Object> tree = new LinkedHashMap<>();
            tree.put("enabled", enabled);
            if (threshold.isPresent()) {
                tree.put("threshold_credits", threshold.getAsDouble());
            }
            if (amount.isPresent()) {
                tree.put("topup_amount_credits", amount.getAsDouble());
            }
            return tree;
        }
    }

    static Started started(Fields body) throws IOException {
        return new Started(word(body, "run_id"), body.optText("run_name"));
    }

    static RunLook look(Fields body) throws IOException {
        List<Node> nodes = new ArrayList<>();
        for (Fields node : body.objects("nodes")) {
            nodes.add(node(node));
        }
        Optional<Fields> best = body.optObject("best_result");
        Optional<String> reason = body.optText("termination_reason").or(() -> quiet(body, "error_code"));
        Optional<String> details = quiet(body, "termination_details");
        return new RunLook(
                body.text("status"),
                step(body, "current_step").orElse(0),
                body.optText("run_name"),
                objective(body),
                nodes,
                best.isPresent() ? Optional.of(best(best.get())) : Optional.empty(),
                reason.map(r -> details.map(d -> r + ": " + d).orElse(r))
                        .or(() -> details)
                        .map(text -> ErrorBody.clean(text, ErrorBody.WORDS_MAX)),
                reason.map(ErrorBody::codeSaysCredits).orElse(false));
    }

    /** What is missing there, or of another type, is for the run file to say. */
    private static QueueObjective objective(Fields body) {
        Map<?, ?> objective = body.asMap().get("objective") instanceof Map<?, ?> map ? map : Map.of();
        Map<?, ?> optimizer = body.asMap().get("optimizer") instanceof Map<?, ?> map ? map : Map.of();
        Optional<String> command = said(objective.get("evaluation_command")).filter(text -> text.indexOf('\0') < 0);
        Optional<String> metric =
                said(objective.get("metric_name")).filter(text -> text.chars().noneMatch(Character::isISOControl));
        Optional<Boolean> maximize =
                objective.get("maximize") instanceof Boolean flag ? Optional.of(flag) : Optional.empty();
        OptionalInt steps = optimizer.get("steps") instanceof Number number && number.intValue() > 0
                ? OptionalInt.of(number.intValue())
                : OptionalInt.empty();
        return new QueueObjective(command, metric, maximize, steps);
    }

    private static Optional<String> said(@Nullable Object value) {
        return value instanceof String text && !text.isBlank() ? Optional.of(text.strip()) : Optional.empty();
    }

    private static Optional<String> quiet(Fields body, String name) {
        return body.asMap().get(name) instanceof String text && !text.isBlank() ? Optional.of(text) : Optional.empty();
    }

    private static Node node(Fields node) throws IOException {
        Optional<String> task = node.has("task_id")
                ? Optional.of(word(node, "task_id"))
                : node.has("execution_task_id") ? Optional.of(word(node, "execution_task_id")) : Optional.empty();
        boolean evaluated = node.has("execution_output") || node.has("metric_value");
        return new Node(step(node, "step"), task, code(node.asMap().get("code")), evaluated);
    }

    private static Best best(Fields best) throws IOException {
        return new Best(step(best, "step"), code(best.asMap().get("code")), best.optDouble("metric_value"));
    }

    /** A step count; some services write 3.0. */
    private static OptionalInt step(Fields body, String name) throws IOException {
        OptionalDouble number = body.optDouble(name);
        return number.isPresent() ? OptionalInt.of((int) number.getAsDouble()) : OptionalInt.empty();
    }

    static Tasks tasks(Fields body) throws IOException {
        if (!body.has("tasks")) {
            // An answer without the list is no empty list.
            throw new IOException("no list of tasks");
        }
        List<String> ready = new ArrayList<>();
        for (Fields task : body.objects("tasks")) {
            ready.add(word(task, "id"));
        }
        Optional<Fields> run = body.optObject("run");
        return new Tasks(ready, run.isPresent() ? run.get().optText("status") : Optional.empty());
    }

    static Revision revision(Fields body) throws IOException {
        Fields revision = body.object("revision");
        Fields code = revision.object("code");
        Map<String, String> files = new LinkedHashMap<>();
        for (String path : code.asMap().keySet()) {
            files.put(path, code.text(path));
        }
        return new Revision(files, revision.optText("plan"));
    }

    static Taken taken(Fields body) throws IOException {
        return new Taken(body.flag("is_done"), body.optDouble("previous_solution_metric_value"));
    }

    static AutoTopup autoTopup(Fields body) throws IOException {
        return new AutoTopup(
                body.flag("enabled"), body.optDouble("threshold_credits"), body.optDouble("topup_amount_credits"));
    }

    /** An id: a string or a number. */
    private static String word(Fields body, String name) throws IOException {
        Object value = body.asMap().get(name);
        return value instanceof Long ? String.valueOf(value) : body.text(name);
    }

    private static Map<String, String> code(@Nullable Object value) {
        Map<String, String> code = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((path, text) -> {
                if (text instanceof String string) {
                    code.put(String.valueOf(path), string);
                }
            });
        }
        return code;
    }
}
