package dev.settle.core.view.screen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.run.TestRun;
import dev.settle.core.scheduler.Source;
import dev.settle.core.view.Line;
import dev.settle.core.view.RunView;
import dev.settle.core.view.Samples;
import dev.settle.core.view.StatusTextTest;
import dev.settle.core.view.VerdictLines;
import dev.settle.core.view.screen.ScreenState.Mode;
import dev.settle.testdata.Golden;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class LiveScreenTest {
    private static final LiveScreen SCREEN =
            new LiveScreen(ZoneOffset.UTC, item -> List.of("last words of " + item.id()));

    private static final List<Window> SIZES = List.of(new Window(80, 24), new Window(200, 60), new Window(40, 10));

    @TestFactory
    Stream<DynamicTest> screenOfEachRunIsAsPublished() {
        return Samples.all().entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> {
                    RunView view = Samples.view(each.getValue());
                    Golden.check(
                            "view/screen-" + each.getKey() + ".txt",
                            live(view, new Window(80, 24), ScreenState.START)
                                    + StatusTextTest.plain(SCREEN.summary(view, 80)));
                }));
    }

    @TestFactory
    Stream<DynamicTest> everySizeShowsWhatMattersMost() {
        Map<String, TestRun> runs = Map.of("busy", busy(), "mixed", mixed());
        return runs.entrySet().stream().flatMap(each -> SIZES.stream()
                .map(size -> DynamicTest.dynamicTest(
                        each.getKey() + " " + size,
                        () -> Golden.check(
                                "view/screen-" + each.getKey() + "-" + size.columns() + "x" + size.rows() + ".txt",
                                live(Samples.view(each.getValue()), size, ScreenState.START)))));
    }

    @Test
    void pictureInTheReadmeIsThisScreen() throws IOException {
        Window size = new Window(80, 24);
        RunView view = Samples.view(busy());
        Golden.checkFile(
                Path.of("app", "docs", "screen.svg"),
                ScreenPicture.of(SCREEN.draw(view, size, ScreenState.START, Page.NONE), size));
    }

    @TestFactory
    Stream<DynamicTest> listsAndPagesAreAsPublished() {
        RunView view = Samples.view(mixed());
        ScreenState failed = ScreenState.START.withFilter(Optional.of(Section.FAILED));
        ItemId train = new ItemId("train[lr=0.1,seed=2]");
        ScreenState selected = ScreenState.START.withSelected(Optional.of(train));
        Map<String, ScreenState> states = Map.of(
                "filtered", failed,
                "searched", ScreenState.START.withSearch("SEED=2").in(Mode.SEARCH),
                "selected", selected,
                "cancel-item", selected.in(Mode.CANCEL),
                "cancel-run", ScreenState.START.in(Mode.CANCEL),
                "help", ScreenState.START.in(Mode.HELP),
                "log", selected.in(Mode.LOG));
        return states.entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> {
                    StringBuilder text = new StringBuilder();
                    for (Window size : SIZES) {
                        text.append(live(view, size, each.getValue()));
                    }
                    Golden.check("view/screen-mode-" + each.getKey() + ".txt", text.toString());
                }));
    }

    private static String live(RunView view, Window size, ScreenState state) {
        return StatusTextTest.plain(SCREEN.draw(view, size, state, page(view, size, state)))
                + "-".repeat(size.columns())
                + "\n";
    }

    private static Page page(RunView view, Window size, ScreenState state) {
        return switch (state.mode()) {
            case HELP -> Pages.help(size.columns());
            case LOG, EXPLAIN -> {
                List<String> out = new ArrayList<>();
                for (int i = 1; i <= 100; i++) {
                    out.add("epoch " + i + ": \u001B[32mloss\u001B[0m 0." + i + "\tand what was written before\rstep "
                            + i);
                }
                out.add("x".repeat(100));
                yield Pages.log(
                        view,
                        view.run().item(state.selected().orElseThrow()).orElseThrow(),
                        state.stream(),
                        out,
                        List.of(),
                        size.columns());
            }
            default -> Page.NONE;
        };
    }

    @Test
    void screenIsNeverLargerThanTheWindowAndHasNoControlCharacters() {
        for (TestRun run : List.of(Samples.running(), Samples.failed(), busy(), mixed(), hostile())) {
            RunView view = Samples.view(run);
            ItemId first = view.items().get(0).id();
            for (Mode mode : Mode.values()) {
                ScreenState state =
                        ScreenState.START.withSelected(Optional.of(first)).in(mode);
                for (ScreenState each :
                        List.of(state, state.withSelected(Optional.empty()).withSearch("e"))) {
                    boolean page = each.mode() == Mode.LOG || each.mode() == Mode.EXPLAIN;
                    for (int columns = 1; columns <= 120; columns += 7) {
                        for (int rows = 0; rows <= 40; rows++) {
                            ScreenState shown = page ? state : each;
                            Window size = new Window(columns, rows);
                            List<Line> lines = SCREEN.draw(view, size, shown, page(view, size, shown));
                            assertThat(lines).hasSizeLessThanOrEqualTo(rows);
                            for (Line line : lines) {
                                assertThat(line.width()).isLessThanOrEqualTo(columns);
                                assertThat(line.plain()).doesNotContainPattern("[\\p{Cntrl}\u202E]");
                            }
                        }
                    }
                }
            }
        }
    }

    @Test
    void selectedItemIsAlwaysInSight() {
        RunView view = Samples.view(busy());
        for (Window size : SIZES) {
            for (ItemId id :
                    SCREEN.scene(view, size, ScreenState.START, Page.NONE).listed()) {
                assertThat(live(view, size, ScreenState.START.withSelected(Optional.of(id))))
                        .contains("> " + id);
            }
        }
    }

    @Test
    void questionIsAskedInAnyWindow() {
        RunView view = Samples.view(busy());
        for (int rows = 1; rows < 30; rows++) {
            List<Line> lines = SCREEN.draw(view, new Window(60, rows), ScreenState.START.in(Mode.CANCEL), Page.NONE);
            assertThat(lines.get(lines.size() - 1).plain()).startsWith("Cancel the whole run (130 open items)? [y]es");
        }
    }

    @Test
    void headerSaysHowFreshThePictureIs() {
        TestRun run = TestRun.of("a").start("a").wait(Duration.ofSeconds(11));
        assertThat(live(Samples.view(run), new Window(80, 24), ScreenState.START))
                .contains("  asked 12 s ago\n");
        run.event(new RunEvent.Silent(Source.SACCT, "Connection refused")).wait(Duration.ofSeconds(199));
        assertThat(live(Samples.view(run), new Window(80, 24), ScreenState.START))
                .contains("sacct has not answered for 3 min: Connection refused");
    }

    @Test
    void summaryEndsWithTheVerdictTheIdAndTheDuration() {
        List<Line> lines = SCREEN.summary(Samples.view(Samples.completed()), 80);
        assertThat(lines.get(lines.size() - 1).plain()).isEqualTo("Run completed. (k3v9q2m7, 19s)");
        List<Line> failed = SCREEN.summary(Samples.view(Samples.failed()), 200);
        assertThat(failed.get(failed.size() - 1).plain())
                .startsWith("Run failed: ")
                .endsWith(" (k3v9q2m7, 33s)");
    }

    @Test
    void summaryBreaksAtSpacesAndKeepsLinksWhole() {
        RunView view = Samples.view(Samples.outOfCredits());
        for (int columns = 10; columns <= 120; columns++) {
            List<Line> lines = SCREEN.summary(view, columns);
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
    void barIsAsWideAsTheWindowAndFullOnlyWhenEverythingHasEnded() {
        String[] ids = new String[1_000];
        Arrays.setAll(ids, i -> "case-" + i);
        TestRun run = TestRun.of(ids);
        for (int i = 0; i < ids.length - 1; i++) {
            run.complete(ids[i]);
        }
        for (int columns : new int[] {40, 80, 200}) {
            Line bar = Header.bar(run.state().counts(), columns);
            assertThat(bar.plain()).contains(" ]  999/1000");
            assertThat(bar.width()).isEqualTo(columns);
        }
        run.complete(ids[999]);
        assertThat(Header.bar(run.state().counts(), 80).plain()).contains("=]  1000/1000");
    }

    @Test
    void barShowsSettlingApartFromDone() {
        TestRun run = TestRun.of("a", "b", "c", "d")
                .complete("a")
                .start("b")
                .leave("b")
                .start("c");
        assertThat(Header.bar(run.state().counts(), 27).plain()).isEqualTo("[=====~~~~~>>>>>     ]  1/4");
    }

    @Test
    void waitingForCreditIsABanner() {
        TestRun run = TestRun.of("a").submit("a");
        run.event(new RunEvent.CreditAwaited(new Stop(
                StopReason.OUT_OF_CREDITS,
                Optional.of("account broke has spent 60 of 60 cpu minutes"),
                Optional.of("https://credits.example.org"),
                run.now(),
                List.of())));
        assertThat(live(Samples.view(run), new Window(100, 24), ScreenState.START))
                .contains("Waiting: out of credits: account broke has spent 60 of 60 cpu minutes")
                .contains("Top up at https://credits.example.org; the run goes on by itself when credit comes");
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

    /** Matrix ids, dependencies, a retry that waits, a settling item, failures and a silent source. */
    private static TestRun mixed() {
        List<PlanItem> items = new ArrayList<>(TestRun.items(
                "prepare",
                "train[lr=0.1,seed=1]",
                "train[lr=0.1,seed=2]",
                "train[lr=0.01,seed=1]",
                "train[lr=0.01,seed=2]",
                "preprocess-the-large-corpus[language=de,shard=17]",
                "flaky",
                "broken"));
        items.add(PlanItem.command(new ItemId("report"), "./report.sh")
                .withDeps(List.of(new ItemId("train[lr=0.1,seed=1]"), new ItemId("train[lr=0.1,seed=2]"))));
        items.add(PlanItem.command(new ItemId("publish"), "./publish.sh").withDeps(List.of(new ItemId("broken"))));
        TestRun run = TestRun.of(Plan.of("nightly-evals", items)).complete("prepare");
        run.start("flaky")
                .event(new ItemEvent.Retried(
                        new ItemId("flaky"),
                        run.failed(ItemReason.NODE_FAILURE, "NODE_FAIL", "node n1 failed"),
                        2,
                        run.now().plusSeconds(300)));
        run.start("train[lr=0.1,seed=1]", "train[lr=0.1,seed=2]").leave("train[lr=0.1,seed=1]");
        run.start("preprocess-the-large-corpus[language=de,shard=17]").fail("broken", 3);
        run.depFailed("publish", "broken");
        run.submit("train[lr=0.01,seed=1]").queue("train[lr=0.01,seed=1]", "Priority");
        return run.submit("train[lr=0.01,seed=2]").wait(Duration.ofSeconds(95));
    }

    /** Names and messages with control characters, wide characters and characters that turn the direction. */
    private static TestRun hostile() {
        TestRun run = TestRun.of(TestRun.plan("evil\u001B[2J\u202E\u6F22\u5B57\r\n", TestRun.items("a", "b")));
        run.settle("a", run.failed(ItemReason.EXIT_CODE, "FAILED\u0007", "\u001B]0;title\u0007\r\nsecond line"));
        return run.start("b").event(new RunEvent.Silent(Source.SQUEUE, "\u001B[31mred\u001B[0m\nnext"));
    }
}
