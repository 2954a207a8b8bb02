package dev.settle.app.doctor;

import dev.settle.app.process.App;
import dev.settle.app.runs.EngineJob;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Requests;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.file.JournalReader;
import dev.settle.core.journal.lease.LeaseInfo;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.StopReason;
import dev.settle.core.wrapper.ExitRecord;
import dev.settle.slurm.tools.ProcessToolRunner;
import dev.settle.slurm.tools.ToolRunner;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Says of a run that has not ended and that nobody drives how it came to this: one of three fingerprints. */
public final class Diagnosis {
    private static final Duration SACCT_LIMIT = Duration.ofSeconds(30);
    private static final Duration DMESG_LIMIT = Duration.ofSeconds(3);

    /** More exit records than this are counted, not listed. */
    private static final int RECORDS_MAX = 5;

    /** What is left of a run tells how it was left (contract.md, 6). */
    enum Fingerprint {
        ITEM_END_NOT_SAVED("an item's end could not be saved"),
        RUN_END_NOT_SAVED("the run's end could not be saved"),
        DRIVER_DIED("the driver died");

        private final String sentence;

        Fingerprint(String sentence) {
            this.sentence = sentence;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        String sentence() {
            return sentence;
        }
    }

    /** How the driver came to its end. */
    enum How {
        KILLED("its process was killed and left no message"),
        OUT_OF_MEMORY("its process was killed because memory ran out"),
        REBOOT("the machine was rebooted"),
        STOPPED("its driver was stopped"),
        NEVER_DRIVEN("no process has managed it yet"),
        UNKNOWN("how is unknown");

        private final String phrase;

        How(String phrase) {
            this.phrase = phrase;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        String phrase() {
            return phrase;
        }

        /** Why a run ends that is given up in this condition. */
        StopReason stopReason() {
            return this == STOPPED ? StopReason.DRIVER_STOPPED : StopReason.DRIVER_DIED;
        }
    }

    /** What was found, and what says so. */
    public record Stall(Fingerprint fingerprint, How how, List<String> evidence) {
        public Stall {
            evidence = List.copyOf(evidence);
        }

        String sentence() {
            boolean inOrder = how == How.STOPPED || how == How.NEVER_DRIVEN;
            String ofDriver = inOrder ? how.phrase() : "the driver died: " + how.phrase();
            return fingerprint == Fingerprint.DRIVER_DIED ? ofDriver : fingerprint.sentence() + "; " + ofDriver;
        }
    }

    private final App app;
    private final Runs runs;
    private final LeaseService owners;

    public Diagnosis(App app, Runs runs, LeaseService owners) {
        this.app = app;
        this.runs = runs;
        this.owners = owners;
    }

    /** Looks at a run that has not ended and that nobody drives; changes nothing. */
    public Stall of(RunFolder folder, RunState state) throws IOException {
        List<String> evidence = new ArrayList<>();
        How how = how(folder, state, evidence);
        List<String> records = unsavedEnds(folder, state);
        boolean allEnded = state.counts().total() > 0 && state.counts().open() == 0 && !state.mayGainItems();
        if (allEnded) {
            evidence.add("all " + state.counts().total() + " items have ended, the last at "
                    + state.lastAt().map(Instant::toString).orElse("an unknown time")
                    + ", and the journal has no end of the run");
            return new Stall(Fingerprint.RUN_END_NOT_SAVED, how, evidence);
        }
        evidence.addAll(records);
        return new Stall(records.isEmpty() ? Fingerprint.DRIVER_DIED : Fingerprint.ITEM_END_NOT_SAVED, how, evidence);
    }

