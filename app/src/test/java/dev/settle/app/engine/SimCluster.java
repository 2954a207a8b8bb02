package dev.settle.app.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** What is true of a cluster: its jobs and what becomes of them. It never lies; its tools do. */
final class SimCluster {
    /** Tells the files of a job's node what a run left. */
    interface Nodes {
        void started(SimJob job, SimJob.Run run);

        void ended(SimJob job, SimJob.Run run);
    }

    private static final SimFate[] COMMON = {
        SimFate.OK, SimFate.OK, SimFate.OK, SimFate.OK, SimFate.OK, SimFate.OK, SimFate.EXIT_3, SimFate.EXIT_3
    };

    private static final int CONTROLLER_SAVES_EVERY_SECONDS = 5;

    /** How old the state is that it restarts from where the latest was lost with its file system. */
    private static final int CONTROLLER_STATE_AGE_SECONDS_MAX = 300;

    private static final Duration DRAINED = Duration.ofSeconds(10);

    /** A range row that a cancelled array leaves. */
    record CancelledRange(String base, List<Integer> tasks, String name, Instant submit, Instant end, String uid) {}

    final boolean version25;
    final boolean keepsAccounting;
    final Duration minJobAge;
    private final SimTime time;
    private final SimFaults faults;
    private final RandomGenerator random;
    private final Nodes nodes;
    final List<SimJob> jobs = new ArrayList<>();
    final List<CancelledRange> ranges = new ArrayList<>();
    private long nextId;

    SimCluster(SimTime time, SimFaults faults, RandomGenerator random, Nodes nodes) {
        this.time = time;
        this.faults = faults;
        this.random = random;
        this.nodes = nodes;
        this.version25 = random.nextInt(3) == 0;
        this.keepsAccounting = random.nextInt(6) != 0;
        this.minJobAge = Duration.ofSeconds(random.nextBoolean() ? 300 : 10);
        this.nextId = 100 + random.nextInt(800);
    }

    /**
     * A submission arrives.
     *
     * @param token empty for anybody else's
     */
    List<SimJob> submit(String name, String token, int tasks) {
        String base = Long.toString(nextId++);
        List<SimJob> made = new ArrayList<>();
        for (int i = 0; i < tasks; i++) {
            boolean last = i == tasks - 1;
            String raw = last ? base : Long.toString(nextId++);
            SimJob job = new SimJob(base, tasks == 1 ? -1 : i, raw, name, token);
            plan(job);
            jobs.add(job);
            made.add(job);
            if (!token.isEmpty()) {
                job.runs.forEach(run -> awaitEnd(job, run));
            }
        }
        return made;
    }

    private void plan(SimJob job) {
        SimJob.Run run = new SimJob.Run(0, SimJob.seconds(time.now()));
        run.start = run.submit.plusSeconds(random.nextInt(3) == 0 ? 0 : random.nextInt(60));
        run.start = notBesideOrphan(job, run.start);
        boolean deaf = random.nextInt(25) == 0;
        while (true) {
            int longest = random.nextInt(4) == 0 ? 3 : 300;
            run.end = run.start.plusSeconds(random.nextInt(longest));
            run.fate = fate(job, run);
            run.completing = Duration.ofMillis(random.nextInt(3) == 0 ? random.nextInt(20_000) : random.nextInt(800));
            hear(run);
            job.runs.add(run);
            if (!run.fate.isRequeue()) {
                break;
            }
            run.end = run.end.isBefore(run.start.plusSeconds(2)) ? run.start.plusSeconds(2) : run.end;
            run.completing = Duration.ZERO;
            run.namesTheEnd = Duration.ofMillis(random.nextBoolean() ? 0 : random.nextInt(4_000));
            hear(run);
            run = new SimJob.Run(run.restart + 1, run.end);
            // Slurm lets two minutes pass (slurm.md, 2).
            run.start = run.submit.plusSeconds(60 + random.nextInt(80));
        }
        if (deaf) {
            job.unheardSince = job.first().submit.plusSeconds(random.nextInt(200));
            job.runs.forEach(each -> forgetAfter(each, job.unheardSince));
        }
    }

    /** A node that runs a job of the same id, which the controller has forgotten, is drained for it (Duplicate jobid). */
    private Instant notBesideOrphan(SimJob job, Instant start) {
        Instant free = start;
        for (SimJob other : jobs) {
            if (other.orphan && other.id().equals(job.id())) {
                Instant gone = other.last().end.plus(DRAINED);
                free = gone.isAfter(free) ? gone : free;
            }
        }
        return free;
    }

    private SimFate fate(SimJob job, SimJob.Run run) {
        if (random.nextInt(2) == 0) {
            return COMMON[random.nextInt(COMMON.length)];
        }
        SimFate[] all = SimFate.values();
        SimFate fate = all[random.nextInt(all.length)];
        if (fate == SimFate.CREDITS_SPENT) {
            // It stops the whole run: once in a while is enough. Far below the time limit, or nobody could tell.
            boolean stays = !job.token.isEmpty() && random.nextInt(3) == 0;
            run.end = stays ? run.start.plusSeconds(1 + random.nextInt(100)) : run.end;
            return stays ? fate : SimFate.OK;
        }
        boolean tooOften = fate.isRequeue() && run.restart >= 3;
        return tooOften || fate == SimFate.CANCELLED && job.task >= 0 ? SimFate.OK : withUid(run, fate);
    }

