package dev.settle.slurm.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.slurm.SlurmQueries;
import dev.settle.slurm.tools.SharedAnswers.Answer;
import dev.settle.slurm.tools.ToolRunner.Kind;
import dev.settle.slurm.tools.ToolRunner.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SharedAnswersTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    private final List<List<String>> asked = new ArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private Runnable budget = () -> {};

    private SharedAnswers process() {
        return new SharedAnswers(folder, Clock.systemUTC(), pauses::add, 3, budget);
    }

    private Answer ask(SharedAnswers process, Duration age, String... ids) {
        return process.ask(manner(Duration.ZERO), List.of(ids), Instant.now().minus(age), this::slurm);
    }

    private static SharedAnswers.Manner manner(Duration gap) {
        return new SharedAnswers.Manner("squeue", gap, LONG, 3);
    }

    private synchronized Result slurm(List<String> ids) {
        asked.add(ids);
        return new Result(Kind.EXITED, 0, "rows\nof " + ids + "\n", "a warning\n");
    }

    @Test
    void secondProcessTakesTheAnswerOfTheFirst() {
        Answer first = ask(process(), LONG, "1", "2");
        Answer second = ask(process(), LONG, "2");
        assertThat(asked).containsExactly(List.of("1", "2"));
        assertThat(second.result()).isEqualTo(first.result());
        assertThat(second.at()).isEqualTo(first.at().truncatedTo(java.time.temporal.ChronoUnit.MILLIS));
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
                            .ask(
                                    manner(Duration.ZERO),
                                    List.of("1"),
                                    Instant.now().minus(LONG),
                                    slow);
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
        others.queue(List.of("1", "2"), this::slurm);
        assertThat(others.overheard(List.of("1", "2"))).isEmpty();
        assertThat(mine.overheard(List.of("3"))).isEmpty();
        assertThat(mine.overheard(List.of("1"))).isPresent();
        assertThat(mine.overheard(List.of("1"))).isEmpty();
    }

    @Test
    void answerThatWasTakenAlreadyIsNoSecondOne() {
        SlurmQueries mine = new SlurmQueries(Optional.of(process()), Clock.systemUTC());
        SlurmQueries others = new SlurmQueries(Optional.of(process()), Clock.systemUTC());
        mine.queue(List.of("1"), this::slurm);
        mine.queue(List.of("1"), this::slurm);
        assertThat(asked).hasSize(2);
        others.queue(List.of("1"), this::slurm);
        assertThat(asked).as("another process takes what it has not heard").hasSize(2);
        others.queue(List.of("1"), this::slurm);
        assertThat(asked).hasSize(3);
    }

    @Test
    void whatIsWantedWhileSomebodyWaitsForTheBudgetGoesWithTheSameCommand() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch room = new CountDownLatch(1);
        budget = () -> {
            waiting.countDown();
            try {
                room.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        List<Answer> answers = Collections.synchronizedList(new ArrayList<>());
        Thread first = new Thread(() -> answers.add(ask(process(), Duration.ZERO, "1")));
        first.start();
        waiting.await();
        Thread second = new Thread(() -> answers.add(ask(process(), Duration.ZERO, "2")));
        second.start();
        Path wanted = folder.resolve("squeue.wanted");
        while (!Files.readString(wanted).contains("2 ")) {
            Thread.onSpinWait();
        }
        // Times of answers are kept in milliseconds.
        Instant after = Instant.now().plusMillis(2);
        while (Instant.now().isBefore(after)) {
            Thread.onSpinWait();
        }
        room.countDown();
        first.join();
        second.join();
        assertThat(asked).containsExactly(List.of("1", "2"));
        assertThat(answers).hasSize(2);
        assertThat(answers.get(0).result()).isEqualTo(answers.get(1).result());
    }

    @Test
    void answerFromBeforeItWasWantedIsNotTakenOfAccounting() {
        SlurmQueries mine = new SlurmQueries(Optional.of(process()), Clock.systemUTC());
        SlurmQueries others = new SlurmQueries(Optional.of(process()), Clock.systemUTC());
        mine.accounting(List.of("1"), this::slurm);
        others.accounting(List.of("1"), this::slurm);
        assertThat(asked).hasSize(2);
    }

    @Test
    void twoWhoAskLeaveTheGapBetweenTheirCommands() {
        Duration gap = Duration.ofMinutes(1);
        process().ask(manner(gap), List.of("1"), Instant.now(), this::slurm);
        assertThat(pauses).as("nobody was asked before").isEmpty();
        process().ask(manner(gap), List.of("1"), Instant.now(), this::slurm);
        assertThat(pauses).singleElement().satisfies(pause -> assertThat(pause).isBetween(gap.dividedBy(2), gap));
        assertThat(asked).hasSize(2);
    }

    @Test
    void eachIsToldOfItsOwnJobsAlone() {
        Function<List<String>, Result> rows =
                ids -> new Result(Kind.EXITED, 0, "1_0|11|RUNNING\n2|2|RUNNING\n1_1|12|RUNNING\n", "");
        Answer both = process().ask(manner(Duration.ZERO), List.of("1", "2"), Instant.now(), rows);
        assertThat(both.result().stdout()).hasLineCount(3);
        assertThat(ask(process(), LONG, "1").result().stdout()).isEqualTo("1_0|11|RUNNING\n1_1|12|RUNNING\n");
        assertThat(ask(process(), LONG, "2").result().stdout()).isEqualTo("2|2|RUNNING\n");
        assertThat(asked).isEmpty();
    }

    @Test
    void whoAsksIsNotToldOfTheJobsThatWereTakenAlong() {
        Function<List<String>, Result> rows = ids -> new Result(Kind.EXITED, 0, "2|2|RUNNING\n1|1|RUNNING\n", "");
        ask(process(), LONG, "1");
        Answer mine = process().ask(manner(Duration.ZERO), List.of("2"), Instant.now(), rows);
        assertThat(mine.result().stdout()).isEqualTo("2|2|RUNNING\n");
    }
}
