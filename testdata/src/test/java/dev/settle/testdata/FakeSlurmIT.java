package dev.settle.testdata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FakeSlurmIT {
    private FakeSlurm slurm;

    @BeforeEach
    void create() {
        slurm = FakeSlurm.create();
    }

    @AfterEach
    void close() {
        slurm.close();
        assertThat(Files.exists(slurm.folder())).isFalse();
    }

    private String submit(String... options) {
        String[] all = new String[options.length + 3];
        all[0] = "--parsable";
        all[1] = "--output=" + slurm.folder() + "/%j.out";
        all[2] = "--chdir=" + slurm.folder();
        System.arraycopy(options, 0, all, 3, options.length);
        return slurm.run("sbatch", all).strip();
    }

    private String squeue(String id) {
        return slurm.run("squeue", "-h", "-t", "all", "-o", "%i|%T|%r", "-j", id);
    }

    private String sacct(String id) {
        return slurm.run("sacct", "-nPXD", "-o", "JobID,State,ExitCode", "-j", id);
    }

    private void await(String what, String id) throws InterruptedException {
        for (int i = 0; i < 200 && !squeue(id).contains(what); i++) {
            Thread.sleep(50);
        }
        assertThat(squeue(id)).contains(what);
    }

    @Test
    void aFailedJobLooksAsInTheRecordedTraces() throws Exception {
        String id = submit("-J", "exit3", "--wrap=echo said; exit 3");
        await("FAILED", id);
        assertThat(squeue(id)).isEqualTo("1|FAILED|NonZeroExitCode\n");
        assertThat(slurm.run("sacct", "-nP", "-o", "JobID,JobName,State,ExitCode", "-j", id))
                .isEqualTo("1|exit3|FAILED|3:0\n1.batch|batch|FAILED|3:0\n");
        assertThat(Files.readString(slurm.folder().resolve("1.out"))).isEqualTo("said\n");
    }

    @Test
    void aSignalIsToldFromAnExitStatusOfTheSameNumber() throws Exception {
        String signal = submit("--wrap=kill -9 $$");
        String status = submit("--wrap=exit 137");
        await("FAILED", signal);
        await("FAILED", status);
        assertThat(sacct(signal)).isEqualTo("1|FAILED|0:9\n");
        assertThat(sacct(status)).isEqualTo("2|FAILED|137:0\n");
    }

    @Test
    void anArrayKeepsToItsThrottleAndNamesItsPendingTasksAsOneRange() throws Exception {
        String id = submit("--array=1-3%1", "--wrap=sleep 1");
        await("RUNNING", id);
        assertThat(squeue(id)).isEqualTo("1_1|RUNNING|None\n1_[2-3%1]|PENDING|JobArrayTaskLimit\n");
        await("1_3|COMPLETED", id);
    }

    @Test
    void aJobThatWasAcceptedButSaidToHaveTimedOutRuns() throws Exception {
        slurm.plan("sbatch@1 accept-timeout");
        assertThatThrownBy(() -> submit("--wrap=true")).hasMessageContaining("Socket timed out on send/recv operation");
        await("COMPLETED", "1");
    }

    @Test
    void accountingLagsAndIsPartialAsPlanned() throws Exception {
        slurm.plan("world partial 60");
        String id = submit("-J", "late", "--wrap=true");
        await("COMPLETED", id);
        assertThat(slurm.run("sacct", "-nPX", "-o", "JobName,State,QOS", "-j", id))
                .isEqualTo("allocation|COMPLETED|Unknown\n");
        slurm.replan("world lag 60");
        assertThat(sacct(id)).isEmpty();
        slurm.replan();
        assertThat(sacct(id)).isEqualTo("1|COMPLETED|0:0\n");
    }

    @Test
    void cancellingNamesTheUserAndEndsTheProcesses() throws Exception {
        Path witness = slurm.folder().resolve("witness");
        String id = submit("--wrap=echo $$ >" + witness + "; sleep 60");
        await("RUNNING", id);
        for (int i = 0; i < 100 && !Files.exists(witness); i++) {
            Thread.sleep(50);
        }
        slurm.run("scancel", id);
        await("CANCELLED", id);
        assertThat(sacct(id)).startsWith("1|CANCELLED by ");
        long pid = Long.parseLong(Files.readString(witness).strip());
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void aRequeuedJobKeepsItsIdAndHasTwoRows() throws Exception {
        slurm.plan("job * requeued 0.1 NODE_FAIL");
        String id = submit("--wrap=sleep 0.5");
        await("BeginTime", id);
        await("COMPLETED", id);
        assertThat(sacct(id)).isEqualTo("1|NODE_FAIL|0:0\n1|COMPLETED|0:0\n");
    }

    @Test
    void callsAreLoggedWithTheirArguments() {
        slurm.plan("squeue@2 fail 1 slurm_load_jobs error: Unable to contact slurm controller (connect failure)");
        slurm.run("squeue", "-o", "a\tb\\c\nd");
        assertThatThrownBy(() -> slurm.run("squeue")).hasMessageContaining("Unable to contact slurm controller");
        assertThat(slurm.calls("squeue")).hasSize(2);
        FakeSlurm.Call first = slurm.calls().get(0);
        assertThat(first.arguments()).containsExactly("-o", "a\tb\\c\nd");
        assertThat(first.number()).isEqualTo(1);
    }
}
