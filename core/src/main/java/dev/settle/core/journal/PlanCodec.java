package dev.settle.core.journal;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import dev.settle.core.json.FieldWriter;
import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.core.model.Expect;
import dev.settle.core.model.Growth;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Notify;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.PlanSource;
import dev.settle.core.model.QueueSpec;
import dev.settle.core.model.ResourceChanges;
import dev.settle.core.model.Resources;
import dev.settle.core.model.Retries;
import dev.settle.core.model.RunChoices;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The accepted plan as JSON: {@code run.json} in the run's folder. Streamed item by item, since {@code status} reads it.
 *
 * <p>What is absent is left out; fields that this version does not know are passed over. Durations are whole seconds.
 */
public final class PlanCodec {
    public static final String SCHEMA = "settle.plan/1";

    private PlanCodec() {}

    /** Writes the plan, one item per line. The writer stays open. */
    public static void write(Plan plan, Writer out) throws IOException {
        StringWriter head = new StringWriter(256);
        try (JsonGenerator generator = Json.generator(head, Json.Layout.ONE_LINE)) {
            FieldWriter fields = new FieldWriter(generator).begin();
            write(fields, plan);
            fields.end();
        }
        out.append(head.getBuffer(), 0, head.getBuffer().length() - 1).append(",\"items\":[");
        if (!plan.items().isEmpty()) {
            out.append('\n');
        }
        try (JsonGenerator generator = Json.generator(out, Json.Layout.ONE_LINE)) {
            generator.setPrettyPrinter(new MinimalPrettyPrinter(",\n"));
            FieldWriter fields = new FieldWriter(generator);
            for (PlanItem item : plan.items()) {
                fields.begin();
                write(fields, item);
                fields.end();
            }
        }
        out.append("\n]}\n");
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
    public static Plan read(Reader reader) throws IOException {
        List<PlanItem> items = new ArrayList<>();
        try (JsonParser parser = Json.parser(reader)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("the plan is not a JSON object");
            }
            Fields head = Fields.read(parser, "items", in -> readItems(in, items));
            return plan(head, items);
        }
    }

