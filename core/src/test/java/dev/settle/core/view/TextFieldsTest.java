package dev.settle.core.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.environment.RawText;
import dev.settle.core.journal.PlanCodec;
import dev.settle.core.json.Json;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Notify;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.Resources;
import dev.settle.core.run.StopReason;
import dev.settle.core.run.TestRun;
import dev.settle.core.text.ShellText;
import dev.settle.core.view.document.GitHubReport;
import dev.settle.core.view.document.GitLabReport;
import dev.settle.core.view.document.ItemsCsv;
import dev.settle.core.view.document.JUnitReport;
import dev.settle.core.view.document.RunDocument;
import dev.settle.core.view.html.HtmlReport;
import java.io.StringReader;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** Each field of a plan that holds text, one after the other, with a text that breaks whatever does not escape it. */
final class TextFieldsTest {
    private static final String EVIL = "<b>'\"&]]>\u001B[31m\u0007\u202E\u0085\u2028\\ $(x) `y` ;#\r\n::error::z##[w]";

    /** As many fields as there were when this was written; a scan that finds fewer has missed some. */
    private static final int FIELDS_AT_LEAST = 17;

    private static final String RAW = "[\\p{Cntrl}&&[^\\n]]|[\\u0080-\\u009F\\u2028-\\u202E]";

    /** A record once for each of its components that is text, with the evil one in it. */
    private static <T extends Record> List<T> variants(T record) throws ReflectiveOperationException {
        RecordComponent[] components = record.getClass().getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        List<T> variants = new ArrayList<>();
        for (int i = 0; i < components.length; i++) {
            @Nullable
            Object evil =
                    switch (components[i].getGenericType().getTypeName()) {
                        case "java.lang.String" -> EVIL;
                        case "java.util.Optional<java.lang.String>" -> Optional.of(EVIL);
                        case "java.util.List<java.lang.String>" -> List.of("plain", EVIL);
                        case "java.util.Map<java.lang.String, java.lang.String>" -> Map.of("A", EVIL);
                        default -> null;
                    };
            if (evil == null) {
                continue;
            }
            Object[] values = new Object[components.length];
            for (int j = 0; j < values.length; j++) {
                values[j] = j == i ? evil : components[j].getAccessor().invoke(record);
            }
            try {
                @SuppressWarnings("unchecked")
                T variant = (T) record.getClass().getDeclaredConstructor(types).newInstance(values);
                variants.add(variant);
            } catch (InvocationTargetException refused) {
                assertThat(refused).hasCauseInstanceOf(IllegalArgumentException.class);
            }
        }
        return variants;
    }

    private static <T extends Record> T with(T record, String name, Object value) throws ReflectiveOperationException {
        RecordComponent[] components = record.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = components[i].getName().equals(name)
                    ? value
                    : components[i].getAccessor().invoke(record);
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        @SuppressWarnings("unchecked")
        T changed = (T) record.getClass().getDeclaredConstructor(types).newInstance(values);
        return changed;
    }

    private static List<Plan> plans() throws ReflectiveOperationException {
        PlanItem item = TestRun.items("one").get(0);
        List<PlanItem> items = new ArrayList<>(variants(item));
        for (Resources resources : variants(Resources.NONE)) {
            items.add(with(item, "resources", resources));
        }
        Plan plan = TestRun.plan("nightly", List.of(item));
        List<Plan> plans = new ArrayList<>(variants(plan));
        for (PlanItem each : items) {
            plans.add(with(plan, "items", List.of(each)));
        }
        plans.add(with(plan, "notification", Optional.of(Notify.always(EVIL))));
        return plans;
    }

    @Test
    void planIsTheSameAfterItWasWrittenAndRead() throws Exception {
        List<Plan> plans = plans();
        assertThat(plans).hasSizeGreaterThanOrEqualTo(FIELDS_AT_LEAST);
        for (Plan plan : plans) {
            String json = RawText.inJson(PlanCodec.toJson(plan));
            assertThat(json).doesNotContainPattern("[\\p{Cntrl}&&[^\\n]]");
            assertThat(PlanCodec.fromJson(json)).isEqualTo(plan);
        }
    }

