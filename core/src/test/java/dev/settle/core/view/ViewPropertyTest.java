package dev.settle.core.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.run.TestRun;
import dev.settle.core.run.Transitions;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.scheduler.Usage;
import dev.settle.core.scheduler.WaitReason;
import dev.settle.core.view.document.EventStream;
import dev.settle.core.view.document.JUnitReport;
import dev.settle.core.view.document.RunDocument;
import dev.settle.core.view.explain.ExplainDocument;
import dev.settle.core.view.explain.ExplainText;
import dev.settle.core.view.explain.Explanation;
import dev.settle.core.view.explain.RuleText;
import dev.settle.core.view.html.HtmlReport;
import dev.settle.core.view.screen.LiveScreen;
import dev.settle.core.view.screen.Page;
import dev.settle.core.view.screen.ScreenState;
import dev.settle.core.view.screen.Window;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

/** Whatever legal events say, in whatever order and words: every view of it can be shown. */
final class ViewPropertyTest {
    private static final int RUNS = 200;
    private static final int STEPS_MAX = 120;

    private static final List<String> WORDS = List.of(
            "",
            " ",
            "left the queue",
            "\u001B[31mred\u001B[0m \u001B]0;title\u0007",
            "<b>&amp;</b> ]]> \"quoted\" 'too'",
            "two\nlines\r\nand a\ttab",
            "\u0000\u009B\u202E\uD83D\uFFFE",
            "日本語 🚀 e\u0301",
            "x".repeat(500),
            "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)");

    private final OutputTail tail = item -> WORDS;