    private static void readItems(JsonParser parser, List<PlanItem> items) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new IOException("the plan's items are not a list");
        }
        Alike alike = new Alike();
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            items.add(item(Fields.read(parser), alike));
        }
        if (parser.currentToken() != JsonToken.END_ARRAY) {
            throw new IOException("the plan's items are cut short");
        }
    }

    /** Items as a list, as the journal and {@code run.json} have them. */
    static void write(FieldWriter out, String name, List<PlanItem> items) throws IOException {
        out.beginList(name);
        for (PlanItem item : items) {
            out.begin();
            write(out, item);
            out.end();
        }
        out.endList();
    }

    /** Reads what {@link #write(FieldWriter, String, List)} wrote; nothing where the list is absent. */
    static List<PlanItem> items(Fields fields, String name) throws IOException {
        List<PlanItem> items = new ArrayList<>();
        for (Fields item : fields.objects(name)) {
            items.add(item(item));
        }
        return items;
    }

    /** The fields of an item. */
    static void write(FieldWriter out, PlanItem item) throws IOException {
        out.put("id", item.id().value());
        if (!item.name().equals(item.id().value())) {
            out.put("name", item.name());
        }
        out.put("script", item.script())
                .texts("deps", item.deps().stream().map(ItemId::value).toList())
                .maybe("working_dir", item.workingDir())
                .texts("env", item.env())
                .maybe("setup", item.setup());
        write(out, item.resources());
        out.maybe("timeout_s", seconds(item.timeout()));
        write(out, item.retries());
        out.maybe("generates_source", item.generatesSource())
                .maybe("output", item.output())
                .maybe("error", item.error());
        write(out, item.expect());
        out.maybe("job_id", item.jobId()).texts("arguments", item.arguments());
        if (item.sbatch().isPresent()) {
            SbatchJob job = item.sbatch().get();
            out.begin("sbatch")
                    .put("name", job.name())
                    .maybe("file", job.fileName())
                    .maybe("index", job.index())
                    .end();
        }
    }

    /** Items that are alike share what is alike, or 100,000 of them would not fit into a small heap. */
    static final class Alike {
        private final Map<Object, Object> seen = new HashMap<>();
        private String script = "";

        /** @param none what most items have, which is one object already */
        <T> T of(T value, T none) {
            if (value == none) {
                return value;
            }
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

    /** Reads what {@link #write(FieldWriter, PlanItem)} wrote. */
    static PlanItem item(Fields fields) throws IOException {
        return item(fields, new Alike());
    }

    static PlanItem item(Fields fields, Alike alike) throws IOException {
        ItemId id = id(fields.text("id"));
        return new PlanItem(
                id,
                fields.optText("name").orElse(id.value()),
                alike.asBefore(fields.text("script")),
                ids(fields.texts("deps")),
                alike.of(fields.optText("working_dir"), Optional.empty()),
                alike.of(Variables.copyOf(fields.textMap("env")), Variables.NONE),
                alike.of(fields.optText("setup"), Optional.empty()),
                alike.of(resources(fields), Resources.NONE),
                alike.of(seconds(fields, "timeout_s"), Optional.empty()),
                alike.of(retries(fields), Retries.NONE),
                fields.optText("generates_source"),
                fields.optText("output"),
                fields.optText("error"),
                expect(fields),
                fields.optText("job_id"),
                alike.of(List.copyOf(fields.texts("arguments")), List.of()),
                alike.of(sbatch(fields), Optional.empty()));
    }

    private static Optional<SbatchJob> sbatch(Fields fields) throws IOException {
        Optional<Fields> found = fields.optObject("sbatch");
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Fields job = found.get();
        return Optional.of(new SbatchJob(job.text("name"), job.optText("file"), job.optInt("index")));
    }

    /** The fields of a plan without its items. */
    static void write(FieldWriter out, Plan plan) throws IOException {
        out.put("schema", SCHEMA)
                .put("name", plan.name())
                .maybe("backend", plan.backend().map(Plan.BackendName::word))
                .maybe("max_concurrent", plan.maxConcurrent())
                .maybe("max_failures", plan.maxFailures())
                .flag("exclusive", plan.exclusive())
                .maybe("topup_url", plan.credits().topupUrl())
                .put("on_exhausted", plan.credits().onExhausted().word())
                .maybe("budget_cpu_hours", plan.budgetCpuHours());
        if (plan.queue().isPresent()) {
            write(out, plan.queue().get());
        }
        out.maybe("inherited", plan.inherited());
        if (plan.source().isPresent()) {
            PlanSource source = plan.source().get();
            out.begin("source")
                    .put("file", source.file())
                    .texts("arguments", source.arguments())
                    .maybe("max_failures", source.maxFailures())
                    .maybe("name", source.choices().name())
                    .texts("set", source.choices().settings())
                    .texts("only", source.choices().only())
                    .end();
        }
        out.texts("secrets", plan.secrets());
        if (plan.notification().isPresent()) {
            out.begin("notify")
                    .put("command", plan.notification().get().command())
                    .allTexts(
                            "on",
                            plan.notification().get().on().stream()
                                    .map(Notify.End::word)
                                    .toList())
                    .end();
        }
    }

    private static Notify notify(Fields fields) throws IOException {
        Set<Notify.End> on = new LinkedHashSet<>();
        for (String word : fields.texts("on")) {
            on.add(Notify.End.ofWord(word).orElseThrow(() -> new IOException("unknown end of a run " + word)));
        }
        return new Notify(fields.text("command"), on);
    }

    private static PlanSource source(Fields fields) throws IOException {
        return new PlanSource(
                fields.text("file"),
                fields.texts("arguments"),
                fields.optInt("max_failures"),
                new RunChoices(fields.optText("name"), RunChoices.params(fields.texts("set")), fields.texts("only")));
    }

    /** A plan from what {@link #write(FieldWriter, Plan)} wrote. */
    static Plan plan(Fields head, List<PlanItem> items) throws IOException {
        String schema = head.text("schema");
        if (!schema.equals(SCHEMA)) {
            throw new IOException("the plan's schema is " + schema + "; this version reads " + SCHEMA);
        }
        Optional<Fields> queue = head.optObject("queue");
        Optional<Fields> source = head.optObject("source");
        Optional<Fields> notify = head.optObject("notify");
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
                source.isPresent() ? Optional.of(source(source.get())) : Optional.empty(),
                notify.isPresent() ? Optional.of(notify(notify.get())) : Optional.empty(),
                head.texts("secrets"));
    }

    private static void write(FieldWriter out, Resources resources) throws IOException {
        out.maybe("cpus", resources.cpus())
                .maybe("memory_bytes", resources.memoryBytes())
                .maybe("gpus", resources.gpus())
                .maybe("gres", resources.gres())
                .maybe("time_limit_s", seconds(resources.timeLimit()))
                .maybe("partition", resources.partition())
                .maybe("account", resources.account())
                .maybe("qos", resources.qos())
                .maybe("constraint", resources.constraint())
                .texts("extra", resources.extra());
    }

    /** Changes, with the names that resources have. */
    static void write(FieldWriter out, ResourceChanges changes) throws IOException {
        out.maybe("cpus", changes.cpus())
                .maybe("memory_bytes", changes.memoryBytes())
                .maybe("time_limit_s", seconds(changes.timeLimit()))
                .maybe("partition", changes.partition())
                .maybe("account", changes.account())
                .maybe("qos", changes.qos());
    }

    /** Reads what {@link #write(FieldWriter, ResourceChanges)} wrote. */
    static ResourceChanges changes(Fields fields) throws IOException {
        return ResourceChanges.of(resources(fields));
    }

    private static Resources resources(Fields fields) throws IOException {
        Resources resources = new Resources(
                fields.optInt("cpus"),
                fields.optLong("memory_bytes"),
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

    private static void write(FieldWriter out, Retries retries) throws IOException {
        if (!retries.equals(Retries.NONE)) {
            out.begin("retries")
                    .put("max", retries.max())
                    .allTexts(
                            "on",
                            retries.on().stream().sorted().map(ItemReason::word).toList())
                    .put("delay_s", retries.delay().toSeconds())
                    .maybe("memory_factor", factor(retries.growth().memory()))
                    .maybe("time_limit_factor", factor(retries.growth().timeLimit()))
                    .end();
        }
    }

    private static Retries retries(Fields fields) throws IOException {
        Optional<Fields> inner = fields.optObject("retries");
        if (inner.isEmpty()) {
            return Retries.NONE;
        }
        int max = inner.get().integer("max");
        Set<ItemReason> on = new LinkedHashSet<>();
        for (String word : inner.get().texts("on")) {
            on.add(ItemReason.ofWord(word).orElseThrow(() -> new IOException("unknown reason " + word)));
        }
        return new Retries(
                max,
                on,
                Duration.ofSeconds(inner.get().longer("delay_s")),
                new Growth(
                        inner.get().optDouble("memory_factor").orElse(1),
                        inner.get().optDouble("time_limit_factor").orElse(1)));
    }

    /** Plans of versions without factors, and plans that need none, have none. */
    private static OptionalDouble factor(double factor) {
        return factor == 1 ? OptionalDouble.empty() : OptionalDouble.of(factor);
    }

    private static void write(FieldWriter out, Expect expect) throws IOException {
        if (expect.equals(Expect.ZERO)) {
            return;
        }
        out.begin("expect")
                .numbers("exit_codes", expect.exitCodes().stream().sorted().toList());
        if (expect.metric().isPresent()) {
            Expect.Comparison metric = expect.metric().get();
            out.put("metric", metric.name())
                    .put("operator", metric.operator().symbol())
                    .put("number", metric.number());
        }
        out.end();
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

    private static void write(FieldWriter out, QueueSpec queue) throws IOException {
        out.begin("queue")
                .put("url", queue.url())
                .maybe("run", queue.run())
                .maybe("token_env", queue.tokenEnv())
                .maybe("steps", queue.steps())
                .maybe("working_dir", queue.workingDir())
                .allTexts("files", queue.files())
                .maybe("command", queue.command())
                .maybe("timeout_s", seconds(queue.timeout()))
                .maybe("metric", queue.metric());
        if (queue.maximize().isPresent()) {
            out.put("maximize", queue.maximize().get().booleanValue());
        }
        out.maybe("topup_url", queue.topupUrl())
                .put("poll_ms", queue.poll().toMillis())
                .put("auto_resume", queue.autoResume())
                .begin("step");
        write(out, queue.step());
        out.end()
                .maybe("save_logs", queue.asked().saveLogs())
                .flag("apply_best", queue.asked().applyBest())
                .maybe("require_credits", queue.asked().requireCredits())
                .end();
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

    private static OptionalLong seconds(Optional<Duration> duration) {
        return duration.isPresent() ? OptionalLong.of(duration.get().toSeconds()) : OptionalLong.empty();
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
        if (values.isEmpty()) {
            return List.of();
        }
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
