package dev.settle.core.journal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.core.model.Expect;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.PlanSource;
import dev.settle.core.model.QueueSpec;
import dev.settle.core.model.ResourceChanges;
import dev.settle.core.model.Resources;
import dev.settle.core.model.Retries;
import dev.settle.core.model.SbatchJob;
import dev.settle.core.model.Variables;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The accepted plan as JSON: {@code run.json} in the run's folder. Streamed item by item, since {@code status} reads it.
 *
 * <p>What is absent is left out; fields that this version does not know are passed over. Durations are whole seconds.
 */
public final class PlanCodec {
    public static final String SCHEMA = "settle.plan/1";

    private PlanCodec() {}

    /** Writes the plan, one item a line. The writer stays open. */
    public static void write(Plan plan, Writer out) throws IOException {
        Map<String, @Nullable Object> head = head(plan);
        String text = Json.write(head);
        out.write(text, 0, text.length() - 1);
        out.write(",\"items\":[");
        String separator = "\n";
        for (PlanItem item : plan.items()) {
            out.write(separator);
            out.write(Json.write(tree(item)));
            separator = ",\n";
        }
        out.write("\n]}\n");
    }

    /** The plan as {@link #write} writes it. */
    public static String toJson(Plan plan) {
        StringWriter out = new StringWriter();
        try {
            write(plan, out);
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot fail to be written", e);
        }
        return out.toString();
    }

    /** Reads what {@link #toJson} wrote. */
    public static Plan fromJson(String json) throws IOException {
        return read(new StringReader(json));
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException when it cannot be read, is damaged, or has a schema that this version does not know
     */
    public static Plan read(Reader in) throws IOException {
        Map<String, @Nullable Object> head = new LinkedHashMap<>();
        List<PlanItem> items = new ArrayList<>();
        try (JsonParser parser = Json.parser(in)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("the plan is not a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals("items")) {
                    readItems(parser, items);
                } else {
                    head.put(name, Json.read(parser));
                }
            }
            if (parser.currentToken() != JsonToken.END_OBJECT) {
                throw new IOException("the plan is cut short");
            }
        }
        return plan(Fields.of(head), items);
    }