    private SimFate withUid(SimJob.Run run, SimFate fate) {
        run.uid = fate == SimFate.CANCELLED ? "30065" : "";
        run.end = fate == SimFate.CANCELLED && !run.end.isAfter(run.start) ? run.start.plusSeconds(1) : run.end;
        return fate;
    }

    /** Start records go out every 5 s; step and end records at once (slurm.md, 5). */
    private void hear(SimJob.Run run) {
        int startLag = version25 ? 100 : 6_200;
        run.pendingHeard = heard(run.submit, startLag);
        run.stepHeard = heard(run.start, 1_300);
        run.startHeard = heard(run.start, startLag);
        int endLag = random.nextInt(10) == 0 ? 90_000 : 1_300;
        run.endHeard = heard(run.end, endLag);
    }

    private Instant heard(Instant at, int lagMillis) {
        return faults.heard(at.plusMillis(random.nextInt(lagMillis)), random);
    }

    private static void forgetAfter(SimJob.Run run, Instant at) {
        run.pendingHeard = run.pendingHeard.isAfter(at) ? Instant.MAX : run.pendingHeard;
        run.stepHeard = run.stepHeard.isAfter(at) ? Instant.MAX : run.stepHeard;
        run.startHeard = run.startHeard.isAfter(at) ? Instant.MAX : run.startHeard;
        run.endHeard = run.endHeard.isAfter(at) ? Instant.MAX : run.endHeard;
    }

    /** What a run leaves on its node, some time after its end; unless it ended otherwise meanwhile. */
    private void awaitEnd(SimJob job, SimJob.Run run) {
        Instant planned = run.end;
        int delay = random.nextInt(12) == 0 ? 60_000 : 2_000;
        boolean written = random.nextInt(8) != 0;
        Instant start = run.start;
        time.at(start, () -> {
            if (run.start.equals(start) && !run.neverStarted() && isThere(job, run, start)) {
                nodes.started(job, run);
            }
        });
        time.at(planned.plusMillis(random.nextInt(delay)), () -> {
            if (written && run.end.equals(planned) && !run.neverStarted() && isThere(job, run, planned)) {
                nodes.ended(job, run);
            }
        });
    }

    private static boolean isThere(SimJob job, SimJob.Run run, Instant at) {
        boolean known = !at.isAfter(job.forgottenAt);
        boolean orphaned = job.orphan && run.start.isBefore(job.forgottenAt) && !run.fate.isRequeue();
        return job.runs.contains(run) && !job.isVanished() && (known || orphaned);
    }

    /** {@code scancel}: whole jobs, arrays by their base id, ranges of tasks. */
    void cancel(Set<String> ids, boolean onlyWaiting, String uid) {
        Instant now = time.now();
        List<SimJob> waiting = new ArrayList<>();
        for (SimJob job : List.copyOf(jobs)) {
            boolean meant = ids.contains(job.id()) || ids.contains(job.base);
            if (!meant || !now.isBefore(job.end())) {
                continue;
            }
            boolean waits = now.isBefore(job.runAt(now).start);
            if (waits && job.task >= 0 && job.runAt(now).restart == 0) {
                job.vanishedAt = now;
                job.staleInBooks = random.nextInt(3) == 0;
                waiting.add(job);
            } else if (waits || !onlyWaiting) {
                Optional<SimJob.Run> ended = job.cancel(now, uid, random);
                ended.ifPresent(run -> {
                    hear(run);
                    if (job.unheardSince.isBefore(now)) {
                        forgetAfter(run, job.unheardSince);
                    }
                    awaitEnd(job, run);
                });
            }
        }
        if (waiting.size() > 1 && random.nextBoolean()) {
            SimJob first = waiting.get(0);
            List<Integer> tasks = waiting.stream().map(job -> job.task).toList();
            ranges.add(new CancelledRange(first.base, tasks, first.name, first.first().submit, now, uid));
        }
    }

    /**
     * The controller crashes: what was submitted after it saved its state, seconds or minutes ago, is forgotten, and its
     * ids are given out again. What runs of that may run on.
     */
    void crash() {
        Instant now = time.now();
        boolean stateLost = random.nextInt(3) == 0;
        Instant saved = now.minusSeconds(
                random.nextInt((stateLost ? CONTROLLER_STATE_AGE_SECONDS_MAX : CONTROLLER_SAVES_EVERY_SECONDS) + 1));
        for (SimJob job : jobs) {
            boolean isNew = job.first().submit.isAfter(saved);
            boolean startsAgain =
                    job.runAt(now).restart > 0 && job.runAt(now).submit.isAfter(saved);
            if ((isNew || startsAgain) && !job.isForgotten() && now.isBefore(job.end())) {
                job.forgottenAt = now;
                job.orphan = isNew && job.runs.size() == 1 && job.first().start.isBefore(now) && random.nextBoolean();
                job.runs.forEach(run -> forgetAfter(run, now));
                nextId = isNew ? Math.min(nextId, Long.parseLong(job.base)) : nextId;
            }
        }
    }

    /** Somebody else's job. */
    void submitForeign() {
        submit("foreign.sh", "", 1);
    }

    SimFaults faults() {
        return faults;
    }
}
