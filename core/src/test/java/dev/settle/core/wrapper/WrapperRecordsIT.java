package dev.settle.core.wrapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.SubmitToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a wrapper leaves output and records, and what it does when somebody was there before, or the disk refuses. */
final class WrapperRecordsIT {
    @TempDir
    Path dir;

    private WrapperFixture job;

    @BeforeEach
    void freshJob() {
        job = new WrapperFixture(dir);
    }

    @Test
    void outputGoesWhereSlurmOpenedItAndTheItemsPathLeadsThere() throws Exception {
        job.inSlurm("11");
        job.await(job.start("echo out; echo err >&2"));
        assertThat(dir.resolve("outer.err")).hasContent("err");
        assertThat(Files.isSymbolicLink(job.stderr())).isTrue();
        assertThat(job.err()).isEqualTo("err\n");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void outputThatSlurmOpenedInTheRunIsPrivateAndAnotherStaysAsItIs(boolean perl) throws Exception {
        job.inSlurm("11");
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
        job.inSlurm("12").asTask();
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
    void taskOfTheUsersIndexPicksItsJob(boolean perl) throws Exception {
        if (!perl) {
            job.withoutPerl();
        }
        job.inSlurm("12").ofIndex(5);
        job.outer.put("SLURM_ARRAY_JOB_ID", "10");
        job.outer.put("SLURM_ARRAY_TASK_ID", "5");
        assertThat(job.run("exit 4")).isEqualTo(4 << 8);
        assertThat(job.ended().start().slurmJob()).hasValue(new JobId("10_5"));
        assertThat(job.ended().start().slurmNumber()).hasValue(new JobId("12"));
        assertThat(job.ended().start().index()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void singleJobIsNotTakenForTheTaskWhoseVariablesItInherited(boolean perl) throws Exception {
        if (!perl) {
            job.withoutPerl();
        }
        job.inSlurm("12");
        job.outer.put("SLURM_ARRAY_JOB_ID", "10");
        job.outer.put("SLURM_ARRAY_TASK_ID", "5");
        assertThat(job.run("exit 4")).isEqualTo(4 << 8);
        assertThat(job.ended().start().slurmJob()).hasValue(new JobId("12"));
        assertThat(job.ended().start().slurmNumber()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void requeuedJobRunsAgainAndKeepsWhatWasRecorded(boolean perl) throws Exception {
        if (!perl) {
            job.withoutPerl();
        }
        job.inSlurm("11");
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

    /** A controller that restarts from an older state starts jobs again that it had started since, uncounted. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void jobThatSlurmForgotToHaveStartedEndsAsItEndedBefore(boolean perl) throws Exception {
        if (!perl) {
            job.withoutPerl();
        }
        job.inSlurm("11");
        job.run("echo run >> runs; exit 3");
        assertThat(job.run("echo run >> runs; exit 3")).isEqualTo(3 << 8);
        assertThat(dir.resolve("outer.err")).content().contains("it had ended and is not run again");
        assertThat(job.ended().exitCode()).hasValue(3);
        assertThat(dir.resolve("runs")).hasContent("run");
        assertThat(job.record().resolveSibling(job.record().getFileName() + ".start"))
                .doesNotExist();
    }

    @Test
    void jobThatSlurmForgotToHaveStartedEndsByItsSignal() throws Exception {
        job.inSlurm("11");
        job.run("kill -9 $$");
        assertThat(job.run("exit 0")).isEqualTo(9);
        assertThat(job.ended().signal()).hasValue(9);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void jobThatStillRunsIsWaitedForByItsSecondStart(boolean perl) throws Exception {
        if (!perl) {
            job.withoutPerl();
        }
        job.inSlurm("11");
        String script = "echo $$ > one; echo run >> runs; while [ ! -e go ]; do sleep 0.05; done; exit 5";
        Process first = job.start(script);
        job.pidIn("one");
        Process second = job.start(script);
        assertThat(second.waitFor(2, TimeUnit.SECONDS)).isFalse();
        Files.createFile(dir.resolve("go"));
        job.await(first);
        job.await(second);
        assertThat(second.exitValue()).isEqualTo(5);
        assertThat(dir.resolve("runs")).hasContent("run");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void jobThatWasKilledWithItsControllersMemoryRunsAgain(boolean perl) throws Exception {
        if (!perl) {
            job.withoutPerl();
        }
        job.inSlurm("11");
        Process killed = job.start("echo $$ > one; exec sleep 50");
        long one = job.pidIn("one");
        killed.destroyForcibly();
        ProcessHandle.of(one).orElseThrow().destroyForcibly();
        job.await(killed);
        assertThat(job.run("exit 3")).isEqualTo(3 << 8);
        assertThat(job.ended().exitCode()).hasValue(3);
    }

    /** The numbers that a controller forgot are given again, perhaps to a second submission of the same attempt. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void jobOfTheSameNumberAndAnotherTokenDoesNotRun(boolean perl) throws Exception {
        if (!perl) {
            job.withoutPerl();
        }
        job.inSlurm("11");
        job.run("echo run >> runs; exit 3");
        job.token = new SubmitToken("st0123456789ac");
        assertThat(job.run("echo run >> runs")).isEqualTo(JobWrapper.EXIT_CANNOT_START << 8);
        assertThat(job.ended().exitCode()).hasValue(3);
        assertThat(dir.resolve("runs")).hasContent("run");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void secondJobOfTheSameAttemptDoesNotRun(boolean perl) throws Exception {
        if (!perl) {
            job.withoutPerl();
        }
        job.inSlurm("11");
        Process first = job.start("echo $$ > one; echo run >> runs; while [ ! -e go ]; do sleep 0.05; done; exit 5");
        job.pidIn("one");
        job.inSlurm("12");
        assertThat(job.run("echo run >> runs")).isEqualTo(JobWrapper.EXIT_CANNOT_START << 8);
        assertThat(dir.resolve("outer.err")).content().contains("already started");
        Files.createFile(dir.resolve("go"));
        job.await(first);
        assertThat(job.run("echo run >> runs")).isEqualTo(JobWrapper.EXIT_CANNOT_START << 8);
        assertThat(job.ended().exitCode()).hasValue(5);
        assertThat(job.ended().start().slurmJob()).hasValue(new JobId("11"));
        assertThat(dir.resolve("runs")).hasContent("run");
    }

    @Test
    void recordsFolderThatWasRemovedDoesNotHideTheStatus() throws Exception {
        assertThat(job.run("rm -rf run; exit 6")).isEqualTo(6 << 8);
        assertThat(job.record()).doesNotExist();
    }

    @Test
    void limitOnFileSizesDoesNotHideTheStatus() throws Exception {
        job.inSlurm("11");
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
}
