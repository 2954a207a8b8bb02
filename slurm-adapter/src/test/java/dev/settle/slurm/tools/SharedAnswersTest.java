package dev.settle.slurm.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.scheduler.Pause;
import dev.settle.core.scheduler.Urgency;
import dev.settle.slurm.SlurmQueries;
import dev.settle.slurm.tools.SharedAnswers.Answer;
import dev.settle.slurm.tools.ToolRunner.Kind;
import dev.settle.slurm.tools.ToolRunner.Result;
import dev.settle.testdata.ManualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SharedAnswersTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final int PER_MINUTE = 10;

    @TempDir
    Path folder;

    private final List<List<String>> asked = new ArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private Clock clock = Clock.systemUTC();
    private Pause pause = pauses::add;

    private SharedAnswers process() {
        return new SharedAnswers(
                folder, clock, pause, 3, new QueryBudget(new CommandLog(folder, clock), PER_MINUTE, clock));
    }

    /** A clock that goes on only while somebody waits. */
    private ManualClock manual() {
        ManualClock manual = new ManualClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
        clock = manual;
        pause = time -> {
            pauses.add(time);
            manual.advance(time);
        };
        return manual;
    }

    private Answer ask(SharedAnswers process, Duration age, String... ids) {
        return ask(process, Urgency.AWAITED, Duration.ZERO, clock.instant().minus(age), ids);
    }

    private Answer ask(SharedAnswers process, Urgency urgency, Duration gap, Instant since, String... ids) {
        return process.ask(new SharedAnswers.Wish(manner(gap), urgency, List.of(ids), since, this::slurm));
    }

    private static SharedAnswers.Manner manner(Duration gap) {
        return new SharedAnswers.Manner("squeue", gap, LONG, 3);
    }

    private static SharedAnswers.Wish wish(List<String> ids, Function<List<String>, Result> question) {
        return new SharedAnswers.Wish(manner(Duration.ZERO), Urgency.AWAITED, ids, Instant.now(), question);
    }

    /** The budget has no room. */
    private void spend() {
        CommandLog log = new CommandLog(folder, clock);
        for (int i = 0; i < PER_MINUTE * CommandLog.WINDOW.toMinutes(); i++) {
            log.note("sbatch");
        }
    }

    private synchronized Result slurm(List<String> ids) {
        asked.add(ids);
        new CommandLog(folder, clock).note("squeue");
        return new Result(Kind.EXITED, 0, "rows\nof " + ids + "\n", "a warning\n");
    }

    @Test
    void secondProcessTakesTheAnswerOfTheFirst() {
        Answer first = ask(process(), LONG, "1", "2");
        Answer second = ask(process(), LONG, "2");
        assertThat(asked).containsExactly(List.of("1", "2"));
        assertThat(second.result()).isEqualTo(first.result());
        assertThat(second.at()).isEqualTo(first.at().truncatedTo(ChronoUnit.MILLIS));
    }

    @Test
    void whoAsksTakesAlongWhatOthersWanted() {
        ask(process(), LONG, "1");
        ask(process(), LONG, "2");
        assertThat(asked).containsExactly(List.of("1"), List.of("2", "1"));
        ask(process(), LONG, "1");
        assertThat(asked).hasSize(2);
    }

    @Test
    void commandNeverHasMoreIdsThanOneMayHave() {
        ask(process(), LONG, "1", "2");
        ask(process(), LONG, "3", "4");
        assertThat(asked.get(1)).hasSize(3).contains("3", "4");
    }

    @Test
    void answerThatIsTooOldIsNotTaken() {
        ask(process(), LONG, "1");
        ask(process(), Duration.ZERO.minusSeconds(1), "1");
        assertThat(asked).hasSize(2);
    }

    @Test
    void answerThatWasCutShortIsNotTaken() throws Exception {
        ask(process(), LONG, "1");
        Path file = folder.resolve("squeue.answer");
        String text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.length() - 1));
        ask(process(), LONG, "1");
        assertThat(asked).hasSize(2);
    }

    @Test
    void damagedHeadOfAnAnswerSilencesNobody() throws Exception {
        Path file = folder.resolve("squeue.answer");
        ask(process(), LONG, "1");
        String[] whole = Files.readString(file).split("\n", 2);
        List<String> heads = List.of(
                "settle-answer 3 ",
                whole[0] + "x",
                whole[0].replace("EXITED", "EXITEE"),
                whole[0].replace(" 0 ", " 9999999999 "));
        for (String head : heads) {
            asked.clear();
            Files.writeString(file, head + "\n" + whole[1]);
            assertThat(ask(process(), LONG, "1").result().stdout()).as(head).contains("of [1]");
            assertThat(asked).as(head).hasSize(1);
            ask(process(), LONG, "1");
            assertThat(asked).as("replaced after " + head).hasSize(1);
        }
    }

    @Test
    void eightWhoAskAtOnceSendOneCommand() throws Exception {
        CountDownLatch together = new CountDownLatch(1);
        Function<List<String>, Result> slow = ids -> {
            Result result = slurm(ids);
            sleep();
            return result;
        };
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread thread = new Thread(() -> {
                try {
                    together.await();
                    process()
                            .ask(new SharedAnswers.Wish(
                                    manner(Duration.ZERO),
                                    Urgency.AWAITED,
                                    List.of("1"),
                                    Instant.now().minus(LONG),
                                    slow));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            thread.start();
            threads.add(thread);
        }
        together.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(asked).hasSize(1);
    }

    private static void sleep() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void folderThatIsGoneMakesEverybodyAskAlone() throws Exception {
        Files.delete(folder);
        assertThat(ask(process(), LONG, "1").result().stdout()).contains("rows");
        assertThat(ask(process(), LONG, "1").result().stdout()).contains("rows");
        assertThat(asked).hasSize(2);
        Files.createDirectory(folder);
    }

    @Test
    void answerIsOverheardOnceByThoseItIsAbout() {
        SlurmQueries mine = new SlurmQueries(Optional.of(process()), Clock.systemUTC());
        SlurmQueries others = new SlurmQueries(Optional.of(process()), Clock.systemUTC());
        assertThat(mine.overheard(List.of("1"))).isEmpty();
        others.queue(Urgency.AWAITED, List.of("1", "2"), this::slurm);
        assertThat(others.overheard(List.of("1", "2"))).isEmpty();
        assertThat(mine.overheard(List.of("3"))).isEmpty();
        assertThat(mine.overheard(List.of("1"))).isPresent();
        assertThat(mine.overheard(List.of("1"))).isEmpty();
    }

    @Test
    void answerThatWasTakenAlreadyIsNoSecondOne() {
        SlurmQueries mine = new SlurmQueries(Optional.of(process()), Clock.systemUTC());
        SlurmQueries others = new SlurmQueries(Optional.of(process()), Clock.systemUTC());
        mine.queue(Urgency.AWAITED, List.of("1"), this::slurm);
        mine.queue(Urgency.AWAITED, List.of("1"), this::slurm);
        assertThat(asked).hasSize(2);
        others.queue(Urgency.AWAITED, List.of("1"), this::slurm);
        assertThat(asked).as("another process takes what it has not heard").hasSize(2);
        others.queue(Urgency.AWAITED, List.of("1"), this::slurm);
        assertThat(asked).hasSize(3);
    }

    @Test
    void whatIsWantedWhileSomebodyWaitsForTheBudgetGoesWithTheSameCommand() {
        ManualClock manual = manual();
        spend();
        ask(process(), LONG, "1");
        asked.clear();
        manual.advance(Duration.ofMillis(1));
        List<Answer> second = new ArrayList<>();
        pause = time -> {
            // In the middle of the wait of the first.
            manual.advance(time);
            if (second.isEmpty()) {
                second.add(new Answer(new Result(Kind.NOT_STARTED, -1, "", ""), manual.instant()));
                second.set(0, ask(process(), Urgency.AWAITED, Duration.ZERO, manual.instant(), "2"));
            }
        };
        Answer first = ask(process(), Urgency.ROUTINE, Duration.ZERO, manual.instant(), "1");
        assertThat(asked).containsExactly(List.of("2", "1"));
        assertThat(first.at()).isEqualTo(second.get(0).at());
    }

    @Test
    void routineQueryWaitsForTheBudgetAndSaysUntilWhen() {
        Instant start = manual().instant();
        spend();
        List<String> told = new ArrayList<>();
        SharedAnswers process = process();
        process.listen((tool, until, why) -> told.add(tool + " " + Duration.between(start, until) + " " + why));
        Answer answer = ask(process, Urgency.ROUTINE, Duration.ZERO, start, "1");
        assertThat(Duration.between(start, answer.at())).isEqualTo(CommandLog.PAUSE_MAX);
        assertThat(told).containsExactly("squeue PT15S 50 commands in 5 min");
    }

    @Test
    void firstQueryAboutAJobThatEndedIsSentAtOnceWhateverWasSentBefore() {
        ManualClock manual = manual();
        spend();
        for (int run = 0; run < 100; run++) {
            Instant wanted = manual.instant();
            Answer answer = ask(process(), Urgency.AWAITED, Duration.ofMillis(1200), wanted, "job" + run);
            assertThat(Duration.between(wanted, answer.at())).isLessThanOrEqualTo(Duration.ofMillis(1200));
            manual.advance(Duration.ofMillis(1200));
        }
        assertThat(asked).hasSize(100);
    }

    @Test
    void manyWhoWaitForAnAnswerShareOneCommandInThreeSecondsWhereTheBudgetIsSpent() {
        ManualClock manual = manual();
        spend();
        Instant start = manual.instant();
        Instant end = start.plusSeconds(60);
        List<String> told = new ArrayList<>();
        while (manual.instant().isBefore(end)) {
            manual.advance(Duration.ofMillis(1));
            Instant wanted = manual.instant();
            SharedAnswers process = process();
            process.listen((tool, until, why) -> told.add(why));
            Answer answer = ask(process, Urgency.AWAITED, Duration.ZERO, wanted, "1");
            assertThat(Duration.between(wanted, answer.at())).isLessThanOrEqualTo(QueryBudget.AWAITED_GAP);
        }
        assertThat(asked).hasSizeBetween(19, 22);
        assertThat(told).isNotEmpty().allMatch(why -> why.endsWith("commands in 5 min"));
    }

    @Test
    void whoeverIsInterruptedWhileWaitingSendsNothing() {
        manual();
        spend();
        pause = time -> {
            throw new InterruptedException();
        };
        Answer answer = ask(process(), Urgency.ROUTINE, Duration.ZERO, clock.instant(), "1");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(answer.result().kind()).isEqualTo(Kind.NOT_STARTED);
        assertThat(asked).isEmpty();
    }

    @Test
    void whoAsksAloneKeepsToTheBudgetAsWell() throws Exception {
        Instant start = manual().instant();
        spend();
        Files.createDirectory(folder.resolve("squeue.lock"));
        ask(process(), Urgency.ROUTINE, Duration.ZERO, start, "1");
        assertThat(clock.instant()).isEqualTo(start.plus(CommandLog.PAUSE_MAX));
        assertThat(asked).hasSize(1);
    }

    @Test
    void answerFromBeforeItWasWantedIsNotTakenOfAccounting() {
        SlurmQueries mine = new SlurmQueries(Optional.of(process()), Clock.systemUTC());
        SlurmQueries others = new SlurmQueries(Optional.of(process()), Clock.systemUTC());
        mine.accounting(Urgency.AWAITED, List.of("1"), this::slurm);
        others.accounting(Urgency.AWAITED, List.of("1"), this::slurm);
        assertThat(asked).hasSize(2);
    }

    @Test
    void twoWhoAskLeaveTheGapBetweenTheirCommands() {
        Duration gap = Duration.ofSeconds(30);
        ManualClock manual = manual();
        ask(process(), Urgency.AWAITED, gap, manual.instant(), "1");
        assertThat(pauses).as("nobody was asked before").isEmpty();
        manual.advance(Duration.ofMillis(1));
        Answer second = ask(process(), Urgency.AWAITED, gap, manual.instant(), "1");
        assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus)).isEqualTo(gap.minusMillis(1));
        assertThat(second.at()).isEqualTo(manual.instant());
        assertThat(asked).hasSize(2);
    }

    @Test
    void eachIsToldOfItsOwnJobsAlone() {
        Function<List<String>, Result> rows =
                ids -> new Result(Kind.EXITED, 0, "1_0|11|RUNNING\n2|2|RUNNING\n1_1|12|RUNNING\n", "");
        Answer both = process().ask(wish(List.of("1", "2"), rows));
        assertThat(both.result().stdout()).hasLineCount(3);
        assertThat(ask(process(), LONG, "1").result().stdout()).isEqualTo("1_0|11|RUNNING\n1_1|12|RUNNING\n");
        assertThat(ask(process(), LONG, "2").result().stdout()).isEqualTo("2|2|RUNNING\n");
        assertThat(asked).isEmpty();
    }

    @Test
    void whoAsksIsNotToldOfTheJobsThatWereTakenAlong() {
        Function<List<String>, Result> rows = ids -> new Result(Kind.EXITED, 0, "2|2|RUNNING\n1|1|RUNNING\n", "");
        ask(process(), LONG, "1");
        Answer mine = process().ask(wish(List.of("2"), rows));
        assertThat(mine.result().stdout()).isEqualTo("2|2|RUNNING\n");
    }
}
