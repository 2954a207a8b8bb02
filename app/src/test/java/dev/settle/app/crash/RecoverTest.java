package dev.settle.app.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.process.App;
import dev.settle.app.process.Console;
import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.core.run.RunEvent;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What recover says of runs that nobody drives, and what it makes of them. */
@Timeout(120)
final class RecoverTest {
    @TempDir
    Path folder;

    private InProcess settle;

    @BeforeEach
    void dmesgThatSaysNothing() throws Exception {
        Files.createDirectory(folder.resolve("bin"));
        kernelSays("");
        settle = new InProcess(folder, folder.resolve("bin") + ":/usr/bin:/bin");
    }

    private void kernelSays(String line) throws Exception {
        Path dmesg = Files.writeString(folder.resolve("bin/dmesg"), "#!/bin/sh\necho '" + line + "'\n");
        assertThat(dmesg.toFile().setExecutable(true)).isTrue();
    }

    private Fields found(StalledRun run) throws Exception {
        byte[] before = Files.readAllBytes(run.folder.journal());
        InProcess.Ended ended = settle.settle("recover", run.folder.id().value(), "--dry-run", "--json");
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(Files.readAllBytes(run.folder.journal()))
                .as("a dry run writes nothing")
                .isEqualTo(before);
        return Json.parseObject(ended.out()).objects("runs").get(0);
    }

    private Fields found(StalledRun.Driver driver) throws Exception {
        return found(StalledRun.leave(settle, driver, List.of()));
    }

    private static String evidence(Fields row) throws Exception {
        return String.join("\n", row.texts("evidence"));
    }

    @Test
    void killedDriverIsToldByItsProcess() throws Exception {
        StalledRun run = StalledRun.leave(settle, StalledRun.Driver.GONE, List.of());
        Fields row = found(run);
        assertThat(row.text("state")).isEqualTo("stalled");
        assertThat(row.text("fingerprint")).isEqualTo("driver_died");
        assertThat(row.text("driver")).isEqualTo("killed");
        assertThat(evidence(row)).contains("process " + run.pid, "does not exist any more");
    }

    @Test
    void driverThatTheKernelKilledForMemoryIsToldByTheKernelsRecord() throws Exception {
        StalledRun run = StalledRun.leave(settle, StalledRun.Driver.GONE, List.of());
        kernelSays("[  9.1] Memory cgroup out of memory: Killed process " + run.pid + " (java) total-vm:4096kB");
        Fields row = found(run);
        assertThat(row.text("driver")).isEqualTo("out_of_memory");
        assertThat(evidence(row)).contains("Killed process " + run.pid + " (java)");
        kernelSays("[  9.1] Out of memory: Killed process " + run.pid + "0 (java)");
        assertThat(found(run).text("driver")).as("the end of another process").isEqualTo("killed");
    }

    @Test
    void driverInASlurmJobThatRanOutOfMemoryIsToldByAccounting() throws Exception {
        StalledRun run = StalledRun.leave(settle, StalledRun.Driver.GONE_ELSEWHERE, List.of());
        Path sacct = Files.writeString(
                folder.resolve("bin/sacct"), "#!/bin/sh\ncase \"$*\" in *' -j 4711 '*) echo OUT_OF_MEMORY;; esac\n");
        assertThat(sacct.toFile().setExecutable(true)).isTrue();
        Files.writeString(run.folder.path().resolve("driver.job"), "1 4711\n");
        Fields row = found(run);
        assertThat(row.text("driver")).isEqualTo("out_of_memory");
        assertThat(evidence(row)).contains("accounting says of Slurm job 4711, in which it ran: OUT_OF_MEMORY");
        Files.writeString(run.folder.path().resolve("driver.job"), "7 4711\n");
        assertThat(found(run).text("driver")).as("the job of another driver").isEqualTo("unknown");
    }

    @Test
    void rebootIsToldByTheBootId() throws Exception {
        Fields row = found(StalledRun.Driver.GONE_WITH_AN_EARLIER_BOOT);
        assertThat(row.text("driver")).isEqualTo("reboot");
        assertThat(evidence(row)).contains("an-earlier-boot");
    }

    @Test
    void driverThatWasAskedToGoLeftAWord() throws Exception {
        Fields row = found(StalledRun.Driver.ASKED_TO_GO);
        assertThat(row.text("driver")).isEqualTo("stopped");
        assertThat(evidence(row)).contains("(TERM)");
    }

