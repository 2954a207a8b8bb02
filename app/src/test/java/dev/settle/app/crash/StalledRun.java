package dev.settle.app.crash;

import dev.settle.app.process.App;
import dev.settle.app.process.Console;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.file.JournalWriter;
import dev.settle.core.journal.file.Takeover;
import dev.settle.core.journal.lease.DriverId;
import dev.settle.core.journal.lease.Lease;
import dev.settle.core.journal.lease.LeaseAnswer;
import dev.settle.core.journal.lease.Leases;
import dev.settle.core.journal.lease.LockReach;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.Entry;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.RunEvent;
import dev.settle.core.runfile.ReadContext;
import dev.settle.core.runfile.RunFiles;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.scheduler.Usage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A run of two items on this machine, as a driver left it that is gone. */
final class StalledRun {
    /** How its driver went. */
    enum Driver {
        NEVER_CAME,
        GONE,
        GONE_WITH_AN_EARLIER_BOOT,
        GONE_ELSEWHERE,
        ASKED_TO_GO
    }

    private static final SubmitToken TOKEN = new SubmitToken("st0123456789ab");

    /** A run is taken for new for ten seconds. */
    private static final Duration AGE = Duration.ofMinutes(1);

    final RunFolder folder;
    final long pid;

    private StalledRun(RunFolder folder, long pid) {
        this.folder = folder;
        this.pid = pid;
    }

    static StalledRun leave(InProcess settle, Driver driver, List<RunEvent> events) throws Exception {
        return leave(settle, driver, events, AGE);
    }

    /** @param age how long ago it was left */
    static StalledRun leave(InProcess settle, Driver driver, List<RunEvent> events, Duration age) throws Exception {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        App app = settle.app(new Console(nowhere, nowhere), age);
        Runs runs = new Runs(app);
        Plan plan = RunFiles.read(
                        "items: [{id: one, command: 'true'}, {id: two, command: 'true'}]",
                        "stalled.yaml",
                        new ReadContext(settle.state(), settle.state(), asked -> "local"))
                .plan()
                .orElseThrow();
        RunFolder folder =
                runs.create(plan, BackendName.LOCAL, "test", false, draft -> {}).folder();
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        StalledRun run = new StalledRun(folder, process.pid());
        if (driver != Driver.NEVER_CAME) {
            run.drive(app, runs, driver, events);
        }
        return run;
    }

    private void drive(App app, Runs runs, Driver driver, List<RunEvent> events) throws IOException {
        DriverId here = app.wiring().driver();
        DriverId self = new DriverId(
                driver == Driver.GONE_ELSEWHERE ? "elsewhere" : here.host(),
                driver == Driver.GONE_WITH_AN_EARLIER_BOOT ? "an-earlier-boot" : here.bootId(),
                here.pidSpace(),
                pid,
                1);
        CrashPoint crashPoint = new CrashPoint(Integer.MAX_VALUE, CrashPoint.When.BEFORE, () -> {});
        CrashingDisk disk = new CrashingDisk(crashPoint);
        Leases leases = new Leases(
                disk,
                self,
                any -> OptionalLong.empty(),
                LockReach.LOCAL,
                app.wiring().clock());
        Lease lease = ((LeaseAnswer.Taken) leases.take(folder)).lease();
        List<Entry> entries = new ArrayList<>();
        List<RunEvent> all = new ArrayList<>();
        all.add(new RunEvent.Driven(self.host(), self.pid(), self.bootId(), lease.fence()));
        all.addAll(events);
        if (driver == Driver.ASKED_TO_GO) {
            all.add(new RunEvent.Released("TERM"));
        }
        Instant at = app.wiring().clock().instant();
        all.forEach(event -> entries.add(new Entry(entries.size() + 2L, at, event)));
        try (JournalWriter journal =
                Takeover.open(disk, folder, lease, runs.openToManage(folder).loaded())) {
            journal.append(entries);
        }
        if (driver == Driver.ASKED_TO_GO) {
            lease.release();
            return;
        }
        // It dies with the lease in its hands: the system takes the lock, and the lease says what it said.
        crashPoint.strike();
        try {
            lease.release();
        } catch (CrashPoint.Killed dead) {
            if (driver == Driver.GONE_ELSEWHERE) {
                Files.setLastModifiedTime(
                        folder.lease(), FileTime.from(Instant.now().minus(Leases.EXPIRY.multipliedBy(2))));
            }
        }
    }

    /** The item was submitted, as this process. */
    static List<RunEvent> submitted(String item, long pid) {
        ItemId id = new ItemId(item);
        return List.of(
                new RunEvent.OfItem(new ItemEvent.Intended(id, 1, TOKEN)),
                new RunEvent.OfItem(new ItemEvent.Submitted(id, new JobId(Long.toString(pid)))));
    }

    /** The item has its verdict. */
    static RunEvent settled(String item) {
        return new RunEvent.OfItem(new ItemEvent.Settled(
                new ItemId(item),
                new Outcome(
                        ItemState.FAILED,
                        ItemReason.LAUNCH_FAILURE,
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        ConfirmedBy.CONTROLLER,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Usage.NONE,
                        "never_submitted")));
    }

    /** The item's wrapper has written how it ended. */
    void writeExitRecord(App app, String item, int exitCode) throws IOException {
        String who = "{\"settle_record\":1,\"token\":\"" + TOKEN + "\",\"index\":0,\"item\":\"" + item
                + "\",\"attempt\":1,\"restart\":0,\"slurm_job\":null,\"host\":\""
                + app.wiring().host() + "\",\"boot\":\"" + app.wiring().bootId()
                + "\",\"pid\":4711,\"start_ticks\":456,\"started_at\":\"2026-11-21T02:45:31.205Z\",\"timeout_s\":null";
        Files.writeString(
                folder.record(new ItemId(item), 1),
                who + ",\"kind\":\"start\",\"mode\":\"local\"}\n" + who + ",\"kind\":\"end\",\"exit_code\":" + exitCode
                        + ",\"signal\":null,\"ended_at\":\"2026-11-21T02:46:33.105Z\",\"cpu_s\":1.25,"
                        + "\"max_rss_bytes\":4096}\n");
    }
}
