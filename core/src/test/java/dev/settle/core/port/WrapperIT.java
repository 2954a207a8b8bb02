package dev.settle.core.port;

import static dev.settle.core.port.WrapperFixture.alive;
import static dev.settle.core.port.WrapperFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.settle.core.port.ExitRecord.EndedBy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The wrapper as a process. */
final class WrapperIT {
    @TempDir
    Path dir;

    private WrapperFixture job;

    @BeforeEach
    void freshJob() {
        job = new WrapperFixture(dir);
    }

    // ------------------------------------------------------------------------------------------------- how it ended

    @ParameterizedTest
    @CsvSource({"true,0", "exit 0,0", "exit 3,3", "exit 137,137", "false,1", "no-such-command-here,127"})
    void exitCodeIsRecordedAndPassedThrough(String script, int code) throws Exception {
        assertThat(job.run(script)).isEqualTo(code << 8);
        assertThat(job.ended().exitCode()).hasValue(code);
        assertThat(job.ended().signal()).isEmpty();
        assertThat(job.ended().launchFailure()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 6, 9, 10, 11, 13, 14, 15})
    void signalIsRecordedAndPassedThrough(int signal) throws Exception {
        // The eighth bit of a wait status would say that the wrapper itself dumped core.
        assertThat(job.run("ulimit -c 0; kill -" + signal + " $$")).isEqualTo(signal);
        assertThat(job.ended().signal()).hasValue(signal);
        assertThat(job.ended().exitCode()).isEmpty();
        assertThat(job.ended()
                        .sighting(new JobId("1"), Instant.EPOCH)
                        .state()
                        .reason()
                        .word())
                .isEqualTo("signal");
    }