    @Test
    void runThatNobodyEverDroveIsToldAsSuch() throws Exception {
        assertThat(found(StalledRun.Driver.NEVER_CAME).text("driver")).isEqualTo("never_driven");
    }

    @Test
    void driverOnAnotherMachineIsNotGuessedAt() throws Exception {
        Fields row = found(StalledRun.Driver.GONE_ELSEWHERE);
        assertThat(row.text("driver")).isEqualTo("unknown");
        assertThat(evidence(row)).contains("elsewhere", "cannot be inspected");
    }

    @Test
    void itemsEndThatCouldNotBeSavedIsToldByItsExitRecord() throws Exception {
        StalledRun run = StalledRun.leave(settle, StalledRun.Driver.GONE, StalledRun.submitted("one", 4711));
        run.writeExitRecord(app(), "one", 3);
        Fields row = found(run);
        assertThat(row.text("fingerprint")).isEqualTo("item_end_not_saved");
        assertThat(evidence(row)).contains("exit record of one", "exit code 3", "the journal has it submitted");
    }

    @Test
    void runsEndThatCouldNotBeSavedIsToldByItsItems() throws Exception {
        List<RunEvent> events = List.of(StalledRun.settled("one"), StalledRun.settled("two"));
        Fields row = found(StalledRun.leave(settle, StalledRun.Driver.GONE, events));
        assertThat(row.text("fingerprint")).isEqualTo("run_end_not_saved");
        assertThat(evidence(row)).contains("all 2 items have ended");
    }

    @Test
    void afterRecoverEndNoRunReadsRunningAndASecondOneFindsNothing() throws Exception {
        List<RunEvent> events = new ArrayList<>(StalledRun.submitted("one", 4711));
        StalledRun halfway = StalledRun.leave(settle, StalledRun.Driver.GONE, events);
        halfway.writeExitRecord(app(), "one", 0);
        StalledRun stopped = StalledRun.leave(settle, StalledRun.Driver.ASKED_TO_GO, List.of());
        StalledRun over = StalledRun.leave(
                settle, StalledRun.Driver.GONE, List.of(StalledRun.settled("one"), StalledRun.settled("two")));

        InProcess.Ended ended = settle.settle("recover", "--end");
        assertThat(ended.code()).as(ended.out() + ended.err()).isZero();
        assertThat(stopReason(halfway)).isEqualTo("interrupted driver_died");
        assertThat(stopReason(stopped)).isEqualTo("interrupted driver_stopped");
        assertThat(stopReason(over)).as("its items say how it ended").isEqualTo("failed items_failed");
        Fields run = Json.parseObject(
                settle.settle("status", halfway.folder.id().value(), "--json").out());
        assertThat(run.objects("items").get(0).text("state"))
                .as("what can be settled is")
                .isEqualTo("completed");
        assertThat(settle.settle("recover", "--end").out()).isEqualTo("Nothing to recover.\n");
        assertThat(settle.settle("recover").out()).isEqualTo("Nothing to recover.\n");
    }

    @Test
    void runThatCannotBeReadKeepsNoOtherFromBeingFound() throws Exception {
        StalledRun broken = StalledRun.leave(settle, StalledRun.Driver.GONE, StalledRun.submitted("one", 4711));
        StalledRun other = StalledRun.leave(settle, StalledRun.Driver.GONE, List.of());
        byte[] journal = Files.readAllBytes(broken.folder.journal());
        journal[20] ^= 1;
        Files.write(broken.folder.journal(), journal);
        InProcess.Ended ended = settle.settle("recover", "--dry-run");
        assertThat(ended.code()).isEqualTo(74);
        assertThat(ended.out()).contains(other.folder.id().value());
        assertThat(ended.err()).contains(broken.folder.id().value(), "damaged at byte");
        assertThat(Files.readAllBytes(broken.folder.journal())).isEqualTo(journal);
    }

    private String stopReason(StalledRun run) throws Exception {
        Fields document = Json.parseObject(
                settle.settle("status", run.folder.id().value(), "--json").out());
        return document.text("state") + " " + document.object("stop").text("reason");
    }

    private App app() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        return settle.app(new Console(nowhere, nowhere), Duration.ZERO);
    }
}
