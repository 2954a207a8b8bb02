package dev.settle.core.view.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Entry;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.TestRun;
import dev.settle.core.scheduler.Source;
import dev.settle.core.view.RunView;
import dev.settle.core.view.Samples;
import dev.settle.testdata.Golden;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class EventStreamTest {
    @TestFactory
    Stream<DynamicTest> linesOfEachRunAreAsPublished() {
        return Samples.all().entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(
                        each.getKey(),
                        () -> Golden.check("view/events-" + each.getKey() + ".ndjson", replay(each.getValue()))));
    }

    @Test
    void everyLineHasEventSequenceAndTime() throws IOException {
        for (TestRun run : Samples.all().values()) {
            long expected = 1;
            for (Fields line : lines(replay(run))) {
                assertThat(line.text("event")).isNotEmpty();
                // The result of a run that goes on is nothing that happened to it.
                boolean passing = line.text("event").equals("result")
                        && run.state().ended().isEmpty();
                assertThat(line.longer("seq")).isEqualTo(passing ? expected - 1 : expected++);
                assertThat(line.instant("at")).isNotNull();
            }
        }
    }

    @Test
    void resultIsLastAndCarriesTheRunDocument() throws IOException {
        TestRun run = Samples.failed();
        List<Fields> lines = lines(replay(run));
        Fields last = lines.get(lines.size() - 1);
        assertThat(last.text("event")).isEqualTo("result");
        assertThat(last.object("run").asMap())
                .isEqualTo(Json.parseObject(RunDocument.text(Samples.view(run), Json.Layout.ONE_LINE))
                        .asMap());
    }

    @Test
    void itemLinesChainFromStateToState() throws IOException {
        for (TestRun run : Samples.all().values()) {
            Map<String, String> states = new java.util.HashMap<>();
            for (Fields line : lines(replay(run))) {
                if (line.text("event").equals("item")) {
                    String before = states.getOrDefault(line.text("id"), "pending");
                    assertThat(line.text("from")).isEqualTo(before);
                    states.put(line.text("id"), line.text("state"));
                }
            }
        }
    }

    @Test
    void stopIsToldOnceWhenTheEndSaysTheSame() throws IOException {
        assertThat(lines(replay(Samples.outOfCredits())).stream()
                        .filter(line -> textOf(line, "event").equals("stop")))
                .hasSize(1);
    }

    @Test
    void observationsAndTokensAreNoChanges() throws IOException {
        TestRun run = TestRun.of("a").submit("a");
        long before = lines(replay(run)).size();
        run.event(new ItemEvent.CancelAsked(new ItemId("a"), "ada"));
        assertThat(lines(replay(run))).hasSize((int) before);
    }

    @Test
    void streamThatBeginsInTheMiddleKnowsWhereItemsCameFrom() throws IOException {
        TestRun run = TestRun.of("a").start("a");
        StringWriter out = new StringWriter();
        EventStream stream = new EventStream(out, run.state());
        run.listen(Samples.viewing((entry, view) -> tell(stream, entry, view))).leave("a");
        List<Fields> told = lines(out.toString());
        assertThat(told).hasSize(2);
        assertThat(told.get(0).text("event")).isEqualTo("opened");
        assertThat(told.get(1).text("from")).isEqualTo("running");
    }

    @Test
    void streamOfARunThatEndedLongAgoIsItsOpeningAndItsResult() throws IOException {
        TestRun run = Samples.completed();
        StringWriter out = new StringWriter();
        new EventStream(out, run.state()).result(run.now(), Samples.view(run));
        assertThat(lines(out.toString()))
                .extracting(line -> textOf(line, "event"))
                .containsExactly("opened", "result");
    }

    @Test
    void heartbeatSaysWhatTheRunIsDoing() throws IOException {
        StringWriter out = new StringWriter();
        TestRun run = Samples.running();
        new EventStream(out).heartbeat(run.now(), Samples.view(run));
        Fields line = lines(out.toString()).get(1);
        assertThat(line.text("event")).isEqualTo("heartbeat");
        assertThat(line.text("state")).isEqualTo("running");
        assertThat(line.object("counts").longer("total")).isEqualTo(6);
    }

    @Test
    void freshnessIsToldWhenItChanges() throws IOException {
        TestRun run = Samples.running();
        run.event(new RunEvent.Answered(Source.SACCT));
        List<Fields> polls = lines(replay(run)).stream()
                .filter(line -> textOf(line, "event").equals("poll"))
                .toList();
        assertThat(polls).extracting(line -> textOf(line, "state")).containsExactly("silent", "answered");
        assertThat(polls).extracting(line -> textOf(line, "source")).containsOnly("sacct");
    }

    @Test
    void queryThatIsHeldBackSaysUntilWhen() throws IOException {
        TestRun run = Samples.running();
        run.event(new RunEvent.HeldBack(Source.SQUEUE, run.now().plusSeconds(15), "60 commands in 5 min"));
        run.event(new RunEvent.Answered(Source.SQUEUE));
        List<Fields> polls = lines(replay(run)).stream()
                .filter(line -> textOf(line, "event").equals("poll"))
                .toList();
        assertThat(polls).extracting(line -> textOf(line, "state")).containsExactly("silent", "held_back", "answered");
        assertThat(polls.get(1).text("source")).isEqualTo("squeue");
        assertThat(polls.get(1).instant("until")).isAfter(polls.get(1).instant("at"));
        assertThat(polls.get(1).text("text")).isEqualTo("60 commands in 5 min");
    }

    @Test
    void streamGoesOnAfterAnyOfItsLines() throws IOException {
        for (TestRun run : Samples.all().values()) {
            List<String> whole = List.of(replay(run).split("\n"));
            long last = Json.parseObject(whole.get(whole.size() - 1)).longer("seq");
            for (long after = 1; after < last; after++) {
                long known = after;
                List<String> rest = whole.stream()
                        .filter(line -> isAfter(line, known) || line.startsWith("{\"event\":\"result\""))
                        .toList();
                assertThat(List.of(replay(run, after).split("\n"))).isEqualTo(rest);
            }
        }
    }

    @Test
    void whatOneStreamSaysOfTheMomentMovesNoNumberOfAnother() throws IOException {
        TestRun run = TestRun.of("a").start("a");
        StringWriter out = new StringWriter();
        EventStream stream = new EventStream(out);
        RunState state = new RunState(run.state().plan());
        for (Entry entry : run.entries()) {
            state.apply(entry);
            Samples.viewing((each, view) -> tell(stream, each, view)).accept(entry, state);
        }
        stream.heartbeat(run.now(), Samples.view(run));
        stream.heartbeat(run.now(), Samples.view(run));
        stream.result(run.now(), Samples.view(run));
        List<Fields> lines = lines(out.toString());
        long newest = lines.get(lines.size() - 4).longer("seq");
        assertThat(lines.subList(lines.size() - 3, lines.size()))
                .extracting(line -> line.longer("seq"))
                .containsOnly(newest);
        run.leave("a");
        String rest = replay(run, newest);
        assertThat(lines(rest).get(0).longer("seq")).isEqualTo(newest + 1);
        assertThat(lines(rest).get(0).text("state")).isEqualTo("settling");
    }

    @Test
    void runThatGoesOnAfterItsEndLosesNoLineToTheResult() throws IOException {
        TestRun run = Samples.failed();
        List<Fields> first = lines(replay(run));
        long result = first.get(first.size() - 1).longer("seq");
        run.event(new RunEvent.Resumed("ada", run.now()));
        assertThat(lines(replay(run, result)).get(0).text("event")).isEqualTo("resumed");
    }

    @Test
    void sourceThatIsFoundSilentAgainIsNoChange() throws IOException {
        TestRun run = Samples.running();
        run.event(new RunEvent.Driven("login2", 7, "boot", 9));
        run.event(new RunEvent.Silent(dev.settle.core.scheduler.Source.SACCT, "it hangs"));
        List<Fields> polls = lines(replay(run)).stream()
                .filter(line -> textOf(line, "event").equals("poll"))
                .toList();
        assertThat(polls).extracting(line -> textOf(line, "state")).containsExactly("silent");
    }

    private static boolean isAfter(String line, long seq) {
        try {
            return Json.parseObject(line).longer("seq") > seq;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Folds the run's entries anew and tells each. */
    static String replay(TestRun run) {
        return replay(run, 0);
    }

    private static String replay(TestRun run, long after) {
        StringWriter out = new StringWriter();
        EventStream stream = new EventStream(out, after);
        RunState state = new RunState(run.state().plan());
        for (Entry entry : run.entries()) {
            state.apply(entry);
            Samples.viewing((each, view) -> tell(stream, each, view)).accept(entry, state);
        }
        try {
            stream.result(run.now(), Samples.view(run));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    private static void tell(EventStream stream, Entry entry, RunView view) {
        try {
            stream.entry(entry, view);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Fields> lines(String text) throws IOException {
        List<Fields> lines = new ArrayList<>();
        for (String line : text.split("\n")) {
            lines.add(Json.parseObject(line));
        }
        return lines;
    }

    private static String textOf(Fields line, String name) {
        try {
            return line.text(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