    @Test
    void recordSaysWhoWhenAndHowMuch() throws Exception {
        job.item = "train[lr=0.1,seed=1]";
        Instant before = Instant.now();
        job.run("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done");
        ExitRecord ended = job.ended();
        assertThat(ended.start().item()).isEqualTo("train[lr=0.1,seed=1]");
        assertThat(ended.start().token()).isEqualTo(job.token);
        assertThat(ended.start().attempt()).isEqualTo(1);
        assertThat(ended.start().restart()).isZero();
        assertThat(ended.start().boot())
                .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/random/boot_id"))
                        .strip());
        assertThat(ended.start().startedAt()).isBetween(before.minusMillis(2), ended.endedAt());
        assertThat(ended.endedAt()).isBefore(Instant.now().plusMillis(2));
        assertThat(ended.usage().cpuSeconds().orElseThrow()).isBetween(0.02, 20.0);
        assertThat(ended.usage().maxRssBytes().orElseThrow()).isBetween(500_000L, 100_000_000L);
        assertThat(JobWrapper.startRecord(job.record())).doesNotExist();
        assertThat(Files.list(job.record().getParent())).containsExactly(job.record());
        assertThat(StartRecord.read(job.record())).hasValue(ended.start());
    }

    @Test
    void whatIsLeftInTheBackgroundIsNeitherWaitedForNorEnded() throws Exception {
        job.run("sleep 50 & echo $! > left");
        long left = job.pidIn("left");
        assertThat(job.ended().exitCode()).hasValue(0);
        assertThat(alive(left)).isTrue();
        ProcessHandle.of(left).orElseThrow().destroyForcibly();
    }

    // ----------------------------------------------------------------------------------------------- what is run, how

    @Test
    void textsReachTheScriptToTheByte() throws Exception {
        String script = "cat <<'SCRIPTHUT_EOF'\nit's \"$HOME\" `x` \\ \t\u00e9\u4e2d !*?[]\nEOF\n''\nSCRIPTHUT_EOF\n"
                + "printf '%s|' \"$QUOTES\" \"$LINES_\"; echo 'a'\\''b'";
        job.env.put("QUOTES", "it's \"q\" '''\\");
        job.env.put("LINES_", "one\ntwo'\n'three\n");
        job.run(script);
        String expected =
                "it's \"$HOME\" `x` \\ \t\u00e9\u4e2d !*?[]\nEOF\n''\n" + "it's \"q\" '''\\|one\ntwo'\n'three\n|a'b\n";
        assertThat(Files.readString(job.stdout())).isEqualTo(expected);
    }

    @Test
    void textsReachTheScriptToTheByteWithoutPerl() throws Exception {
        job.withoutPerl();
        textsReachTheScriptToTheByte();
    }

    @Test
    void manyQuotesAreNoTrouble() throws Exception {
        job.env.put("QUOTES", "'".repeat(30_000));
        job.run("echo ${#QUOTES}");
        assertThat(job.out()).isEqualTo("30000\n");
    }

    @Test
    void scriptsLongerThanAnArgumentMayBeRun() throws Exception {
        job.run("echo begin\n" + ": 0123456789\n".repeat(20_000) + "echo end\nexit 4");
        assertThat(job.out()).isEqualTo("begin\nend\n");
        assertThat(job.ended().exitCode()).hasValue(4);
        assertThat(Files.list(job.record().getParent())).containsExactly(job.record());
    }

    @Test
    void environmentTooLargeToStartAnythingIsALaunchFailure() throws Exception {
        job.env.put("LARGE", "x".repeat(200_000));
        assertThat(job.run("true")).isEqualTo(JobWrapper.EXIT_CANNOT_START << 8);
        assertThat(job.ended().launchFailure().orElseThrow()).contains("Argument list too long");
    }

    @Test
    void setupRunsInTheShellOfTheScript() throws Exception {
        job.setup = "greet() { echo \"hello $1\"; }";
        job.run("greet you");
        assertThat(job.out()).isEqualTo("hello you\n");
    }

    @Test
    void setupThatEndsInABackslashDoesNotSwallowTheScript() throws Exception {
        job.setup = "echo setup \\";
        job.run("echo script");
        assertThat(job.out()).isEqualTo("setup\nscript\n");
    }

    @Test
    void setupReachesAScriptOfAnotherInterpreter() throws Exception {
        job.setup = "export GREETING='hello'";
        job.run("#!/usr/bin/perl -w\nprint \"$ENV{GREETING} $^W\\n\"; exit 5");
        assertThat(job.out()).isEqualTo("hello 1\n");
        assertThat(job.ended().exitCode()).hasValue(5);
    }

    @Test
    void setupThatExitsEndsTheItem() throws Exception {
        job.setup = "exit 9";
        job.run("echo script");
        assertThat(job.ended().exitCode()).hasValue(9);
        assertThat(job.out()).isEmpty();
    }

    @Test
    void itemKnowsItsFolderAndItsMark() throws Exception {
        Path work = Files.createDirectories(dir.resolve("work it's"));
        job.workingDir = work;
        job.env.put("SETTLE_RESULT", dir.resolve("run/results/r.json").toString());
        job.run("pwd; echo \"$PWD $SETTLE_JOB\"; echo '{}' > \"$SETTLE_RESULT\"");
        assertThat(job.out()).isEqualTo(work + "\n" + work + " st0123456789ab.0\n");
        assertThat(dir.resolve("run/results/r.json")).hasContent("{}");
    }

    @Test
    void childGetsDefaultSignalsAndNoForeignFiles() throws Exception {
        job.before = "trap '' INT HUP QUIT PIPE USR1; exec 7< /dev/null";
        job.run("grep SigIgn /proc/self/status; ls /proc/self/fd | wc -l");
        // 0, 1, 2, the 7 that the caller left open, and the folder that ls reads.
        // Signals 32 and 33 belong to the C library.
        assertThat(job.out().replaceAll("\\s+", " ").replace(" 0000000180000000", " 0000000000000000"))
                .isEqualTo("SigIgn: 0000000000000000 5 ");
    }

    @Test
    void variablesThatSteerPerlSteerOnlyTheItems() throws Exception {
        job.outer.put("PERL5OPT", "-Mno::such::module");
        job.outer.put("PERL_UNICODE", "SDA");
        job.run("echo \"$PERL5OPT $PERL_UNICODE\"; env | grep -c SETTLE_KEEP");
        assertThat(job.out()).isEqualTo("-Mno::such::module SDA\n0\n");
        assertThat(job.ended().launchFailure()).isEmpty();
    }

    @Test
    void largeAndBinaryOutputArriveWhole() throws Exception {
        job.run("head -c 10485760 /dev/zero | tr '\\0' '\\377'; printf 'e\\351\\200\\n' >&2");
        assertThat(job.stdout()).hasSize(10 * 1024 * 1024);
        assertThat(job.err()).isEqualTo("e\u00e9\u0080\n");
    }

    @Test
    void outputIsPrivateInTheRunAndAppendedTo() throws Exception {
        Files.createDirectories(job.stdout().getParent());
        Files.writeString(job.stdout(), "before\n");
        job.run("echo after");
        assertThat(job.out()).isEqualTo("before\nafter\n");
        assertThat(Files.getPosixFilePermissions(job.stderr())).hasSize(2);
        assertThat(Files.getPosixFilePermissions(job.record())).hasSize(2);
    }

    // ----------------------------------------------------------------------------------------------- launch failures

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void missingWorkingDirectoryIsALaunchFailureAndNothingRuns(boolean perl) throws Exception {
        if (!perl) {
            job.withoutPerl();
        }
        job.workingDir = dir.resolve("none");
        assertThat(job.run("touch " + dir.resolve("ran"))).isEqualTo(JobWrapper.EXIT_CANNOT_START << 8);
        assertThat(job.ended().launchFailure().orElseThrow()).contains("none", "No such file or directory");
        assertThat(job.ended().exitCode()).isEmpty();
        assertThat(job.err()).contains("working directory");
        assertThat(dir.resolve("ran")).doesNotExist();
    }

    @Test
    void workingDirectoryThatIsAFileIsALaunchFailure() throws Exception {
        job.workingDir = Files.createFile(dir.resolve("file"));
        job.run("true");
        assertThat(job.ended().launchFailure().orElseThrow()).contains("Not a directory");
    }

    @ParameterizedTest
    @CsvSource({
        "#!/no/such/interpreter,bad interpreter /no/such/interpreter",
        "#!/etc/passwd,bad interpreter /etc/passwd",
        "#!,names no interpreter"
    })
    void interpreterThatCannotBeStartedIsALaunchFailure(String first, String why) throws Exception {
        assertThat(job.run(first + "\necho no")).isEqualTo(JobWrapper.EXIT_CANNOT_START << 8);
        assertThat(job.ended().launchFailure().orElseThrow()).contains(why);
    }

    @Test
    void dosLineEndsAreNamed() throws Exception {
        job.run("#!/bin/sh\r\necho no\r\n");
        assertThat(job.ended().launchFailure().orElseThrow()).contains("carriage return");
    }

    @Test
    void launchFailureThatQuotesStrangeBytesIsStillARecord() throws Exception {
        job.workingDir = dir.resolve("a\"b\\c\nd\u00e9");
        job.run("true");
        assertThat(job.ended().launchFailure().orElseThrow()).contains("a\"b\\c\nd\u00e9");
    }

    // ------------------------------------------------------------------------------------------- timeout and cancel

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
                        .sighting(new JobId("1"), Instant.EPOCH)
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
        assertThat(job.ended().sighting(new JobId("1"), Instant.EPOCH).state().phase())
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
        inSlurm("11");
        job.timeLimit = Optional.of(Duration.ofMillis(100));
        job.run("sleep 0.5");
        assertThat(job.ended().endedBy()).isEmpty();
        assertThat(job.ended().exitCode()).hasValue(0);
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
        Process wrapper = job.start("sleep 50 & echo $! > one; trap 'exit 7' TERM; wait");
        long one = job.pidIn("one");
        wrapper.destroy();
        job.await(wrapper);
        assertThat(job.ended().endedBy()).hasValue(EndedBy.CANCEL);
        assertThat(job.ended().exitCode()).hasValue(7);
        assertThat(alive(one)).isFalse();
        assertThat(job.ended().sighting(new JobId("1"), Instant.EPOCH).state().phase())
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

    // ------------------------------------------------------------------------------------------------- inside Slurm

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "USR1"})
    void signalToTheWholeJobComesOnce(String name) throws Exception {
        inSlurm("11");
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
        inSlurm("11");
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
        inSlurm("11");
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
        inSlurm("11");
        Process wrapper = job.start("trap 'exit 8' " + name + "; echo $$ > one; while :; do sleep 0.05; done");
        job.pidIn("one");
        signal(wrapper, name, "");
        job.await(wrapper);
        assertThat(job.ended().exitCode()).hasValue(8);
    }

    @Test
    void outputGoesWhereSlurmOpenedItAndTheItemsPathLeadsThere() throws Exception {
        inSlurm("11");
        job.await(job.start("echo out; echo err >&2"));
        assertThat(dir.resolve("outer.err")).hasContent("err");
        assertThat(Files.isSymbolicLink(job.stderr())).isTrue();
        assertThat(job.err()).isEqualTo("err\n");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void outputThatSlurmOpenedInTheRunIsPrivateAndAnotherStaysAsItIs(boolean perl) throws Exception {
        inSlurm("11");
        if (!perl) {
            job.withoutPerl();
        }
        Path own = Files.createDirectories(dir.resolve("run/scripts")).resolve("st.0.out");
        Path chosen = dir.resolve("chosen");
        job.before = "umask 022; exec > '" + own + "' 2> '" + chosen + "'";
        job.await(job.start("echo out"));
        assertThat(own).hasContent("out");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(chosen)))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void arrayTaskPicksItsJob() throws Exception {
        inSlurm("12");
        job.outer.put("SLURM_ARRAY_JOB_ID", "10");
        job.outer.put("SLURM_ARRAY_TASK_ID", "0");
        job.run("exit 4");
        assertThat(job.ended().start().slurmJob()).hasValue(new JobId("10_0"));
        job.outer.put("SLURM_ARRAY_TASK_ID", "1");
        assertThat(job.run("exit 4")).isEqualTo(JobWrapper.EXIT_CANNOT_START << 8);
        assertThat(dir.resolve("outer.err")).content().contains("there is no such job in it");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void requeuedJobRunsAgainAndKeepsWhatWasRecorded(boolean perl) throws Exception {
        if (!perl) {
            job.withoutPerl();
        }
        inSlurm("11");
        job.run("exit 1");
        job.outer.put("SLURM_RESTART_COUNT", "1");
        Process killed = job.start("echo $$ > one; exec sleep 50");
        long one = job.pidIn("one");
        killed.destroyForcibly();
        ProcessHandle.of(one).orElseThrow().destroyForcibly();
        job.await(killed);
        job.outer.put("SLURM_RESTART_COUNT", "2");
        job.env.put("SETTLE_ATTEMPT", "4");
        job.run("echo $SETTLE_ATTEMPT > attempt; exit 3");
        assertThat(dir.resolve("attempt")).hasContent("6");
        assertThat(job.ended().exitCode()).hasValue(3);
        assertThat(job.ended().start().restart()).isEqualTo(2);
        Path first = job.record().resolveSibling(job.record().getFileName() + ".restart0");
        assertThat(ExitRecord.read(first).orElseThrow().exitCode()).hasValue(1);
        assertThat(job.record().resolveSibling(job.record().getFileName() + ".restart1.start"))
                .exists();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void secondJobOfTheSameAttemptDoesNotRun(boolean perl) throws Exception {
        if (!perl) {
            job.withoutPerl();
        }
        inSlurm("11");
        Process first = job.start("echo $$ > one; echo run >> runs; while [ ! -e go ]; do sleep 0.05; done; exit 5");
        job.pidIn("one");
        inSlurm("12");
        assertThat(job.run("echo run >> runs")).isEqualTo(JobWrapper.EXIT_CANNOT_START << 8);
        assertThat(dir.resolve("outer.err")).content().contains("already started");
        Files.createFile(dir.resolve("go"));
        job.await(first);
        assertThat(job.run("echo run >> runs")).isEqualTo(JobWrapper.EXIT_CANNOT_START << 8);
        assertThat(job.ended().exitCode()).hasValue(5);
        assertThat(job.ended().start().slurmJob()).hasValue(new JobId("11"));
        assertThat(dir.resolve("runs")).hasContent("run");
    }

    // --------------------------------------------------------------------------------------------------- trouble

    @Test
    void recordsFolderThatWasRemovedDoesNotHideTheStatus() throws Exception {
        assertThat(job.run("rm -rf run; exit 6")).isEqualTo(6 << 8);
        assertThat(job.record()).doesNotExist();
    }

    @Test
    void limitOnFileSizesDoesNotHideTheStatus() throws Exception {
        inSlurm("11");
        job.before = "ulimit -f 0";
        Process wrapper = job.start("exit 6");
        job.await(wrapper);
        assertThat(wrapper.exitValue()).isEqualTo(6);
    }

    @Test
    void recordsFolderThatWasReplacedGetsTheRecord() throws Exception {
        assertThat(job.run("mv run/records run/moved; mkdir run/records; exit 6"))
                .isEqualTo(6 << 8);
        assertThat(job.ended().exitCode()).hasValue(6);
        assertThat(StartRecord.read(job.record())).isPresent();
    }

    @Test
    void diskThatCanBeWrittenAgainSoonGetsTheRecord() throws Exception {
        // A read-only file system comes to lie over the folder, for a second.
        assertThat(endOnSmallDisk("mount -t tmpfs -o ro none run/records; (sleep 1; umount run/records) & exit 6")
                        .exitCode())
                .hasValue(6);
    }

    @Test
    void fullDiskHasRoomForTheEndOfAJobThatRuns() throws Exception {
        assertThat(endOnSmallDisk("head -c 1000000 /dev/zero > run/fill; echo x > run/more || exit 6")
                        .exitCode())
                .hasValue(6);
    }

    /** The record of a job whose run has a disk of 64 KiB. */
    private ExitRecord endOnSmallDisk(String script) throws Exception {
        Path disk = Files.createDirectories(dir.resolve("run"));
        job.prefix = List.of("unshare", "--mount");
        job.before = "mount -t tmpfs -o size=64k settle '" + disk + "' || exit 99";
        job.after = "cp -r '" + disk + "/records' '" + dir + "/copy'";
        Process wrapper = job.start(script);
        job.await(wrapper);
        assumeTrue(wrapper.exitValue() == 0, "this machine does not let the test mount a small disk");
        return ExitRecord.read(dir.resolve("copy").resolve(job.record().getFileName()))
                .orElseThrow();
    }

    private void inSlurm(String id) {
        job.mode = JobWrapper.Mode.SLURM;
        job.outer.put("SLURM_JOB_ID", id);
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
