package dev.settle.core.journal;

import dev.settle.core.json.Fields;
import dev.settle.core.plan.*;
import java.io.IOException;
import java.time.Duration;
import java.util.*;
import org.jspecify.annotations.Nullable;

/** An item of the plan as a JSON tree. */
final class PlanItemCodec {
    private PlanItemCodec() {}

    /** An item as a JSON tree, as the journal and {@code run.json} have it. */
    public static Map<String, @Nullable Object> tree(PlanItem item) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("id", item.id().value());
        if (!item.name().equals(item.id().value())) {
            tree.put("name", item.name());
        }
        tree.put("script", item.script());
        if (!item.deps().isEmpty()) {
            tree.put("deps", item.deps().stream().map(ItemId::value).toList());
        }
        put(tree, "working_dir", item.workingDir());
        if (!item.env().isEmpty()) {
            tree.put("env", item.env());
        }
        put(tree, "setup", item.setup());
        putResources(tree, item.resources());
        put(tree, "timeout_s", item.timeout().map(Duration::toSeconds));
        putRetries(tree, item.retries());
        put(tree, "generates_source", item.generatesSource());
        put(tree, "output", item.output());
        put(tree, "error", item.error());
        putExpect(tree, item.expect());
        put(tree, "job_id", item.jobId());
        return tree;
    }

    /** Reads what {@link #tree(PlanItem)} made. */
    public static PlanItem item(Fields fields) throws IOException {
        ItemId id = id(fields.text("id"));
        List<String> deps = fields.texts("deps");
        return new PlanItem(
                id,
                fields.optText("name").orElse(id.value()),
                fields.text("script"),
                deps.isEmpty() ? List.of() : ids(deps),
                fields.optText("working_dir"),
                fields.textMap("env"),
                fields.optText("setup"),
                resources(fields),
                seconds(fields, "timeout_s"),
                retries(fields),
                fields.optText("generates_source"),
                fields.optText("output"),
                fields.optText("error"),
                expect(fields),
                fields.optText("job_id"));
    }

    private static void putResources(Map<String, @Nullable Object> tree, Resources resources) {
        if (resources.equals(Resources.NONE)) {
            return;
        }
        put(tree, "cpus", resources.cpus());
        if (resources.memoryBytes().isPresent()) {
            tree.put("memory_bytes", resources.memoryBytes().getAsLong());
        }
        put(tree, "gpus", resources.gpus());
        put(tree, "gres", resources.gres());
        put(tree, "time_limit_s", resources.timeLimit().map(Duration::toSeconds));
        put(tree, "partition", resources.partition());
        put(tree, "account", resources.account());
        put(tree, "qos", resources.qos());
        put(tree, "constraint", resources.constraint());
        if (!resources.extra().isEmpty()) {
            tree.put("extra", resources.extra());
        }
    }

    private static Resources resources(Fields fields) throws IOException {
        OptionalLong memory = fields.optLong("memory_bytes");
        Resources resources = new Resources(
                fields.optInt("cpus"),
                memory,
                fields.optInt("gpus"),
                fields.optText("gres"),
                seconds(fields, "time_limit_s"),
                fields.optText("partition"),
                fields.optText("account"),
                fields.optText("qos"),
                fields.optText("constraint"),
                fields.texts("extra"));
        return resources.equals(Resources.NONE) ? Resources.NONE : resources;
    }

    private static void putRetries(Map<String, @Nullable Object> tree, Retries retries) {
        if (retries.equals(Retries.NONE)) {
            return;
        }
        Map<String, @Nullable Object> inner = new LinkedHashMap<>();
        inner.put("max", retries.max());
        inner.put("on", retries.on().stream().sorted().map(ItemReason::word).toList());
        inner.put("delay_s", retries.delay().toSeconds());
        tree.put("retries", inner);
    }

    private static Retries retries(Fields fields) throws IOException {
        Optional<Fields> inner = fields.optObject("retries");
        if (inner.isEmpty()) {
            return Retries.NONE;
        }
        Set<ItemReason> on = new LinkedHashSet<>();
        for (String word : inner.get().texts("on")) {
            on.add(ItemReason.ofWord(word).orElseThrow(() -> new IOException("unknown reason " + word)));
        }
        return new Retries(
                inner.get().integer("max"), on, Duration.ofSeconds(inner.get().longer("delay_s")));
    }

    private static void putExpect(Map<String, @Nullable Object> tree, Expect expect) {
        if (expect.equals(Expect.ZERO)) {
            return;
        }
        Map<String, @Nullable Object> inner = new LinkedHashMap<>();
        inner.put("exit_codes", expect.exitCodes().stream().sorted().toList());
        expect.metric().ifPresent(metric -> {
            inner.put("metric", metric.name());
            inner.put("operator", metric.operator().sign());
            inner.put("number", metric.number());
        });
        tree.put("expect", inner);
    }

    private static Expect expect(Fields fields) throws IOException {
        Optional<Fields> found = fields.optObject("expect");
        if (found.isEmpty()) {
            return Expect.ZERO;
        }
        Fields inner = found.get();
        Set<Integer> codes = new LinkedHashSet<>();
        for (Object code :
                (List<?>) java.util.Objects.requireNonNull(inner.asMap().get("exit_codes"))) {
            codes.add(((Long) code).intValue());
        }
        Optional<Expect.Comparison> metric = Optional.empty();
        if (inner.has("metric")) {
            metric = Optional.of(new Expect.Comparison(
                    inner.text("metric"),
                    word(inner, "operator", Expect.Operator::ofSign)
                            .orElseThrow(() -> new IOException("a metric without its operator")),
                    inner.optDouble("number").orElseThrow(() -> new IOException("a metric without its number"))));
        }
        return new Expect(codes, metric);
    }

    private static void put(Map<String, @Nullable Object> tree, String name, Optional<?> value) {
        if (value.isPresent()) {
            tree.put(name, value.get());
        }
    }

    private static void put(Map<String, @Nullable Object> tree, String name, OptionalInt value) {
        if (value.isPresent()) {
            tree.put(name, value.getAsInt());
        }
    }

    private static Optional<Duration> seconds(Fields fields, String name) throws IOException {
        OptionalLong seconds = fields.optLong(name);
        return seconds.isPresent() ? Optional.of(Duration.ofSeconds(seconds.getAsLong())) : Optional.empty();
    }

    private static ItemId id(String value) throws IOException {
        if (!ItemId.isLegal(value)) {
            throw new IOException("not an item id: " + value);
        }
        return new ItemId(value);
    }

    private static List<ItemId> ids(List<String> values) throws IOException {
        List<ItemId> ids = new ArrayList<>(values.size());
        for (String value : values) {
            ids.add(id(value));
        }
        return ids;
    }

    /** A word that must be known when it is there. */
    private static <T> Optional<T> word(Fields fields, String name, java.util.function.Function<String, Optional<T>> of)
            throws IOException {
        Optional<String> word = fields.optText(name);
        if (word.isEmpty()) {
            return Optional.empty();
        }
        Optional<T> value = of.apply(word.get());
        if (value.isEmpty()) {
            throw new IOException("field '" + name + "' has the unknown word " + word.get());
        }
        return value;
    }
}
