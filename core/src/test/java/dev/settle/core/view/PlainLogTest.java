package dev.settle.core.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.run.Entry;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.StopReason;
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
    void lastLineIsTheHeadlineOfTheDocumentWithIdAndDuration() throws IOException {
        for (TestRun run : Samples.all().values()) {
            RunView view = Samples.view(run);
            List<Line> lines = VerdictLines.of(view, OutputTail.NONE, ZoneOffset.UTC);
            assertThat(lines.get(lines.size() - 1).plain())
                    .startsWith(view.headline() + " (" + view.id() + ", ")
                    .endsWith("s)");
        }
    }

    @Test
    void failedRunNamesItsFailuresByReasonMostFrequentFirst() {
        assertThat(Samples.view(Samples.failed()).headline())
                .isEqualTo("Run failed: 5 of 7 items failed (2 out of memory, 1 cancelled by someone else,"
                        + " 1 with exit code 3, 1 by signal 11 (SIGSEGV)).");
    }

    @Test
    void caseThatMissedItsExpectationIsNotToldAsExitCodeZero() {
        TestRun run = TestRun.of("case-a");
        run.fail("case-a", 0).end(StopReason.ITEMS_FAILED);
        assertThat(Samples.view(run).headline()).isEqualTo("Run failed: 1 item failed (expectation not met).");
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
        run.end(StopReason.ITEMS_FAILED);
        List<Line> lines = VerdictLines.of(Samples.view(run), TAIL, ZoneOffset.UTC);
        assertThat(lines).hasSizeLessThan(60);
        assertThat(lines.get(lines.size() - 1).plain()).contains(", 33 with other exit codes).");
        assertThat(lines.stream().map(Line::plain)).contains("  and 290 more: settle status k3v9q2m7");
    }

    @Test
    void logOfTwoThousandItemsIsBoundedAndSumsUp() {
        TestRun run = many(2_000, 0);
        List<String> lines = replay(run).lines().toList();
        assertThat(lines).hasSizeBetween(200, 230);
        assertThat(lines.get(0)).isEqualTo("run k3v9q2m7 (nightly-evals): 2000 items on slurm");
        assertThat(lines.get(1)).contains("[1/2000] case-0: completed on n1");
        assertThat(lines).anyMatch(line -> line.contains("[1000/2000] ") && line.contains("1000 completed of 2000"));
        assertThat(lines.get(lines.size() - 1)).startsWith("Run completed. (k3v9q2m7, ");
    }

    @Test
    void failuresAreStillShownWhenTheLogHasGoneOverToSums() {
        List<String> lines = replay(many(2_000, 190)).lines().toList();
        assertThat(lines).hasSizeLessThan(260);
        long late = lines.stream()
                .filter(line -> line.contains("failed: exit code"))
                .filter(line -> line.matches(".*\\[(3[89]\\d|[4-9]\\d\\d|1\\d\\d\\d)/2000\\].*"))
                .count();
        assertThat(late).isPositive();
    }

    @Test
    void everyChangeOfASmallRunIsALineWithACount() {
        List<String> lines = replay(many(40, 10)).lines().toList();
        assertThat(lines.stream().filter(line -> line.contains("/40] "))).hasSize(160);
    }

    @Test
    void heartbeatSaysHowFarTheRunIs() {
        RunView view = Samples.view(Samples.running());
        assertThat(new PlainLog(ZoneOffset.UTC, TAIL)
                        .heartbeat(view.now(), view)
                        .plain())
                .endsWith(" [1/6] 1 pending, 1 submitted, 1 queued, 1 running, 1 settling, 1 completed of 6");
        RunView stalled = Samples.stalled(Samples.running());
        assertThat(new PlainLog(ZoneOffset.UTC, TAIL)
                        .heartbeat(view.now(), stalled)
                        .plain())
                .contains("[1/6] no settle process is managing the run: 1 pending");
    }

    /** @param each every so many items one fails; 0 for none */
    private static TestRun many(int count, int each) {
        String[] ids = new String[count];
        for (int i = 0; i < count; i++) {
            ids[i] = "case-" + i;
        }
        TestRun run = TestRun.of(ids);
        for (int i = 0; i < count; i++) {
            if (each > 0 && i % each == 0) {
                run.fail(ids[i], 3);
            } else {
                run.complete(ids[i]);
            }
        }
        return run.end(each > 0 ? StopReason.ITEMS_FAILED : StopReason.COMPLETED);
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