    private static void readItems(JsonParser parser, List<PlanItem> items) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new IOException("the plan's items are not a list");
        }
        Alike alike = new Alike();
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            items.add(item(Fields.ofParsed(Json.read(parser)), alike));
        }
        if (parser.currentToken() != JsonToken.END_ARRAY) {
            throw new IOException("the plan's items are cut short");
        }
    }

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
        if (!item.arguments().isEmpty()) {
            tree.put("arguments", item.arguments());
        }
        item.sbatch().ifPresent(job -> tree.put("sbatch", tree(job)));
        return tree;
    }

    /** Items that are alike share what is alike, or 100,000 of them would not fit into a small heap. */
    private static final class Alike {
        private final Map<Object, Object> seen = new HashMap<>();
        private String script = "";

        <T> T of(T value) {
            @SuppressWarnings("unchecked") // a value is kept under itself
            T first = (T) seen.computeIfAbsent(value, each -> each);
            return first;
        }

        /** Scripts may all differ, and be long: only the last one is compared. */
        String asBefore(String text) {
            if (!text.equals(script)) {
                script = text;
            }
            return script;
        }
    }

    /** Reads what {@link #tree(PlanItem)} made. */
    public static PlanItem item(Fields fields) throws IOException {
        return item(fields, new Alike());
    }

    private static PlanItem item(Fields fields, Alike alike) throws IOException {
        ItemId id = id(fields.text("id"));
        List<String> deps = fields.texts("deps");
        return new PlanItem(
                id,
                fields.optText("name").orElse(id.value()),
                alike.asBefore(fields.text("script")),
                deps.isEmpty() ? List.of() : ids(deps),
                alike.of(fields.optText("working_dir")),
                alike.of(Variables.copyOf(fields.textMap("env"))),
                alike.of(fields.optText("setup")),
                alike.of(resources(fields)),
                alike.of(seconds(fields, "timeout_s")),
                alike.of(retries(fields)),
                fields.optText("generates_source"),
                fields.optText("output"),
                fields.optText("error"),
                expect(fields),
                fields.optText("job_id"),
                alike.of(fields.texts("arguments")),
                alike.of(sbatch(fields)));
    }

    private static Map<String, @Nullable Object> tree(SbatchJob job) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("name", job.name());
        put(tree, "file", job.fileName());
        put(tree, "index", job.index());
        return tree;
    }

    private static Optional<SbatchJob> sbatch(Fields fields) throws IOException {
        Optional<Fields> found = fields.optObject("sbatch");
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Fields job = found.get();
        return Optional.of(new SbatchJob(job.text("name"), job.optText("file"), job.optInt("index")));
    }

    /** A plan without its items, as a JSON tree. */
    public static Map<String, @Nullable Object> head(Plan plan) {
        Map<String, @Nullable Object> head = new LinkedHashMap<>();
        head.put("schema", SCHEMA);
        head.put("name", plan.name());
        put(head, "backend", plan.backend().map(Plan.BackendName::word));
        put(head, "max_concurrent", plan.maxConcurrent());
        put(head, "max_failures", plan.maxFailures());
        if (plan.exclusive()) {
            head.put("exclusive", true);
        }
        put(head, "topup_url", plan.credits().topupUrl());
        head.put("on_exhausted", plan.credits().onExhausted().word());
        if (plan.budgetCpuHours().isPresent()) {
            head.put("budget_cpu_hours", plan.budgetCpuHours().getAsDouble());
        }
        put(head, "queue", plan.queue().map(PlanCodec::queueTree));
        put(head, "inherited", plan.inherited());
        plan.source().ifPresent(source -> head.put("source", sourceTree(source)));
        return head;
    }

    private static Map<String, @Nullable Object> sourceTree(PlanSource source) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("file", source.file());
        if (!source.arguments().isEmpty()) {
            tree.put("arguments", source.arguments());
        }
        put(tree, "max_failures", source.maxFailures());
        return tree;
    }

    private static PlanSource source(Fields fields) throws IOException {
        return new PlanSource(fields.text("file"), fields.texts("arguments"), fields.optInt("max_failures"));
    }

    /** A plan from what {@link #head} made. */
    public static Plan plan(Fields head, List<PlanItem> items) throws IOException {
        String schema = head.text("schema");
        if (!schema.equals(SCHEMA)) {
            throw new IOException("the plan's schema is " + schema + "; this version reads " + SCHEMA);
        }
        Optional<Fields> queue = head.optObject("queue");
        Optional<Fields> source = head.optObject("source");
        return new Plan(
                head.text("name"),
                word(head, "backend", Plan.BackendName::ofWord),
                head.optInt("max_concurrent"),
                head.optInt("max_failures"),
                head.flag("exclusive"),
                new Plan.Credits(
                        head.optText("topup_url"),
                        word(head, "on_exhausted", Plan.OnExhausted::ofWord).orElse(Plan.OnExhausted.INTERRUPT)),
                head.optDouble("budget_cpu_hours"),
                items,
                queue.isPresent() ? Optional.of(queue(queue.get())) : Optional.empty(),
                head.optText("inherited"),
                source.isPresent() ? Optional.of(source(source.get())) : Optional.empty());
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

    /** Changes as a JSON tree, with the names that resources have. */
    public static Map<String, @Nullable Object> tree(ResourceChanges changes) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        put(tree, "cpus", changes.cpus());
        changes.memoryBytes().ifPresent(bytes -> tree.put("memory_bytes", bytes));
        put(tree, "time_limit_s", changes.timeLimit().map(Duration::toSeconds));
        put(tree, "partition", changes.partition());
        put(tree, "account", changes.account());
        put(tree, "qos", changes.qos());
        return tree;
    }

    /** Reads what {@link #tree(ResourceChanges)} made. */
    public static ResourceChanges changes(Fields fields) throws IOException {
        return ResourceChanges.of(resources(fields));
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
            inner.put("operator", metric.operator().symbol());
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
        for (long code : inner.longs("exit_codes")) {
            codes.add(Math.toIntExact(code));
        }
        Optional<Expect.Comparison> metric = Optional.empty();
        if (inner.has("metric")) {
            metric = Optional.of(new Expect.Comparison(
                    inner.text("metric"),
                    word(inner, "operator", Expect.Operator::ofSymbol)
                            .orElseThrow(() -> new IOException("a metric without its operator")),
                    inner.optDouble("number").orElseThrow(() -> new IOException("a metric without its number"))));
        }
        return new Expect(codes, metric);
    }

    private static Map<String, @Nullable Object> queueTree(QueueSpec queue) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("url", queue.url());
        put(tree, "run", queue.run());
        put(tree, "token_env", queue.tokenEnv());
        put(tree, "steps", queue.steps());
        put(tree, "working_dir", queue.workingDir());
        tree.put("files", queue.files());
        put(tree, "command", queue.command());
        put(tree, "timeout_s", queue.timeout().map(Duration::toSeconds));
        put(tree, "metric", queue.metric());
        put(tree, "maximize", queue.maximize());
        put(tree, "topup_url", queue.topupUrl());
        tree.put("poll_ms", queue.poll().toMillis());
        tree.put("auto_resume", queue.autoResume());
        tree.put("step", tree(queue.step()));
        put(tree, "save_logs", queue.asked().saveLogs());
        if (queue.asked().applyBest()) {
            tree.put("apply_best", true);
        }
        if (queue.asked().requireCredits().isPresent()) {
            tree.put("require_credits", queue.asked().requireCredits().getAsDouble());
        }
        return tree;
    }

    private static QueueSpec queue(Fields fields) throws IOException {
        return new QueueSpec(
                fields.text("url"),
                fields.optText("run"),
                fields.optText("token_env"),
                fields.optInt("steps"),
                fields.optText("working_dir"),
                fields.texts("files"),
                fields.optText("command"),
                seconds(fields, "timeout_s"),
                fields.optText("metric"),
                fields.has("maximize") ? Optional.of(fields.flag("maximize")) : Optional.empty(),
                fields.optText("topup_url"),
                Duration.ofMillis(fields.longer("poll_ms")),
                fields.flag("auto_resume"),
                item(fields.object("step")),
                new QueueSpec.Asked(
                        fields.optText("save_logs"), fields.flag("apply_best"), fields.optDouble("require_credits")));
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
