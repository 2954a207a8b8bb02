package dev.settle.core.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.run.Entry;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.TestRun;
import dev.settle.core.scheduler.Source;
import dev.settle.testdata.Golden;
import java.io.IOException;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class PlainLogTest {
    private static final OutputTail TAIL =
            item -> List.of("\u001B[31mtrace\u001B[0m of " + item.id(), "last words of " + item.id());

    @TestFactory
    Stream<DynamicTest> logOfEachRunIsAsPublished() {
        return Samples.all().entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(
                        each.getKey(),
                        () -> Golden.check("view/log-" + each.getKey() + ".txt", replay(each.getValue()))));
    }

    @Test
    void firstLineOfTheVerdictIsTheHeadlineOfTheDocument() throws IOException {
        for (TestRun run : Samples.all().values()) {
            RunView view = Samples.view(run);
            assertThat(VerdictLines.of(view, OutputTail.NONE).get(0).plain()).isEqualTo(view.headline());
        }
    }

    @Test
    void failedRunNamesItsFailuresByReasonMostFrequentFirst() {
        assertThat(Samples.view(Samples.failed()).headline())
                .isEqualTo("Run failed: 5 of 7 items failed: 2 out of memory, 1 cancelled by somebody else,"
                        + " 1 exit code 3, 1 signal 11 (SIGSEGV).");
    }

    @Test
    void caseThatMissedItsExpectationIsNotToldAsExitCodeZero() {
        TestRun run = TestRun.of("case-a");
        run.fail("case-a", 0).end(dev.settle.core.run.StopReason.ITEMS_FAILED);
        assertThat(Samples.view(run).headline()).isEqualTo("Run failed: 1 of 1 items failed: 1 not as expected.");
    }

    @Test
    void manyFailuresAreBounded() {
        String[] ids = new String[300];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = "case-" + i;
        }
        TestRun run = TestRun.of(ids);
        for (int i = 0; i < ids.length; i++) {
            run.fail(ids[i], 1 + i % 9);
        }
        run.end(dev.settle.core.run.StopReason.ITEMS_FAILED);
        List<Line> lines = VerdictLines.of(Samples.view(run), TAIL);
        assertThat(lines).hasSizeLessThan(60);
        assertThat(lines.get(0).plain()).endsWith(", 33 with other exit codes.");
        assertThat(lines.stream().map(Line::plain)).contains("  and 290 more: settle status k3v9q2m7");
    }

    @Test
    void noEscapeCodeReachesAPlainReader() {
        for (TestRun run : Samples.all().values()) {
            assertThat(replay(run)).doesNotContain("\u001B");
        }
    }

    @Test
    void escapeCodesOfJobsDoNotReachATerminalEither() throws IOException {
        StringBuilder out = new StringBuilder();
        Line.of(Style.BAD, "evil \u001B]0;title\u0007 \u202Etxt.exe").appendTo(out, Line.Ink.ANSI);
        assertThat(out).hasToString("\u001B[1;31mevil \\u001b]0;title\\u0007 \\u202etxt.exe\u001B[0m");
    }

    @Test
    void queryThatWasHeldBackIsAnsweredWithoutAWord() {
        TestRun run = TestRun.of("a");
        run.event(new RunEvent.HeldBack(Source.SQUEUE, run.now().plusSeconds(15), "60 commands in 5 min"));
        run.event(new RunEvent.Answered(Source.SQUEUE));
        run.event(new RunEvent.Silent(Source.SQUEUE, "Connection refused"));
        run.event(new RunEvent.Answered(Source.SQUEUE));
        String log = replay(run.complete("a").end(dev.settle.core.run.StopReason.COMPLETED));
        assertThat(log).containsOnlyOnce("query held back until ").contains(": 60 commands in 5 min\n");
        assertThat(log).containsOnlyOnce("squeue answers again");
    }

    private static String replay(TestRun run) {
        PlainLog log = new PlainLog(ZoneOffset.UTC, TAIL);
        RunState state = new RunState(run.state().plan());
        StringBuilder out = new StringBuilder();
        try {
            for (Entry entry : run.entries()) {
                state.apply(entry);
                Samples.viewing((each, view) -> append(log.entry(each, view), out))
                        .accept(entry, state);
            }
            Line.appendAll(log.verdict(Samples.view(run)), out, Line.Ink.PLAIN);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return out.toString();
    }

    private static void append(List<Line> lines, StringBuilder out) {
        try {
            Line.appendAll(lines, out, Line.Ink.PLAIN);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
