package dev.settle.app.runs;

import dev.settle.app.process.App;
import dev.settle.app.process.Ticker;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.lease.Lease;
import dev.settle.core.journal.lease.LeaseAnswer;
import dev.settle.core.journal.lease.LeaseInfo;
import dev.settle.core.journal.lease.Leases;
import dev.settle.core.journal.lease.LockReach;
import dev.settle.core.journal.lease.MountTable;
import dev.settle.core.run.RunState;
import dev.settle.core.view.DriverView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** Who drives a run: takes its lease and keeps it renewed, and looks whether somebody holds it. */
public final class LeaseService {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    private final App app;
    private final Runs runs;
    private final Leases leases;

    public LeaseService(App app, Runs runs) {
        this.app = app;
        this.runs = runs;
        this.leases = new Leases(
                runs.disk(),
                app.wiring().driver(),
                app.wiring().processes(),
                reach(runs.root()),
                app.wiring().clock());
    }

    /** Whom locks in the folder keep out. */
    public static LockReach reach(Path root) {
        try {
            return new MountTable(Files.readString(MOUNTS))
                    .of(root)
                    .map(MountTable.Mount::lockReach)
                    .orElse(LockReach.HOST);
        } catch (IOException e) {
            // Without a mount table nothing is known of locks: the renewal alone decides.
            return LockReach.HOST;
        }
    }

    /** A lease that is ours, renewed until it is closed. */
    public static final class Owned implements AutoCloseable {
        private final Lease lease;
        private final App app;
        private String told = "";
        private boolean ours = true;
        private final AtomicBoolean closed = new AtomicBoolean();
        private final ScheduledFuture<?> renewals;

        private Owned(Lease lease, App app) {
            this.lease = lease;
            this.app = app;
            renewals = Ticker.LEASES.every(Leases.RENEWAL, this::renew);
        }

        private void renew() {
            ours = ours && renewed();
        }

        /** Whether the run is still ours; the session finds out at its next record and leaves. */
        private boolean renewed() {
            try {
                return lease.renew();
            } catch (IOException e) {
                String why = String.valueOf(e.getMessage());
                if (!why.equals(told)) {
                    told = why;
                    app.console().notice("settle: the lease could not be renewed: " + why + "; trying again");
                }
                return true;
            }
        }

        public Lease lease() {
            return lease;
        }

        /** Releases it, once. */
        @Override
        public void close() {
            if (closed.getAndSet(true)) {
                return;
            }
            renewals.cancel(false);
            try {
                lease.release();
            } catch (IOException e) {
                app.console().notice("settle: the lease could not be released: " + e.getMessage());
            }
        }
    }

    /** The lease of the run, unless somebody else has it. */
    public Optional<Owned> take(RunFolder folder) {
        try {
            if (leases.take(folder) instanceof LeaseAnswer.Taken taken) {
                EngineJob.note(folder, taken.lease().fence(), app, runs.disk());
                return Optional.of(new Owned(taken.lease(), app));
            }
            return Optional.empty();
        } catch (IOException e) {
            throw runs.cannotGoOn(folder, e);
        }
    }

    /** The first lease of a run, taken before anybody else can see the run. */
    public static final class First implements Runs.Preparation {
        private final App app;
        private final Runs runs;
        private final Leases leases;
        private Optional<Lease> lease = Optional.empty();

        private First(App app, Runs runs, Leases leases) {
            this.app = app;
            this.runs = runs;
            this.leases = leases;
        }

        @Override
        public void prepare(RunFolder draft) throws IOException {
            if (!(leases.take(draft) instanceof LeaseAnswer.Taken taken)) {
                throw new IOException("somebody else has " + draft);
            }
            lease = Optional.of(taken.lease());
            EngineJob.note(draft, taken.lease().fence(), app, runs.disk());
        }

        @Override
        public void undo(RunFolder draft) {
            if (lease.isPresent()) {
                try {
                    lease.get().release();
                } catch (IOException e) {
                    // The draft goes away, and the lease with it; what is wrong with the disk is told already.
                }
                lease = Optional.empty();
            }
        }

        /** The lease of the run that the draft has become. */
        public Owned of(RunFolder folder) {
            lease.orElseThrow().movedTo(folder);
            return new Owned(lease.orElseThrow(), app);
        }
    }

    public First first() {
        return new First(app, runs, leases);
    }

    /** Who holds the lease, dead or alive. */
    public Optional<LeaseInfo> holder(RunFolder folder) {
        try {
            return leases.look(folder);
        } catch (IOException e) {
            throw runs.cannotRead(e);
        }
    }

    public boolean isDriven(RunFolder folder) {
        return holder(folder).filter(info -> info.alive() != LeaseInfo.Alive.NO).isPresent();
    }

    public DriverView view(RunFolder folder, RunState state) {
        if (state.ended().isPresent()) {
            return DriverView.none(state.lastAt());
        }
        Optional<LeaseInfo> holder = holder(folder);
        if (holder.isEmpty()) {
            return DriverView.none(state.lastAt());
        }
        LeaseInfo info = holder.get();
        String host = info.driver().host();
        long pid = info.driver().pid();
        return info.alive() == LeaseInfo.Alive.NO
                ? DriverView.gone(host, pid, lastSeen(folder, info), state.lastAt())
                : DriverView.alive(host, pid, info.since(), state.lastAt());
    }

    /** The last character of life of a driver: when its lease was renewed last, by the file server's clock. */
    public Instant lastSeen(RunFolder folder, LeaseInfo info) {
        try {
            return Files.getLastModifiedTime(folder.lease()).toInstant().truncatedTo(ChronoUnit.SECONDS);
        } catch (IOException e) {
            // Taken over between two looks: what it said of itself is all there is.
            return info.since();
        }
    }
}