    @Test
    void everyLegalHistoryCanBeShown() throws Exception {
        for (int seed = 0; seed < RUNS; seed++) {
            try {
                walk(new Random(seed));
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private void walk(Random random) throws Exception {
        String[] ids = new String[1 + random.nextInt(8)];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = i % 2 == 0 ? "case-" + i : "train[lr=0." + i + "]";
        }
        TestRun run = TestRun.unopened(ids);
        StringWriter events = new StringWriter();
        EventStream stream = new EventStream(events);
        PlainLog log = new PlainLog(ZoneOffset.UTC, tail);
        List<Line> lines = new ArrayList<>();
        run.listen(Samples.viewing((entry, view) -> {
            try {
                stream.entry(entry, view);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            lines.addAll(log.entry(entry, view));
        }));
        run.open("slurm", random.nextBoolean());
        int steps = random.nextInt(STEPS_MAX);
        for (int i = 0; i < steps; i++) {
            if (random.nextInt(6) == 0) {
                run.event(runEvent(random, run));
            } else {
                itemEvent(random, run, ids[random.nextInt(ids.length)]).ifPresent(run::event);
            }
            if (i % 10 == 0) {
                look(random.nextBoolean() ? Samples.view(run) : Samples.stalled(run), random);
            }
        }
        if (random.nextBoolean()) {
            run.end(stop(random, run));
        }
        RunView view = Samples.view(run);
        look(view, random);
        lines.addAll(log.verdict(view));
        checkLines(lines, StatusText.ANY_WIDTH);
        stream.result(run.now(), view);
        checkEvents(events.toString());
        checkExplanation(run, ids);
        checkReports(view);
    }

    private void look(RunView view, Random random) throws IOException {
        Fields document = Json.parseObject(RunDocument.text(view, Json.Layout.ONE_LINE));
        assertThat(document.text("headline")).isEqualTo(view.headline());
        assertThat(document.has("exit_status")).isEqualTo(view.isEnded());
        if (view.isStalled()) {
            assertThat(document.text("state")).isEqualTo("stalled");
        }
        long sum = 0;
        for (ItemState state : ItemState.values()) {
            sum += document.object("counts").longer(state.word());
        }
        assertThat(sum).isEqualTo(view.items().size());
        int columns = 1 + random.nextInt(120);
        int rows = random.nextInt(40);
        checkLines(
                StatusText.of(view, ZoneOffset.UTC, columns, 1 + random.nextInt(5)), Math.max(columns, widest(view)));
        LiveScreen screen = new LiveScreen(ZoneOffset.UTC, tail);
        List<Line> live = screen.draw(view, new Window(columns, rows), ScreenState.START, Page.NONE);
        checkLines(live, columns);
        assertThat(live).hasSizeLessThanOrEqualTo(rows);
        checkLines(screen.summary(view, columns), StatusText.ANY_WIDTH);
        checkLines(
                ListText.of(new RunList(List.of(RunSummary.of(view)), List.of()), ZoneOffset.UTC, columns, 5), columns);
    }

    /** What is never cut: ids, and commands to copy. */
    private static int widest(RunView view) {
        int widest = "settle resume k3v9q2m7 --cpu-hours H".length();
        for (Item item : view.items()) {
            widest = Math.max(widest, Text.width(Text.clean(item.id().value())));
        }
        return widest;
    }

    private static void checkLines(List<Line> lines, int columns) throws IOException {
        for (Line line : lines) {
            assertThat(line.width()).isLessThanOrEqualTo(columns);
            StringBuilder plain = new StringBuilder();
            line.appendTo(plain, Line.Ink.PLAIN);
            assertThat(plain.chars()).noneMatch(character -> Character.isISOControl(character) || character == 0x202E);
        }
    }

    private static void checkEvents(String text) throws IOException {
        Map<String, String> states = new HashMap<>();
        long seq = 0;
        String last = "";
        for (String line : text.split("\n")) {
            Fields event = Json.parseObject(line);
            last = event.text("event");
            // A run that went on after its end has a gap where its result was.
            assertThat(event.longer("seq")).isBetween(last.equals("result") ? seq : seq + 1, seq + 2);
            seq = event.longer("seq");
            assertThat(event.has("at")).isTrue();
            if (last.equals("item")) {
                assertThat(event.text("from")).isEqualTo(states.getOrDefault(event.text("id"), "pending"));
                states.put(event.text("id"), event.text("state"));
            } else if (last.equals("result")) {
                for (Fields item : event.object("run").objects("items")) {
                    assertThat(item.text("state")).isEqualTo(states.getOrDefault(item.text("id"), "pending"));
                }
            }
        }
        assertThat(last).isEqualTo("result");
    }

    private static void checkExplanation(TestRun run, String[] ids) throws IOException {
        RunView view = Samples.view(run);
        Explanation explanation = Samples.explain(run, ids);
        checkLines(ExplainText.of(view, explanation, RuleText.NONE, ZoneOffset.UTC, 100), 100);
        StringWriter out = new StringWriter();
        ExplainDocument.write(view, explanation, RuleText.NONE, out, Json.Layout.ONE_LINE);
        long steps = 0;
        for (Fields item : Json.parseObject(out.toString()).objects("items")) {
            for (Fields attempt : item.objects("attempts")) {
                steps += attempt.objects("history").size();
            }
        }
        assertThat(steps)
                .isEqualTo(run.entries().stream()
                        .filter(entry -> entry.event().kind() == RunEvent.Kind.ITEM)
                        .count());
    }

    private void checkReports(RunView view) throws Exception {
        StringBuilder html = new StringBuilder();
        HtmlReport.write(view, tail, html);
        StringWriter junit = new StringWriter();
        JUnitReport.write(view, tail, junit);
        for (String xml : List.of(html.toString(), junit.toString())) {
            DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
        }
    }

    private static Optional<ItemEvent> itemEvent(Random random, TestRun run, String name) {
        ItemEvent.Kind kind = any(random, ItemEvent.Kind.values());
        Item item = run.item(name);
        boolean needsJob = kind == ItemEvent.Kind.OBSERVED || kind == ItemEvent.Kind.REQUEUED;
        boolean ofEnd = kind == ItemEvent.Kind.CORRECTED
                || (kind == ItemEvent.Kind.RETRIED && item.state().isEnd());
        boolean confirmed = ofEnd && !item.isUnconfirmed();
        if (!Transitions.isLegal(item.state(), kind)
                || confirmed
                || (needsJob && item.attempt().jobId().isEmpty())) {
            return Optional.empty();
        }
        ItemId id = item.id();
        int next = item.attempt().number() + 1;
        String text = word(random);
        return Optional.of(
                switch (kind) {
                    case INTENDED -> new ItemEvent.Intended(id, item.attempt().number(), SubmitToken.random(random));
                    case SUBMITTED -> new ItemEvent.Submitted(id, new JobId(String.valueOf(random.nextInt(9_999))));
                    case REFUSED -> new ItemEvent.Refused(id, text);
                    case UNCLEAR -> new ItemEvent.Unclear(id, text);
                    case OBSERVED -> new ItemEvent.Observed(id, observation(random, run, item));
                    case QUEUED -> new ItemEvent.Queued(id, why(random));
                    case STARTED -> new ItemEvent.Started(id, run.now(), maybe(random, text));
                    case LEFT -> new ItemEvent.Left(id, text);
                    case REQUEUED -> new ItemEvent.Requeued(id, next, why(random), Optional.empty());
                    case RETRIED ->
                        new ItemEvent.Retried(
                                id, outcome(random, run), next, run.now().plusSeconds(9));
                    case SETTLED -> new ItemEvent.Settled(id, outcome(random, run));
                    case CORRECTED -> new ItemEvent.Corrected(id, outcome(random, run));
                    case DEP_FAILED -> new ItemEvent.DepFailed(id, new ItemId("case-0"));
                    case NOT_STARTED -> new ItemEvent.NotStarted(id, Optional.empty(), text);
                    case REOPENED -> new ItemEvent.Reopened(id);
                    case WITHDRAWN -> new ItemEvent.Withdrawn(id, Optional.of(any(random, ItemReason.values())), text);
                    case WITHDRAW_ASKED -> new ItemEvent.WithdrawAsked(id, Optional.empty(), text);
                    case CANCEL_ASKED -> new ItemEvent.CancelAsked(id, text);
                    case MEASURED -> new ItemEvent.Measured(id, usage(random));
                    case METRICS_READ ->
                        new ItemEvent.MetricsRead(id, Map.of(text, random.nextGaussian(), "nan", Double.NaN));
                });
    }

    private static RunEvent runEvent(Random random, TestRun run) {
        String text = word(random);
        return switch (random.nextInt(11)) {
            case 0 -> new RunEvent.Driven("login2", 99, "boot", 2 + random.nextInt(5));
            case 1 -> new RunEvent.Released(text);
            case 2 -> new RunEvent.Silent(any(random, Source.values()), text);
            case 3 -> new RunEvent.Answered(any(random, Source.values()));
            case 4 -> new RunEvent.AccountingOff(text);
            case 5 -> new RunEvent.CreditAwaited(stop(random, run));
            case 6 -> new RunEvent.CreditBack();
            case 7 -> new RunEvent.CancelAsked(text);
            case 8 -> new RunEvent.Stopping(stop(random, run));
            case 9 -> new RunEvent.Ended(stop(random, run));
            default -> new RunEvent.Resumed(text, run.now());
        };
    }

    private static Stop stop(Random random, TestRun run) {
        List<Stop.Evidence> evidence = new ArrayList<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            evidence.add(new Stop.Evidence("squeue", run.now(), word(random)));
        }
        return new Stop(
                any(random, StopReason.values()),
                maybe(random, word(random)),
                maybe(random, "https://example.org/?a=1&b=\"2\""),
                run.now(),
                evidence);
    }

    private static JobObservation observation(Random random, TestRun run, Item item) {
        JobState said =
                new JobState(word(random), any(random, JobState.Phase.values()), any(random, ItemReason.values()));
        return JobObservation.of(
                        any(random, Source.values()),
                        run.now(),
                        item.attempt().jobId().orElseThrow(),
                        said)
                .exitCode(random.nextInt(200))
                .signal(maybe(random, random.nextInt(70)))
                .waitReason(why(random))
                .cancelledBy(maybe(random, word(random)))
                .timeLimit(maybe(random, Duration.ofMinutes(random.nextInt(3_000))))
                .note(maybe(random, word(random)))
                .build();
    }

    private static Outcome outcome(Random random, TestRun run) {
        boolean good = random.nextBoolean();
        ConfirmedBy by = any(random, ConfirmedBy.values());
        return new Outcome(
                good ? ItemState.COMPLETED : random.nextBoolean() ? ItemState.FAILED : ItemState.CANCELLED,
                good ? ItemReason.OK : any(random, ItemReason.values()),
                maybe(random, random.nextInt(256)),
                maybe(random, random.nextInt(130)),
                by,
                maybe(random, word(random)),
                maybe(random, word(random)),
                maybe(random, run.now()),
                maybe(random, run.now().minusSeconds(random.nextInt(50))),
                maybe(random, word(random)),
                usage(random),
                "some_rule");
    }

    private static Usage usage(Random random) {
        return new Usage(
                random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextInt(100_000)),
                random.nextBoolean() ? OptionalDouble.empty() : OptionalDouble.of(random.nextDouble() * 1e6),
                random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextLong() >>> 1),
                random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(random.nextInt(64)));
    }

    private static Optional<WaitReason> why(Random random) {
        return maybe(random, new WaitReason(word(random), any(random, WaitReason.Kind.values())));
    }

    private static String word(Random random) {
        return WORDS.get(random.nextInt(WORDS.size()));
    }

    private static OptionalInt maybe(Random random, int value) {
        return random.nextBoolean() ? OptionalInt.of(value) : OptionalInt.empty();
    }

    private static <T> Optional<T> maybe(Random random, T value) {
        return random.nextBoolean() ? Optional.of(value) : Optional.empty();
    }

    private static <T> T any(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }
}
