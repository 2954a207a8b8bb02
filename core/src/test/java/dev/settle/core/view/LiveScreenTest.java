package dev.settle.core.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.run.StopReason;
import dev.settle.core.run.TestRun;
import dev.settle.testdata.Golden;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class LiveScreenTest {
    private static final LiveScreen SCREEN =
            new LiveScreen(ZoneOffset.UTC, item -> List.of("last words of " + item.id()));

    @TestFactory
    Stream<DynamicTest> screenOfEachRunIsAsPublished() {
        return Samples.all().entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> {
                    RunView view = Samples.view(each.getValue());
                    Golden.check(
                            "view/screen-" + each.getKey() + ".txt",
                            StatusTextTest.plain(SCREEN.draw(view, 80, 24, LiveScreen.Mode.LIVE))
                                    + "-".repeat(80)
                                    + "\n"
                                    + StatusTextTest.plain(SCREEN.draw(view, 80, 24, LiveScreen.Mode.FINAL)));
                }));
    }

    @Test
    void liveScreenIsNeverLargerThanTheTerminal() {
        for (TestRun run : List.of(Samples.running(), Samples.failed(), busy(), Samples.outOfCredits())) {
            RunView view = Samples.view(run);
            for (int columns = 1; columns <= 120; columns += 7) {
                for (int rows = 0; rows <= 40; rows++) {
                    List<Line> lines = SCREEN.draw(view, columns, rows, LiveScreen.Mode.LIVE);
                    assertThat(lines).hasSizeLessThanOrEqualTo(rows);
                    for (Line line : lines) {
                        assertThat(line.width()).isLessThanOrEqualTo(columns);
                    }
                }
            }
        }
    }

    @Test
    void finalScreenBreaksAtSpacesAndKeepsLinksWhole() {
        RunView view = Samples.view(Samples.outOfCredits());
        for (int columns = 10; columns <= 120; columns++) {
            List<Line> lines = SCREEN.draw(view, columns, 24, LiveScreen.Mode.FINAL);
            for (Line line : lines) {
                String text = line.plain().strip();
                boolean oneWord = !text.contains(" ") || text.startsWith("settle ");
                assertThat(oneWord || line.width() <= columns).as(line.plain()).isTrue();
            }
            assertThat(lines.stream().map(Line::plain))
                    .anyMatch(line -> line.contains("https://credits.example.org/topup,"));
            String joined =
                    String.join(" ", lines.stream().map(l -> l.plain().strip()).toList());
            for (Line line : VerdictLines.of(view, item -> List.of("last words of " + item.id()), ZoneOffset.UTC)) {
                assertThat(joined.replaceAll(" +", " "))
                        .contains(line.plain().strip().replaceAll(" +", " "));
            }
        }
    }

    @Test
    void busyRunShowsTheLongestRunningAndTheNewestFailures() {
        Golden.check(
                "view/screen-busy.txt",
                StatusTextTest.plain(SCREEN.draw(Samples.view(busy()), 80, 24, LiveScreen.Mode.LIVE)));
    }

    @Test
    void barIsFullOnlyWhenEverythingHasEnded() {
        String[] ids = new String[1_000];
        Arrays.setAll(ids, i -> "case-" + i);
        TestRun run = TestRun.of(ids);
        for (int i = 0; i < ids.length - 1; i++) {
            run.complete(ids[i]);
        }
        assertThat(LiveScreen.bar(run.state().counts(), 80).plain()).contains(" ]  999/1000");
        run.complete(ids[999]);
        assertThat(LiveScreen.bar(run.state().counts(), 80).plain()).contains("=]  1000/1000");
    }

    @Test
    void waitingForCreditIsABanner() {
        TestRun run = TestRun.of("a").submit("a");
        run.event(new dev.settle.core.run.RunEvent.CreditAwaited(new dev.settle.core.run.Stop(
                StopReason.OUT_OF_CREDITS,
                java.util.Optional.of("account broke has spent 60 of 60 cpu minutes"),
                java.util.Optional.of("https://credits.example.org"),
                run.now(),
                List.of())));
        assertThat(StatusTextTest.plain(SCREEN.draw(Samples.view(run), 100, 24, LiveScreen.Mode.LIVE)))
                .contains("Waiting: out of credits: account broke has spent 60 of 60 cpu minutes")
                .contains("Top up at https://credits.example.org; the run continues by itself when credit is back");
    }

    /** 200 items: 60 done, 10 failed, 40 running, 30 queued for two reasons. */
    private static TestRun busy() {
        String[] ids = new String[200];
        Arrays.setAll(ids, i -> "case-" + i);
        TestRun run = TestRun.of(ids);
        for (int i = 0; i < 60; i++) {
            run.complete(ids[i]);
        }
        for (int i = 60; i < 70; i++) {
            run.fail(ids[i], i - 59);
        }
        for (int i = 70; i < 110; i++) {
            run.start(ids[i]);
        }
        for (int i = 110; i < 140; i++) {
            run.submit(ids[i]).queue(ids[i], i % 3 == 0 ? "Resources" : "Priority");
        }
        return run;
    }
}
