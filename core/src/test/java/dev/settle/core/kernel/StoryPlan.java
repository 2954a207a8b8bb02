package dev.settle.core.kernel;

import dev.settle.core.kernel.state.ItemFiles;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.Expect;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.Plan.OnExhausted;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.Resources;
import dev.settle.core.model.Retries;
import dev.settle.core.model.RunId;
import dev.settle.core.run.RunEvent;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitToken;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** The plan and the policy of a story, and what items leave behind. */
record StoryPlan(Plan plan, Policy policy, boolean watched) {

    static StoryPlan parse(List<String> lines) {
        List<PlanItem> items = new ArrayList<>();
        Map<String, String> policy = new HashMap<>();
        OptionalInt maxFailures = OptionalInt.empty();
        OptionalDouble budget = OptionalDouble.empty();
        Optional<String> topup = Optional.empty();
        for (String line : lines) {
            String[] parts = line.split(" ", 2);
            String rest = parts.length > 1 ? parts[1] : "";
            switch (parts[0]) {
                case "item" -> items.add(item(line));
                case "max_failures" -> maxFailures = OptionalInt.of(Integer.parseInt(rest));
                case "budget" -> budget = OptionalDouble.of(Double.parseDouble(rest));
                case "topup" -> topup = Optional.of(rest);
                case "policy" -> policy.putAll(words(rest));
                default -> throw new IllegalArgumentException("not a line of a plan: " + line);
            }
        }
        OnExhausted exhausted = policy.containsKey("wait") ? OnExhausted.WAIT : OnExhausted.INTERRUPT;
        Plan plan = new Plan(
                "story",
                Optional.empty(),
                OptionalInt.empty(),
                maxFailures,
                false,
                new Plan.Credits(topup, exhausted),
                budget,
                items,
                Optional.empty(),
                Optional.empty());
        boolean watched = items.stream().anyMatch(item -> item.jobId().isPresent());
        return new StoryPlan(plan, policy(policy, exhausted), watched);
    }

    private static Policy policy(Map<String, String> words, OnExhausted exhausted) {
        return new Policy(
                words.containsKey("local") ? BackendName.LOCAL : BackendName.SLURM,
                duration(words, "interval", "30s"),
                duration(words, "interval_max", "120s"),
                duration(words, "settle_timeout", "600s"),
                duration(words, "lost_after", "300s"),
                Optional.ofNullable(words.get("give_up_after")).map(text -> Duration.ofMillis(Story.millis(text))),
                Integer.parseInt(words.getOrDefault("max", "1000000")),
                Integer.parseInt(words.getOrDefault("array", "1")),
                exhausted,
                words.containsKey("waived") ? Policy.Confirmation.WAIVED : Policy.Confirmation.REQUIRED,
                "ada",
                "1000");
    }

    private static Duration duration(Map<String, String> words, String name, String otherwise) {
        return Duration.ofMillis(Story.millis(words.getOrDefault(name, otherwise)));
    }

    private static Map<String, String> words(String text) {
        Map<String, String> words = new HashMap<>();
        for (String word : text.split(" ")) {
            int equals = word.indexOf('=');
            words.put(equals < 0 ? word : word.substring(0, equals), equals < 0 ? "" : word.substring(equals + 1));
        }
        return words;
    }

    /** {@code item ID deps=a,b retries=2 on=node_failure delay=30s limit=600 cpus=4 generates=f expect=0,3 job=101}. */
    static PlanItem item(String line) {
        String rest = line.substring("item ".length());
        Map<String, String> words = words(rest);
        List<ItemId> deps = new ArrayList<>();
        for (String dep : words.getOrDefault("deps", "").split(",")) {
            if (!dep.isEmpty()) {
                deps.add(new ItemId(dep));
            }
        }
        Set<ItemReason> on = new HashSet<>();
        for (String reason : words.getOrDefault("on", "").split(",")) {
            if (!reason.isEmpty()) {
                on.add(ItemReason.ofWord(reason).orElseThrow());
            }
        }
        Set<Integer> codes = new HashSet<>();
        for (String code : words.getOrDefault("expect", "").split(",")) {
            if (!code.isEmpty()) {
                codes.add(Integer.parseInt(code));
            }
        }
        Optional<Expect.Comparison> metric = Optional.ofNullable(words.get("metric"))
                .map(text -> text.split(">", 2))
                .map(parts -> new Expect.Comparison(parts[0], Expect.Operator.GT, Double.parseDouble(parts[1])));
        PlanItem bare = PlanItem.command(new ItemId(rest.split(" ", 2)[0]), "true");
        return new PlanItem(
                bare.id(),
                bare.name(),
                bare.script(),
                deps,
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                resources(words),
                Optional.ofNullable(words.get("timeout")).map(text -> Duration.ofMillis(Story.millis(text))),
                new Retries(Integer.parseInt(words.getOrDefault("retries", "0")), on, duration(words, "delay", "0s")),
                Optional.ofNullable(words.get("generates")),
                Optional.empty(),
                Optional.empty(),
                new Expect(codes, metric),
                Optional.ofNullable(words.get("job")));
    }

