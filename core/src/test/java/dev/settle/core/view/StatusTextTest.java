package dev.settle.core.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.StopReason;
import dev.settle.core.run.TestRun;
import dev.settle.core.scheduler.Source;
import dev.settle.core.text.Times;
import dev.settle.testdata.Golden;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public final class StatusTextTest {
    @TestFactory
    Stream<DynamicTest> statusOfEachRunIsAsPublished() {
        return Samples.all().entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(
                        each.getKey(),
                        () -> Golden.check(
                                "view/status-" + each.getKey() + ".txt",
                                plain(StatusText.of(
                                        Samples.view(each.getValue()),
                                        ZoneOffset.UTC,
                                        StatusText.ANY_WIDTH,
                                        StatusText.ROWS_MAX)))));
    }

    /** A clock that was never set, one that was set wrong: the states are true all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"0000-01-01T00:00:00Z", "1969-12-31T23:59:59.5Z", "9999-12-31T23:59:59.9Z"})
    void clockOfAnyYearChangesNoState(String now) {
        for (TestRun run : Samples.all().values()) {
            RunView view = Samples.at(Instant.parse(now), run);
            assertThat(states(view)).isEqualTo(states(Samples.view(run)));
            StatusText.of(view, ZoneOffset.UTC, 80, StatusText.ROWS_MAX)
                    .forEach(line -> assertThat(line.plain()).doesNotContain("null"));
        }
    }

    private static List<ItemState> states(RunView view) {
        return view.run().items().stream().map(Item::state).toList();
    }

    @Test
    void stalledRunSaysWhatToDo() {
        Golden.check(
                "view/status-stalled.txt",
                plain(StatusText.of(
                        Samples.stalled(Samples.running()),
                        ZoneOffset.UTC,
                        StatusText.ANY_WIDTH,
                        StatusText.ROWS_MAX)));
    }

    @Test
    void queryThatIsHeldBackIsShownUntilItsTime() {
        TestRun run = Samples.running();
        run.event(new RunEvent.HeldBack(Source.SQUEUE, run.now().plusSeconds(15), "60 commands in 5 min"));
        String line = "Query held back until "
                + Times.clock(run.state().heldBack(Source.SQUEUE).orElseThrow().until(), ZoneOffset.UTC)
                + ": 60 commands in 5 min";
        assertThat(banners(run)).contains(line);
        run.wait(Duration.ofSeconds(16));
        assertThat(banners(run)).as("its time is over").doesNotContain("held back");
        run.event(new RunEvent.HeldBack(Source.SQUEUE, run.now().plusSeconds(15), "60 commands in 5 min"));
        assertThat(banners(run)).contains("held back");
        run.event(new RunEvent.Answered(Source.SQUEUE));
        assertThat(banners(run)).doesNotContain("held back");
    }

    private static String banners(TestRun run) {
        return plain(StatusText.banners(Samples.view(run), ZoneOffset.UTC));
    }

    @Test
    void noLineIsWiderThanTheTerminal() {
        for (Map.Entry<String, TestRun> each : Samples.all().entrySet()) {
            for (int columns = 40; columns <= 140; columns++) {
                for (Line line : StatusText.of(Samples.view(each.getValue()), ZoneOffset.UTC, columns, 3)) {
                    assertThat(line.width()).as("%s: %s", each.getKey(), line).isLessThanOrEqualTo(columns);
                }
            }
        }
    }

    @Test
    void longListShowsWhatFailedFirstAndCountsTheRest() {
        String[] ids = new String[200];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = "case-" + i;
        }
        TestRun run = TestRun.of(ids);
        run.complete(java.util.Arrays.copyOf(ids, 198)).fail("case-199", 1).complete("case-198");
        run.end(StopReason.ITEMS_FAILED);
        String text = plain(StatusText.of(Samples.view(run), ZoneOffset.UTC, 200, 10));
        assertThat(text).contains("case-199  failed").contains("and 190 more; settle status k3v9q2m7 --json");
        assertThat(text.indexOf("case-199")).isLessThan(text.indexOf("case-0 "));
    }

    @Test
    void efficiencyAndMemoryStandInTheTable() {
        String text = plain(StatusText.of(Samples.view(Samples.evidence()), ZoneOffset.UTC, 200, 10));
        assertThat(text).contains("37.7%").contains("3.0 GiB");
    }

    @Test
    void colourIsOnlyThereForThoseWhoCanSeeIt() throws IOException {
        List<Line> lines = StatusText.of(Samples.view(Samples.failed()), ZoneOffset.UTC, 80, 10);
        StringBuilder ansi = new StringBuilder();
        Line.appendAll(lines, ansi, Line.Ink.ANSI);
        assertThat(ansi).contains("\u001B[1;31m");
        assertThat(plain(lines)).doesNotContain("\u001B");
        assertThat(ansi.toString().replaceAll("\u001B\\[[0-9;]*m", "")).isEqualTo(plain(lines));
    }

    public static String plain(List<Line> lines) {
        StringBuilder out = new StringBuilder();
        try {
            Line.appendAll(lines, out, Line.Ink.PLAIN);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return out.toString();
    }
}
