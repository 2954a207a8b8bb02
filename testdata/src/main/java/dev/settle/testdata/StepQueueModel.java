package dev.settle.testdata;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The service behind {@link StepQueueServer}: runs, their tasks and nodes, an account. It does what it is asked, even
 * what a well-behaved client would not ask, so that a test can see it.
 */
final class StepQueueModel {
    /** An answer: status and JSON body. */
    record Answer(int status, Map<String, ? extends @Nullable Object> body) {
        static Answer ok(Map<String, ? extends @Nullable Object> body) {
            return new Answer(200, body);
        }

        static Answer error(int status, String detail) {
            return new Answer(status, Map.of("detail", detail));
        }
    }

    /** Where a task is. */
    enum TaskState {
        READY,
        CLAIMED,
        DONE
    }

    /** One candidate to evaluate. */
    static final class Task {
        final String id;
        final int step;
        final Map<String, String> code;
        TaskState state = TaskState.READY;

        @Nullable
        String output;

        @Nullable
        Double metric;

        Task(String id, int step, Map<String, String> code) {
            this.id = id;
            this.step = step;
            this.code = code;
        }
    }

    /** One run of the service. */
    static final class Run {
        final String id;
        final Map<String, String> source;
        final String metricName;
        final boolean maximize;
        final String command;
        int steps;
        String status = "running";
        final List<Task> tasks = new ArrayList<>();

        Run(String id, Map<String, String> source, String metricName, boolean maximize, String command, int steps) {
            this.id = id;
            this.source = source;
            this.metricName = metricName;
            this.maximize = maximize;
            this.command = command;
            this.steps = steps;
        }

        long done() {
            return tasks.stream().filter(t -> t.state == TaskState.DONE).count();
        }
    }

    private final Map<String, Run> runs = new LinkedHashMap<>();
    private final List<Map<String, @Nullable Object>> terminations = new ArrayList<>();
    private BiFunction<Map<String, String>, Integer, Map<String, String>> candidate = StepQueueModel::commented;
    private int readyAhead = 1;
    private double balance = 100;
    private Map<String, @Nullable Object> autoTopup =
            new LinkedHashMap<>(Map.of("enabled", false, "threshold_credits", 4.0, "topup_amount_credits", 50.0));
    private Optional<String> checkout = Optional.of("https://pay.example/checkout/1");

    /** The default candidate: the source with a line that names the step. */
    private static Map<String, String> commented(Map<String, String> source, int step) {
        Map<String, String> code = new LinkedHashMap<>();
        source.forEach((path, text) -> code.put(path, text + "# step " + step + "\n"));
        return code;
    }

    synchronized void candidates(BiFunction<Map<String, String>, Integer, Map<String, String>> maker) {
        candidate = maker;
    }

    /** How many tasks are ready or claimed at once; 1 unless a test says otherwise. */
    synchronized void readyAhead(int count) {
        readyAhead = count;
    }

    synchronized void balance(double credits) {
        balance = credits;
    }

    synchronized void checkout(Optional<String> link) {
        checkout = link;
    }

    synchronized void status(String run, String status) {
        run(run).ifPresent(r -> r.status = status);
    }

    synchronized Optional<String> status(String run) {
        return run(run).map(r -> r.status);
    }

    synchronized List<String> runIds() {
        return List.copyOf(runs.keySet());
    }

    /** The outputs that the service has of a run, by step. */
    synchronized Map<Integer, String> outputs(String run) {
        Map<Integer, String> outputs = new LinkedHashMap<>();
        for (Task task : run(run).orElseThrow().tasks) {
            if (task.output != null) {
                outputs.put(task.step, task.output);
            }
        }
        return outputs;
    }

    /** The bodies of all terminate calls. */
    synchronized List<Map<String, @Nullable Object>> terminations() {
        return List.copyOf(terminations);
    }

    synchronized Map<String, @Nullable Object> autoTopup() {
        return Map.copyOf(autoTopup);
    }

