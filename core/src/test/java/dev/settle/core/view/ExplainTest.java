package dev.settle.core.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.StopReason;
import dev.settle.core.run.TestRun;
import dev.settle.core.view.explain.ExplainDocument;
import dev.settle.core.view.explain.ExplainText;
import dev.settle.core.view.explain.Explanation;
import dev.settle.core.view.explain.RuleText;
import dev.settle.testdata.Golden;
import java.io.IOException;
import java.io.StringWriter;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ExplainTest {
    private static final RuleText RULES = word -> word.equals("accounting decides") ? "accounting has the end" : "";

    @Test
    void historyOfAnItemIsAsPublished() {
        Golden.check("view/explain-item.txt", text(Samples.evidence(), "train[lr=0.1]"));
    }

    @Test
    void runWithoutAnItemIsAsPublished() {
        Golden.check("view/explain-run.txt", text(Samples.evidence()));
    }

    @Test
    void documentIsAsPublished() throws IOException {
        Golden.check("view/explain-item.json", json(Samples.evidence(), "train[lr=0.1]"));
    }

    @Test
    void everyObservationIsInTheAttemptThatItWasOf() throws IOException {
        Fields item = Json.parseObject(json(Samples.evidence(), "train[lr=0.1]"))
                .objects("items")
                .get(0);
        List<Fields> attempts = item.objects("attempts");
        assertThat(sources(attempts.get(0))).containsExactly("squeue", "squeue");
        assertThat(sources(attempts.get(1))).containsExactly("exit_record", "sacct");
        assertThat(item.object("rule").text("sentence")).isEqualTo("accounting has the end");
    }

    @Test
    void everyKindOfRunCanBeExplained() throws IOException {
        for (TestRun run : Samples.all().values()) {
            String[] all =
                    run.state().items().stream().map(item -> item.id().value()).toArray(String[]::new);
            assertThat(text(run, all)).contains(all[0]);
            assertThat(Json.parseObject(json(run, all)).objects("items")).hasSize(all.length);
            Fields ofRun = Json.parseObject(json(run));
            assertThat(ofRun.objects("verdicts")).isNotEmpty();
            assertThat(text(run)).contains(Samples.view(run).headline());
        }
    }

    @Test
    void endlessHistoryIsBounded() {
        TestRun run = TestRun.of("a").submit("a");
        for (int i = 0; i < Explanation.STEPS_MAX; i++) {
            run.queue("a", "Priority" + i);
        }
        assertThat(text(run, "a")).endsWith("and 2 more\n").hasLineCount(Explanation.STEPS_MAX + 5);
    }

    @Test
    void runOfManyItemsIsExplainedByKindsWithAnExampleEach() throws IOException {
        String[] ids = new String[2_000];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = "case-" + i;
        }
        TestRun run = TestRun.of(ids);
        for (int i = 0; i < ids.length; i++) {
            if (i % 4 == 0) {
                run.fail(ids[i], 1 + i % 80);
            } else {
                run.complete(ids[i]);
            }
        }
        run.end(StopReason.ITEMS_FAILED);
        assertThat(text(run))
                .contains("  375  failed     other reasons", " 1500  completed", "  case-1\n")
                .satisfies(text -> assertThat(text.lines().count()).isLessThan(200));
        List<Fields> kinds = Json.parseObject(json(run)).objects("verdicts");
        assertThat(kinds.stream().mapToInt(kind -> (int) longer(kind, "count")).sum())
                .isEqualTo(ids.length);
        assertThat(Json.parseObject(json(run)).objects("items")).hasSize(7);
    }

    private static long longer(Fields fields, String name) {
        try {
            return fields.longer(name);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void refusalsAndCancellationsAreTold() {
        TestRun run = TestRun.of("a");
        run.submit("a").event(new ItemEvent.CancelAsked(new ItemId("a"), "ada"));
        assertThat(text(run, "a")).contains("cancel requested  by ada");
    }

    private static List<String> sources(Fields attempt) throws IOException {
        List<String> sources = new java.util.ArrayList<>();
        for (Fields step : attempt.objects("history")) {
            if (step.has("sighting")) {
                sources.add(step.object("sighting").text("source"));
            }
        }
        return sources;
    }

    private static String text(TestRun run, String... ids) {
        return StatusTextTest.plain(ExplainText.of(
                Samples.view(run), Samples.explain(run, ids), RULES, ZoneOffset.UTC, StatusText.ANY_WIDTH));
    }

    private static String json(TestRun run, String... ids) throws IOException {
        StringWriter out = new StringWriter();
        ExplainDocument.write(Samples.view(run), Samples.explain(run, ids), RULES, out, Json.Layout.INDENTED);
        return out.toString();
    }
}