    @Test
    void whatIsShownOfARunIsWellFormedAndActsOnNothing() throws Exception {
        for (Plan plan : plans()) {
            TestRun run = TestRun.of(plan);
            run.settle("one", run.failed(ItemReason.NODE_FAILURE, EVIL, EVIL)).end(StopReason.ITEMS_FAILED);
            RunView view = Samples.view(run);
            OutputTail tail = item -> List.of(EVIL);
            StringWriter xml = new StringWriter();
            JUnitReport.write(view, tail, xml);
            assertThat(xml.toString()).doesNotContainPattern("[\\u0080-\\u009F\\u202A-\\u202E]");
            DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(xml.toString())));
            checkPage(view, tail);
            checkTable(view);
            StringWriter json = new StringWriter();
            RunDocument.write(view, json, Json.Layout.INDENTED);
            Json.parseObject(json.toString());
            for (Line line : StatusText.of(view, ZoneOffset.UTC, StatusText.ANY_WIDTH, 10)) {
                assertThat(line.plain()).doesNotContainPattern(RAW).doesNotContain("\n");
            }
            for (Line line : VerdictLines.stopBlock(view, ZoneOffset.UTC)) {
                assertThat(line.plain()).doesNotContainPattern(RAW).doesNotContain("\n");
            }
            assertThat(GitHubReport.annotations(view))
                    .allMatch(line -> line.startsWith("::error title="))
                    .noneMatch(line -> line.contains("\n") || line.contains("\r") || line.contains("##["));
            assertThat(GitLabReport.sections(view, tail, Instant.EPOCH).get(1))
                    .startsWith("| ")
                    .doesNotContainPattern(RAW);
        }
    }

    /** A page in which the text opened an element, or ended one, would not be well-formed: the text closes nothing that it opens. */
    private static void checkPage(RunView view, OutputTail tail) throws Exception {
        StringWriter page = new StringWriter();
        HtmlReport.write(view, tail, page);
        assertThat(page.toString())
                .doesNotContain("<b>'")
                .doesNotContainPattern("[\\p{Cntrl}&&[^\\n\\r\\t]]|[\\u202A-\\u202E]");
        Document parsed = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(
                        page.toString().replaceFirst("(?i)<!doctype html>", "").strip())));
        assertThat(parsed.getElementsByTagName("script").getLength()).isEqualTo(1);
    }

    /** One row for the names of the columns and one for the item, each with as many cells. */
    private static void checkTable(RunView view) throws Exception {
        StringWriter table = new StringWriter();
        ItemsCsv.write(view, table);
        assertThat(table.toString()).doesNotContainPattern(RAW);
        List<String> rows = table.toString().lines().toList();
        assertThat(rows).hasSize(2);
        assertThat(cells(rows.get(1))).isEqualTo(cells(rows.get(0)));
    }

    /** How many cells a row has, by RFC 4180. */
    private static int cells(String row) {
        boolean quoted = false;
        int cells = 1;
        for (int i = 0; i < row.length(); i++) {
            quoted ^= row.charAt(i) == '"';
            cells += row.charAt(i) == ',' && !quoted ? 1 : 0;
        }
        assertThat(quoted).as(row).isFalse();
        return cells;
    }

    @Test
    void shellReadsAQuotedTextAsItIs() throws Exception {
        List<String> texts = List.of(EVIL, "a=" + EVIL, "-n", "", "~", "*", "{a,b}", "!!", "'", "\\", "a\nb\n", "#x");
        Process shell = new ProcessBuilder(
                        "/bin/sh", "-c", "set -- " + ShellText.join(texts) + "\nprintf '%s\\0' \"$@\"")
                .redirectErrorStream(true)
                .start();
        shell.getOutputStream().close();
        String read = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(read).isEqualTo(String.join("\0", texts) + "\0");
    }
}