    private Optional<Run> run(String id) {
        return Optional.ofNullable(runs.get(id));
    }

    synchronized Answer start(Map<String, @Nullable Object> body) {
        Map<String, String> source = texts(body.get("source_code"));
        Map<String, @Nullable Object> objective = PlainJson.map(body.get("objective"));
        Map<String, @Nullable Object> optimizer = PlainJson.map(body.get("optimizer"));
        int steps = optimizer.get("steps") instanceof Double d ? d.intValue() : 5;
        Run run = new Run(
                "run-" + (runs.size() + 1),
                source,
                String.valueOf(objective.get("metric_name")),
                Boolean.TRUE.equals(objective.get("maximize")),
                String.valueOf(objective.get("evaluation_command")),
                steps);
        runs.put(run.id, run);
        fill(run);
        return Answer.ok(started(run));
    }

    private static Map<String, @Nullable Object> started(Run run) {
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("run_id", run.id);
        answer.put("run_name", "name of " + run.id);
        answer.put("plan", null);
        answer.put("code", null);
        return answer;
    }

    /** Proposes the next candidates, as far ahead as is allowed. */
    private void fill(Run run) {
        while (run.tasks.size() < run.steps && run.tasks.size() - run.done() < readyAhead) {
            int step = run.tasks.size();
            run.tasks.add(new Task(run.id + "-task-" + step, step, candidate.apply(run.source, step)));
        }
    }

    synchronized Answer status(String id, boolean history) {
        Optional<Run> found = run(id);
        if (found.isEmpty()) {
            return Answer.error(404, "Run not found");
        }
        Run run = found.get();
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("id", run.id);
        answer.put("status", run.status);
        answer.put("current_step", (int) run.done());
        answer.put("run_name", "name of " + run.id);
        answer.put(
                "objective",
                Map.of("metric_name", run.metricName, "maximize", run.maximize, "evaluation_command", run.command));
        answer.put("optimizer", Map.of("steps", run.steps));
        answer.put("best_result", best(run));
        if (history) {
            answer.put("nodes", run.tasks.stream().map(StepQueueModel::node).toList());
        }
        return Answer.ok(answer);
    }