    private static Resources resources(Map<String, String> words) {
        Resources none = Resources.NONE;
        return new Resources(
                words.containsKey("cpus")
                        ? OptionalInt.of(Integer.parseInt(words.getOrDefault("cpus", "1")))
                        : OptionalInt.empty(),
                OptionalLong.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.ofNullable(words.get("limit")).map(text -> Duration.ofMillis(Story.millis(text))),
                none.partition(),
                Optional.ofNullable(words.get("account")),
                none.qos(),
                none.constraint(),
                List.of());
    }

    RunEvent.Opened opened() {
        return new RunEvent.Opened(
                new RunId("k3v9q2m7"),
                "story",
                "0.1.0",
                "/home/ada",
                "ada",
                policy.backend().word(),
                watched);
    }

    Source controller() {
        return policy.backend() == BackendName.LOCAL ? Source.PROCESS : Source.SQUEUE;
    }

    /** {@code files a metric=acc:0.9 stop=out_of_credits:no_more_tokens reason=***_REASON oom}. */
    static ItemFiles files(String rest) {
        Map<String, Double> metrics = new HashMap<>();
        Optional<ItemFiles.StopRequest> stop = Optional.empty();
        Optional<String> spentReason = Optional.empty();
        Optional<String> oom = Optional.empty();
        for (Map.Entry<String, String> word : words(rest).entrySet()) {
            String[] parts = word.getValue().split(":", 2);
            switch (word.getKey()) {
                case "metric" -> metrics.put(parts[0], Double.parseDouble(parts[1]));
                case "stop" ->
                    stop = Optional.of(new ItemFiles.StopRequest(
                            parts[0],
                            parts.length > 1 ? Optional.of(parts[1].replace('_', ' ')) : Optional.empty(),
                            Optional.empty()));
                case "reason" -> spentReason = Optional.of(word.getValue().replace('_', ' '));
                case "oom" -> oom = Optional.of("oom_kill event");
                default -> {}
            }
        }
        return new ItemFiles(metrics, stop, spentReason, oom, Optional.empty());
    }

    /** A start record. */
    record Start(int restarts, Optional<SubmitToken> token, Optional<Instant> startedAt, Optional<String> node) {
        JobObservation observation(JobId job, Instant at) {
            return JobObservation.of(Source.START_RECORD, at, job, Words.state("RUNNING"))
                    .startedAt(startedAt)
                    .node(node)
                    .build();
        }
    }

    /** {@code started a restarts=1 start=+5 node=n1}. */
    static Start start(String rest, Rows rows) {
        Map<String, String> words = words(rest);
        return new Start(
                Integer.parseInt(words.getOrDefault("restarts", "0")),
                Optional.ofNullable(words.get("token")).map(SubmitToken::new),
                Optional.ofNullable(words.get("start")).map(rows::time),
                Optional.ofNullable(words.get("node")));
    }

    /** An exit record. */
    record Record(
            JobState state,
            OptionalInt exitCode,
            OptionalInt signal,
            int restarts,
            Optional<SubmitToken> token,
            Optional<Instant> startedAt,
            Optional<Instant> endedAt,
            boolean terminated) {

        JobObservation observation(JobId job, Instant at, SubmitToken of) {
            return JobObservation.of(Source.EXIT_RECORD, at, job, state)
                    .exitCode(exitCode)
                    .signal(signal)
                    .token(Optional.of(of))
                    .startedAt(startedAt)
                    .endedAt(endedAt)
                    .batchEnded()
                    .terminated(terminated)
                    .build();
        }
    }

    /** {@code record a exit 3 restarts=1 start=+5 end=+9 terminated}, or {@code signal 9}, {@code timeout}, {@code cancel}. */
    static Record record(String rest, Rows rows) {
        String[] parts = rest.split(" ");
        Map<String, String> words = words(rest);
        OptionalInt code = OptionalInt.empty();
        OptionalInt signal = OptionalInt.empty();
        JobState state;
        switch (parts[1]) {
            case "exit" -> {
                int number = Integer.parseInt(parts[2]);
                code = OptionalInt.of(number);
                state = Words.state(number == 0 ? "COMPLETED" : "FAILED");
            }
            case "signal" -> {
                signal = OptionalInt.of(Integer.parseInt(parts[2]));
                state = Words.state("FAILED!:signal");
            }
            case "timeout" -> {
                signal = OptionalInt.of(15);
                state = Words.state("TIMED_OUT!failed:timeout");
            }
            case "cancel" -> {
                signal = OptionalInt.of(15);
                state = Words.state("CANCELLED");
            }
            case "launch_failed" -> state = Words.state("LAUNCH_FAILED");
            default -> throw new IllegalArgumentException("not a record: " + rest);
        }
        return new Record(
                state,
                code,
                signal,
                Integer.parseInt(words.getOrDefault("restarts", "0")),
                Optional.ofNullable(words.get("token")).map(SubmitToken::new),
                Optional.ofNullable(words.get("start")).map(rows::time),
                Optional.ofNullable(words.get("end")).map(rows::time),
                words.containsKey("terminated"));
    }
}
