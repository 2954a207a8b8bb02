package dev.settle.core.wrapper;

import static dev.settle.core.wrapper.WrapperFixture.alive;
import static dev.settle.core.wrapper.WrapperFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.wrapper.ExitRecord.EndedBy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Time limits, cancellations and signals: what ends a wrapper's job before its time. */
final class WrapperSignalsIT {
    @TempDir
    Path dir;

    private WrapperFixture job;

    @BeforeEach
    void freshJob() {
        job = new WrapperFixture(dir);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void timeoutEndsATreeThatIgnoresTerm(boolean perl) throws Exception {
        if (!perl) {
            job.withoutPerl();
        }
        job.timeout = Optional.of(Duration.ofMillis(400));
        job.run("trap '' TERM; sleep 50 & echo $! > one; (sleep 51; :) & echo $! > two; wait; sleep 52");
        assertThat(job.ended().endedBy()).hasValue(EndedBy.TIMEOUT);
        assertThat(job.ended()
                        .observation(new JobId("1"), Instant.EPOCH)
                        .state()
                        .reason()
                        .word())
                .isEqualTo("timeout");
        assertThat(alive(job.pidIn("one"))).isFalse();
        assertThat(alive(job.pidIn("two"))).isFalse();
        if (perl) {
            assertThat(job.ended().signal()).hasValue(9);
        } else {
            assertThat(job.ended().exitCode()).hasValue(137);
        }
    }

    @Test
    void timeoutEndsProcessesThatLeftTheSessionAndTheirParents() throws Exception {
        job.timeout = Optional.of(Duration.ofMillis(400));
        job.run("setsid sh -c 'sleep 50 & echo $! > one; wait' &\n"
                + "(env -i setsid sh -c 'sleep 51 & echo $! > two' &)\n"
                + "sleep 52");
        assertThat(job.ended().endedBy()).hasValue(EndedBy.TIMEOUT);
        assertThat(job.ended().signal()).hasValue(15);
        assertThat(alive(job.pidIn("one"))).isFalse();
        assertThat(alive(job.pidIn("two"))).isFalse();
    }

    @Test
    void timeoutHoldsThoughTheScriptTrapsTermAndEndsWell() throws Exception {
        job.timeout = Optional.of(Duration.ofMillis(300));
        job.run("trap 'echo caught; exit 0' TERM; while :; do sleep 0.05; done");
        assertThat(job.out()).isEqualTo("caught\n");
        assertThat(job.ended().endedBy()).hasValue(EndedBy.TIMEOUT);
        assertThat(job.ended().exitCode()).hasValue(0);
        assertThat(job.ended()
                        .observation(new JobId("1"), Instant.EPOCH)
                        .state()
                        .phase())
                .isEqualTo(JobState.Phase.FAILED);
    }

    @ParameterizedTest
    @CsvSource({"0.3,20,TIMEOUT,true", "20,0.3,TIME_LIMIT,true", ",0.3,TIME_LIMIT,true", "20,1,TIME_LIMIT,false"})
    void timeLimitHoldsOnThisMachineAsWell(Double timeout, double limit, EndedBy by, boolean perl) throws Exception {
        if (!perl) {
            job.withoutPerl();
        }
        job.timeout = Optional.ofNullable(timeout).map(seconds -> Duration.ofMillis((long) (seconds * 1000)));
        job.timeLimit = Optional.of(Duration.ofMillis((long) (limit * 1000)));
        job.run("sleep 50");
        assertThat(job.ended().endedBy()).hasValue(by);
    }

    @Test
    void timeLimitIsSlurmsToHoldInSlurm() throws Exception {
        job.inSlurm("11");
        job.timeLimit = Optional.of(Duration.ofMillis(100));
        job.run("sleep 0.5");
        assertThat(job.ended().endedBy()).isEmpty();
        assertThat(job.ended().exitCode()).hasValue(0);
    }

    @Test
    void timeoutDoesNotCountTimeInWhichSlurmHadTheJobSuspended() throws Exception {
        job.inSlurm("11");
        job.timeout = Optional.of(Duration.ofSeconds(4));
        Process wrapper = job.start("echo $$ > one; for i in 1 2 3 4 5 6 7 8; do sleep 0.2; done");
        job.pidIn("one");
        signalAll(wrapper, "STOP");
        awaitAge(Duration.ofSeconds(5));
        signalAll(wrapper, "CONT");
        job.await(wrapper);
        assertThat(job.ended().endedBy()).isEmpty();
        assertThat(job.ended().exitCode()).hasValue(0);
    }

    @Test
    void timeoutHoldsAfterASuspension() throws Exception {
        job.inSlurm("11");
        job.timeout = Optional.of(Duration.ofSeconds(3));
        Process wrapper = job.start("echo $$ > one; sleep 50");
        job.pidIn("one");
        signalAll(wrapper, "STOP");
        // Longer than a gap that is still taken for a slow machine (watch.pl).
        awaitAge(Duration.ofSeconds(4));
        signalAll(wrapper, "CONT");
        job.await(wrapper);
        assertThat(job.ended().endedBy()).hasValue(EndedBy.TIMEOUT);
    }

    /** Waits until the job began so long ago. */
    private void awaitAge(Duration age) throws Exception {
        Instant began = StartRecord.read(job.record()).orElseThrow().startedAt();
        eventually(() -> Duration.between(began, Instant.now()).compareTo(age) > 0, "the job is " + age + " old");
    }

    /** As Slurm does to every process of a job. */
    private static void signalAll(Process wrapper, String signal) throws IOException, InterruptedException {
        List<String> kill = new ArrayList<>(List.of("kill", "-" + signal));
        Stream.concat(Stream.of(wrapper.toHandle()), wrapper.descendants())
                .forEach(process -> kill.add(Long.toString(process.pid())));
        new ProcessBuilder(kill).start().waitFor();
    }

    @Test
    void timeoutReachesStoppedProcesses() throws Exception {
        job.timeout = Optional.of(Duration.ofMillis(300));
        job.run("trap 'exit 6' TERM; kill -STOP $$");
        assertThat(job.ended().exitCode()).hasValue(6);
    }

    @Test
    void jobThatEndsBeforeItsTimeoutIsNotTimedOut() throws Exception {
        job.timeout = Optional.of(Duration.ofSeconds(20));
        job.run("exit 2");
        assertThat(job.ended().endedBy()).isEmpty();
        assertThat(job.ended().exitCode()).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void termToTheWrapperOfALocalJobCancelsTheTree(boolean perl) throws Exception {
        if (!perl) {
            job.withoutPerl();
        }
        Process wrapper = job.start("trap 'exit 7' TERM; sleep 50 & echo $! > one; wait");
        long one = job.pidIn("one");
        wrapper.destroy();
        job.await(wrapper);
        assertThat(job.ended().endedBy()).hasValue(EndedBy.CANCEL);
        assertThat(job.ended().exitCode()).hasValue(7);
        assertThat(alive(one)).isFalse();
        assertThat(job.ended()
                        .observation(new JobId("1"), Instant.EPOCH)
                        .state()
                        .phase())
                .isEqualTo(JobState.Phase.CANCELLED);
    }

    @Test
    void cancelKillsWhatIgnoresTerm() throws Exception {
        Process wrapper = job.start("trap '' TERM INT; echo $$ > one; while :; do sleep 0.1; done");
        long one = job.pidIn("one");
        wrapper.destroy();
        job.await(wrapper);
        assertThat(job.ended().endedBy()).hasValue(EndedBy.CANCEL);
        assertThat(job.ended().signal()).hasValue(9);
        assertThat(alive(one)).isFalse();
    }

    @Test
    void killedWrapperLeavesItsStartRecordAndNoEnd() throws Exception {
        Process wrapper = job.start("echo $$ > one; exec sleep 50");
        long one = job.pidIn("one");
        wrapper.destroyForcibly();
        job.await(wrapper);
        assertThat(ExitRecord.read(job.record())).isEmpty();
        StartRecord start = StartRecord.read(job.record()).orElseThrow();
        assertThat(start.pid()).isEqualTo(wrapper.pid());
        assertThat(start.startTicks()).isPositive();
        assertThat(alive(one)).isTrue();
        ProcessHandle.of(one).orElseThrow().destroyForcibly();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "USR1"})
    void signalToTheWholeJobComesOnce(String name) throws Exception {
        job.inSlurm("11");
        job.prefix = List.of("setsid");
        Process wrapper = job.start("trap 'echo x >> got' " + name + "; echo $$ > one\n"
                + "n=0; while [ $n -lt 30 ]; do sleep 0.05; n=$((n+1)); done; exit 8");
        job.pidIn("one");
        eventually(() -> children(wrapper) >= 2, "the wrapper has its second process");
        signal(wrapper, name, "-");
        job.await(wrapper);
        assertThat(dir.resolve("got")).hasContent("x");
        assertThat(job.ended().exitCode()).hasValue(8);
        assertThat(job.ended().terminated()).isEqualTo(!name.equals("USR1"));
        assertThat(job.ended().endedBy()).isEmpty();
        assertThat(job.ended().start().slurmJob()).hasValue(new JobId("11"));
    }

    @Test
    void signalsToTheBatchScriptAloneArePassedOnAfterOneToAll() throws Exception {
        job.inSlurm("11");
        job.prefix = List.of("setsid");
        Process wrapper = job.start("trap 'echo TERM >> got' TERM; trap 'echo USR1 >> got' USR1; echo $$ > one\n"
                + "until [ -e go ]; do sleep 0.02; done; exit 8");
        job.pidIn("one");
        signal(wrapper, "TERM", "-");
        eventually(() -> WrapperFixture.content(dir.resolve("got")).equals("TERM\n"), "TERM came");
        signal(wrapper, "USR1", "");
        eventually(() -> WrapperFixture.content(dir.resolve("got")).equals("TERM\nUSR1\n"), "USR1 came");
        eventually(() -> children(wrapper) >= 2, "the wrapper has its second process again");
        signal(wrapper, "TERM", "");
        eventually(() -> WrapperFixture.content(dir.resolve("got")).equals("TERM\nUSR1\nTERM\n"), "TERM came again");
        Files.createFile(dir.resolve("go"));
        job.await(wrapper);
        assertThat(job.ended().exitCode()).hasValue(8);
    }

    @Test
    void nothingOfTheWrapperOutlivesIt() throws Exception {
        job.inSlurm("11");
        Process wrapper = job.start("echo $$ > one; exec sleep 50");
        long one = job.pidIn("one");
        List<ProcessHandle> all = wrapper.children().toList();
        assertThat(all).hasSize(2);
        wrapper.destroyForcibly();
        for (ProcessHandle each : all) {
            if (each.pid() != one) {
                eventually(() -> !alive(each.pid()), "the wrapper's second process ends with it");
            }
        }
        ProcessHandle.of(one).orElseThrow().destroyForcibly();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "USR1", "INT", "HUP"})
    void signalToTheBatchScriptAloneIsPassedOn(String name) throws Exception {
        job.inSlurm("11");
        Process wrapper = job.start("trap 'exit 8' " + name + "; echo $$ > one; while :; do sleep 0.05; done");
        job.pidIn("one");
        signal(wrapper, name, "");
        job.await(wrapper);
        assertThat(job.ended().exitCode()).hasValue(8);
    }

    /** With "-" for {@code group} every process of the group gets it, as slurmd does it. */
    private static void signal(Process process, String name, String group) throws Exception {
        Process kill = new ProcessBuilder("/bin/kill", "-" + name, "--", group + process.pid()).start();
        assertThat(kill.waitFor()).isZero();
    }

    private static long children(Process process) {
        return process.children().filter(child -> alive(child.pid())).count();
    }
}