    private static Map<String, @Nullable Object> node(Task task) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("step", task.step);
        node.put("code", task.code);
        node.put("execution_output", task.output);
        node.put("metric_value", task.metric);
        return node;
    }

    private static @Nullable Map<String, @Nullable Object> best(Run run) {
        Task best = null;
        for (Task task : run.tasks) {
            if (task.metric == null) {
                continue;
            }
            boolean better = best == null
                    || best.metric == null
                    || (run.maximize ? task.metric > best.metric : task.metric < best.metric);
            best = better ? task : best;
        }
        if (best == null) {
            return null;
        }
        Map<String, @Nullable Object> result = new LinkedHashMap<>();
        result.put("step", best.step);
        result.put("code", best.code);
        result.put("metric_value", best.metric);
        return result;
    }

    synchronized Answer tasks(String id) {
        Optional<Run> found = run(id);
        if (found.isEmpty()) {
            return Answer.error(404, "Run not found");
        }
        Run run = found.get();
        List<Map<String, String>> ready = run.status.equals("running")
                ? run.tasks.stream()
                        .filter(t -> t.state == TaskState.READY)
                        .map(t -> Map.of("id", t.id, "run_id", run.id))
                        .toList()
                : List.of();
        return Answer.ok(Map.of("tasks", ready, "run", Map.of("id", run.id, "status", run.status)));
    }

    private Optional<Task> task(String id) {
        return runs.values().stream()
                .flatMap(run -> run.tasks.stream())
                .filter(task -> task.id.equals(id))
                .findFirst();
    }

    synchronized Answer claim(String id) {
        Optional<Task> found = task(id);
        if (found.isEmpty()) {
            return Answer.error(404, "Task not found");
        }
        Task task = found.get();
        if (task.state != TaskState.READY) {
            return Answer.error(409, "Task already claimed");
        }
        task.state = TaskState.CLAIMED;
        return Answer.ok(Map.of("revision", Map.of("code", task.code, "plan", "plan of step " + task.step)));
    }

    synchronized Answer suggest(String id, Map<String, @Nullable Object> body) {
        Optional<Run> found = run(id);
        Optional<Task> asked = task(String.valueOf(body.get("task_id")));
        if (found.isEmpty() || asked.isEmpty()) {
            return Answer.error(404, "Run or task not found");
        }
        Run run = found.get();
        Task task = asked.get();
        if (!run.status.equals("running")) {
            return Answer.error(409, "Run is " + run.status);
        }
        if (task.state == TaskState.DONE) {
            return Answer.error(409, "Task is completed");
        }
        task.state = TaskState.DONE;
        task.output = String.valueOf(body.get("execution_output"));
        task.metric = metric(run.metricName, task.output);
        boolean done = run.done() >= run.steps;
        if (done) {
            run.status = "completed";
        } else {
            fill(run);
        }
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("run_id", run.id);
        answer.put("is_done", done);
        answer.put("previous_solution_metric_value", task.metric);
        return Answer.ok(answer);
    }

    private static @Nullable Double metric(String name, String output) {
        Matcher matcher = Pattern.compile(
                        "(?m)^" + Pattern.quote(name) + "\\s*[:=]\\s*(-?[0-9.]+(?:[eE][-+]?\\d+)?)\\s*$")
                .matcher(output);
        Double last = null;
        while (matcher.find()) {
            last = Double.valueOf(matcher.group(1));
        }
        return last;
    }

    synchronized Answer heartbeat(String id) {
        Optional<Run> run = run(id);
        if (run.isEmpty()) {
            return Answer.error(404, "Run not found");
        }
        return run.get().status.equals("running")
                ? Answer.ok(Map.of())
                : Answer.error(409, "Run is " + run.get().status);
    }

    synchronized Answer terminate(String id, Map<String, @Nullable Object> body) {
        Optional<Run> run = run(id);
        if (run.isEmpty()) {
            return Answer.error(404, "Run not found");
        }
        Map<String, @Nullable Object> seen = new LinkedHashMap<>(body);
        seen.put("status_before", run.get().status);
        terminations.add(seen);
        run.get().status = String.valueOf(body.get("status_update"));
        return Answer.ok(Map.of());
    }

    synchronized Answer resume(String id, Map<String, @Nullable Object> body) {
        Optional<Run> found = run(id);
        if (found.isEmpty()) {
            return Answer.error(404, "Run not found");
        }
        Run run = found.get();
        if (run.status.equals("running")) {
            return Answer.error(400, "Run is running");
        }
        if (body.get("steps") instanceof Double more) {
            run.steps = (int) run.done() + more.intValue();
        }
        run.status = "running";
        for (Task task : run.tasks) {
            // Whoever had it is gone.
            task.state = task.state == TaskState.CLAIMED ? TaskState.READY : task.state;
        }
        fill(run);
        Map<String, @Nullable Object> answer = started(run);
        answer.put("source_code", run.source);
        answer.put("steps", run.steps);
        return Answer.ok(answer);
    }

    synchronized Answer balance() {
        return Answer.ok(Map.of("balance_credits", balance));
    }

    synchronized Answer checkout() {
        return checkout.map(link -> Answer.ok(Map.of("checkout_url", link)))
                .orElse(Answer.error(503, "no payments today"));
    }

    synchronized Answer autoTopup(Map<String, @Nullable Object> settings) {
        autoTopup.putAll(settings);
        return Answer.ok(new LinkedHashMap<>(autoTopup));
    }

    private static Map<String, String> texts(@Nullable Object value) {
        Map<String, String> texts = new LinkedHashMap<>();
        PlainJson.map(value).forEach((path, text) -> texts.put(path, String.valueOf(text)));
        return texts;
    }
}
