package dev.settle.app.engine;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** One job as it truly is: its runs, whose times are fixed when it is submitted, until somebody ends it. */
public final class SimJob {
    /** One run: the scheduler may start a job again. */
    public static final class Run {
        final int restart;
        final Instant submit;
        Instant start;
        Instant end;
        public SimFate fate;
        /** Who cancelled it. */
        String uid = "";

        Duration completing = Duration.ZERO;
        /** How long the controller names the end before it shows the requeue. */
        Duration namesTheEnd = Duration.ZERO;
        /** When accounting hears of it. */
        Instant pendingHeard = Instant.MAX;

        Instant stepHeard = Instant.MAX;
        Instant startHeard = Instant.MAX;
        Instant endHeard = Instant.MAX;

        public Run(int restart, Instant submit) {
            this.restart = restart;
            this.submit = submit;
            this.start = submit;
            this.end = submit;
            this.fate = SimFate.OK;
        }

        /** Somebody ended it before it began. */
        boolean neverStarted() {
            return fate == SimFate.CANCELLED && !start.isBefore(end);
        }
    }

    final String base;
    /** In its array; -1 for a job of its own. */
    final int task;

    final String raw;
    final String name;
    /** Of settle's submission; empty for anybody else's job. */
    final String token;

    final List<Run> runs = new ArrayList<>();
    /** A waiting task of an array that was cancelled leaves no row anywhere. */
    Instant vanishedAt = Instant.MAX;
    /** Its row of a waiting task stays in the books all the same. */
    boolean staleInBooks;
    /** The controller crashed and knows nothing of it any more. */
    Instant forgottenAt = Instant.MAX;
    /** Its node did not hear of that: what ran there runs on and writes its record. */
    boolean orphan;
    /** Accounting stops hearing of it. */
    Instant unheardSince = Instant.MAX;

    public SimJob(String base, int task, String raw, String name, String token) {
        this.base = base;
        this.task = task;
        this.raw = raw;
        this.name = name;
        this.token = token;
    }

    String id() {
        return task < 0 ? base : base + "_" + task;
    }

    /** What runs on its node when the controller has forgotten it. */
    boolean runsAsOrphan(Run run, Instant at) {
        return orphan && !at.isBefore(forgottenAt) && run.start.isBefore(forgottenAt) && at.isBefore(run.end);
    }

    Run first() {
        return runs.get(0);
    }

    Run last() {
        return runs.get(runs.size() - 1);
    }

    /** When it truly ends. */
    Instant end() {
        Instant end = vanishedAt.isBefore(last().end) ? vanishedAt : last().end;
        return forgottenAt.isBefore(end) ? forgottenAt : end;
    }

    boolean isVanished() {
        return !vanishedAt.equals(Instant.MAX);
    }

    boolean isForgotten() {
        return !forgottenAt.equals(Instant.MAX);
    }

    /** The run that the controller shows at a time. */
    Run runAt(Instant time) {
        Run shown = first();
        for (Run run : runs) {
            boolean begun = run == first() || !time.isBefore(run.submit.plus(before(run).namesTheEnd));
            shown = begun ? run : shown;
        }
        return shown;
    }

    private Run before(Run run) {
        return runs.get(run.restart - 1);
    }

    /** Somebody ends it. */
    Optional<Run> cancel(Instant at, String uid, RandomGenerator random) {
        if (!at.isBefore(end())) {
            return Optional.empty();
        }
        Run run = first();
        for (Run each : runs) {
            run = each.submit.isAfter(at) ? run : each;
        }
        runs.subList(runs.indexOf(run) + 1, runs.size()).clear();
        if (!at.isBefore(run.end)) {
            return Optional.empty();
        }
        run.fate = SimFate.CANCELLED;
        run.uid = uid;
        run.end = seconds(at).isAfter(run.submit) ? seconds(at) : run.submit;
        boolean waited = !at.isAfter(run.start);
        if (waited) {
            run.start = run.end;
        } else if (!run.end.isAfter(run.start)) {
            run.end = run.start.plusSeconds(1);
        }
        run.completing = waited ? Duration.ZERO : Duration.ofMillis(random.nextInt(4_000));
        return Optional.of(run);
    }

    /** For people. */
    String text(Instant start) {
        StringBuilder text = new StringBuilder("job " + id());
        for (Run run : runs) {
            text.append(run == first() ? " submitted " : ", again ").append(since(start, run.submit));
            if (!run.neverStarted()) {
                text.append(" started ").append(since(start, run.start));
            }
            text.append(' ').append(run.fate).append(' ').append(since(start, run.end));
        }
        text.append(isVanished() ? ", cancelled while it waited " + since(start, vanishedAt) : "");
        text.append(isForgotten() ? ", forgotten by the controller " + since(start, forgottenAt) : "");
        text.append(orphan ? " and running on" : "");
        return text.append(
                        unheardSince.equals(Instant.MAX) ? "" : ", unheard by accounting " + since(start, unheardSince))
                .toString();
    }

    private static String since(Instant start, Instant at) {
        return "+" + Duration.between(start, at).toMillis() / 1000.0;
    }

    static Instant seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }
}