    private How how(RunFolder folder, RunState state, List<String> evidence) throws IOException {
        Optional<LeaseInfo> lease = owners.holder(folder);
        if (state.driver().isEmpty() || lease.isEmpty()) {
            Optional<String> why = released(folder);
            if (why.isPresent()) {
                evidence.add("the journal's last entry about its driver: " + why.get());
                return How.STOPPED;
            }
            if (state.driver().isEmpty()) {
                evidence.add("the journal names no driver");
                return How.NEVER_DRIVEN;
            }
            evidence.add("the lease was released without an entry in the journal");
            return How.UNKNOWN;
        }
        LeaseInfo info = lease.get();
        String process =
                "process " + info.driver().pid() + " on " + info.driver().host();
        evidence.add(
                "managed by " + process + " since " + info.since() + ", last seen " + owners.lastSeen(folder, info));
        Optional<String> jobsEnd = endOfDriversJob(folder, info);
        if (jobsEnd.isPresent()) {
            evidence.add(jobsEnd.get());
            if (jobsEnd.get().contains("OUT_OF_MEMORY")) {
                return How.OUT_OF_MEMORY;
            }
        }
        if (!info.driver().host().equals(app.wiring().host())) {
            evidence.add("that machine cannot be inspected from " + app.wiring().host());
            return How.UNKNOWN;
        }
        if (!info.driver().bootId().equals(app.wiring().bootId())) {
            evidence.add("its boot id was " + info.driver().bootId() + ", that of this machine is now "
                    + app.wiring().bootId());
            return How.REBOOT;
        }
        Optional<String> oom = outOfMemory(info.driver().pid());
        if (oom.isPresent()) {
            evidence.add("the kernel says: " + oom.get());
            return How.OUT_OF_MEMORY;
        }
        evidence.add(process + " does not exist any more");
        return How.KILLED;
    }

    /** Why the last driver left, where leaving is the last that the journal says of a driver. */
    private Optional<String> released(RunFolder folder) throws IOException {
        List<String> last = new ArrayList<>();
        JournalReader.read(runs.disk(), folder.journal(), 0, 0, (entry, end) -> {
            if (entry.event() instanceof RunEvent.Released released) {
                last.add("left at " + entry.at() + " (" + released.why() + ")");
            } else if (entry.event() instanceof RunEvent.Driven) {
                last.clear();
            }
        });
        return last.stream().findFirst();
    }

    /** What accounting says of the Slurm job that the driver itself ran in, if it ran in one that has ended. */
    private Optional<String> endOfDriversJob(RunFolder folder, LeaseInfo info) throws IOException {
        Optional<String> job = EngineJob.of(folder, info.fence());
        if (job.isEmpty()) {
            return Optional.empty();
        }
        List<String> question = List.of("sacct", "-n", "-P", "-X", "-j", job.get(), "-o", "State");
        ToolRunner.Result said = new ProcessToolRunner(app.environment().variables()).run(question, SACCT_LIMIT);
        String state = said.isGood() ? said.stdout().strip() : "";
        return state.isEmpty() || state.startsWith("RUNNING")
                ? Optional.empty()
                : Optional.of("accounting says of Slurm job " + job.get() + ", in which it ran: " + state);
    }

    /** What the kernel's log says of the process; it is closed to users on many machines. */
    private Optional<String> outOfMemory(long pid) {
        ToolRunner.Result log = new ProcessToolRunner(app.environment().variables()).run(List.of("dmesg"), DMESG_LIMIT);
        if (!log.isGood()) {
            return Optional.empty();
        }
        Pattern killed = Pattern.compile("(?i)(out of memory|oom).*kill.*\\bprocess " + pid + "\\b");
        return log.stdout()
                .lines()
                .filter(line -> killed.matcher(line).find())
                .findFirst()
                .map(String::strip);
    }

    /** Exit records of items that have no verdict in the journal. */
    private List<String> unsavedEnds(RunFolder folder, RunState state) {
        Requests requests = new Requests(folder, app.environment().home());
        List<String> found = new ArrayList<>();
        int more = 0;
        for (Item item : state.items()) {
            boolean mayHaveRun = item.state() == ItemState.PENDING
                    ? item.isIntended()
                    : item.state().isLive();
            if (!mayHaveRun) {
                continue;
            }
            Optional<String> end = end(requests, item);
            if (end.isPresent() && found.size() < RECORDS_MAX) {
                found.add(end.get());
            } else if (end.isPresent()) {
                more++;
            }
        }
        if (more > 0) {
            found.add("and " + more + " more exit records without a verdict");
        }
        return found;
    }

    private static Optional<String> end(Requests requests, Item item) {
        try {
            return ExitRecord.read(requests.record(item))
                    .map(record -> "the exit record of " + item.id() + " says that it ended at " + record.endedAt()
                            + (record.exitCode().isPresent()
                                    ? " with exit code " + record.exitCode().getAsInt()
                                    : record.signal().isPresent()
                                            ? " by signal " + record.signal().getAsInt()
                                            : "")
                            + "; the journal has it " + item.state().word());
        } catch (IOException e) {
            return Optional.of("the exit record of " + item.id() + " cannot be read: " + e.getMessage());
        }
    }
}
