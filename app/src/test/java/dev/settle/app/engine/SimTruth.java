package dev.settle.app.engine;

import dev.settle.app.engine.SimFaults.Fault;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Holds verdicts against what is true of the cluster, and submissions against what was to be submitted. */
final class SimTruth {
    /** Accounting was there for so long before a verdict that it could have been heard. */
    private static final Duration HEARD_WITHIN = Duration.ofSeconds(75);

    /** A record that was there for so long would be found by whoever looks for it. */
    private static final Duration RECORD_SEEN_WITHIN = Duration.ofSeconds(60);

    /** What a submission is made of, noted when settle sends it. */
    record Submission(List<ItemId> items, List<Integer> attempts) {}

    private final SimTime time;
    private final SimCluster cluster;
    private final Policy policy;
    private final SimRecords records;
    private final Map<String, Submission> submissions = new HashMap<>();
    private final Map<String, List<SimJob>> arrived = new LinkedHashMap<>();
    private final Map<ItemId, SimJob> newest = new HashMap<>();
    private final Map<String, SimJob> sent = new HashMap<>();
    private final Map<ItemId, SimJob> watched = new HashMap<>();

    SimTruth(SimTime time, SimCluster cluster, Policy policy, SimRecords records) {
        this.records = records;
        this.time = time;
        this.cluster = cluster;
        this.policy = policy;
    }

    void sends(String token, List<ItemId> items, List<Integer> attempts) {
        submissions.put(token, new Submission(items, attempts));
    }

    /** A submission arrived: each attempt of an item once, and none while an earlier one lives. */
    void submitted(String token, List<SimJob> jobs) {
        Submission submission = submissions.get(token);
        if (submission == null) {
            throw new SimViolation(Invariant.DURABLE_FIRST, "a job arrived that settle did not announce: " + token);
        }
        arrived.put(token, jobs);
        for (int i = 0; i < jobs.size(); i++) {
            ItemId item = submission.items().get(i);
            String attempt = item + " attempt " + submission.attempts().get(i);
            SimJob before = sent.put(attempt, jobs.get(i));
            if (before != null && !neverWas(before)) {
                throw new SimViolation(
                        Invariant.SUBMITTED_ONCE,
                        attempt + " was submitted twice, as " + before.id() + " and "
                                + jobs.get(i).id());
            }
            SimJob earlier = newest.put(item, jobs.get(i));
            if (earlier != null && time.now().isBefore(earlier.end())) {
                throw new SimViolation(
                        Invariant.SUBMITTED_ONCE,
                        item + " was submitted as " + jobs.get(i).id() + " while " + earlier.id() + " lives");
            }
        }
    }

    /** The controller forgot it before it began: then nobody can find it, and to send it again is right. */
    private boolean neverWas(SimJob job) {
        return job.isForgotten()
                && !time.now().isBefore(job.forgottenAt)
                && !job.first().start.isBefore(job.forgottenAt);
    }

    /**
     * A watched item's job is heard of for the first time. An id is all that the user gave: if the controller crashed and
     * forgot the job before anybody said a word of it, the next one with that id is the one that is watched.
     */
    void observed(Item item, JobObservation observation) {
        if (item.attempt().token().isPresent() || watched.containsKey(item.id())) {
            return;
        }
        List<SimJob> ofThatId = cluster.jobs.stream()
                .filter(job -> job.id().equals(observation.jobId().value()))
                .toList();
        ofThatId.stream()
                .filter(job -> !job.isForgotten()
                        || job.runs.stream().anyMatch(run -> observation
                                .submittedAt()
                                .filter(run.submit::equals)
                                .isPresent()))
                .findFirst()
                .ifPresent(job -> watched.put(item.id(), job));
    }

    /** The item's place in its submission, and what the cluster made of it. */
    Optional<SimJob> job(Item item, Attempt attempt) {
        if (attempt.token().isEmpty()) {
            return Optional.ofNullable(watched.get(item.id())).or(() -> cluster.jobs.stream()
                    .filter(job -> attempt.jobId()
                            .filter(id -> id.value().equals(job.id()))
                            .isPresent())
                    .findFirst());
        }
        String token = attempt.token().get().value();
        List<SimJob> jobs = arrived.get(token);
        return jobs == null
                ? Optional.empty()
                : Optional.of(jobs.get(submissions.get(token).items().indexOf(item.id())));
    }

    /** For people. */
    String text(Instant start) {
        StringBuilder text = new StringBuilder();
        arrived.forEach((token, jobs) -> {
            for (int i = 0; i < jobs.size(); i++) {
                Submission submission = submissions.get(token);
                text.append("  ")
                        .append(submission.items().get(i))
                        .append(", attempt ")
                        .append(submission.attempts().get(i))
                        .append(": ")
                        .append(jobs.get(i).text(start))
                        .append('\n');
            }
        });
        return text.toString();
    }

    /** The run stops, and says that the allocation is spent. */
    void stops(Stop stop) {
        boolean ofJob = cluster.jobs.stream()
                .flatMap(job -> job.runs.stream())
                .anyMatch(each ->
                        each.fate == SimFate.CREDITS_SPENT && !time.now().isBefore(each.end));
        if (stop.reason() == StopReason.OUT_OF_CREDITS
                && !ofJob
                && !cluster.faults().wereCreditsSpent(time.now())) {
            throw new SimViolation(
                    Invariant.VERDICT_IS_TRUE, "the run stops for credits that were never spent: " + stop);
        }
    }

    /** It is said that settle took its waiting job back. */
    void neverStarted(Item item) {
        job(item, item.attempt()).ifPresent(job -> {
            recordsAgree(item, item.attempt(), job, ItemReason.CANCELLED_WHILE_PENDING, ItemState.CANCELLED);
            boolean waited = job.isVanished() || job.isForgotten() || job.last().neverStarted();
            if (!waited) {
                throw new SimViolation(
                        Invariant.VERDICT_IS_TRUE,
                        item.id() + " is told never started; in truth: " + job.text(SimRun.START));
            }
        });
    }

    /**
     * The item is run again.
     *
     * @param wasConfirmed whether its verdict was; of another one its job may live, and that was told
     */
    void reopened(ItemId item, boolean wasConfirmed) {
        if (!wasConfirmed) {
            newest.remove(item);
        }
    }

    /** The last that truly happens to any job that has arrived. */
    Instant lastEnd() {
        Instant last = Instant.MIN;
        for (SimJob job : cluster.jobs) {
            last = job.end().isAfter(last) ? job.end() : last;
        }
        return last;
    }

    /** A verdict is told; one of a next attempt that never came to be is that of the attempt before. */
    void verdict(Item item, Attempt told, Outcome outcome) {
        boolean ofEarlier = told.token().isEmpty()
                && told.jobId().isEmpty()
                && !item.earlier().isEmpty();
        if (ofEarlier && outcome.rule().equals("never_submitted")) {
            // Reopened by a resume and cancelled before it was submitted: nobody speaks of the attempt before.
            return;
        }
        Attempt attempt = ofEarlier ? item.earlier().get(item.earlier().size() - 1) : told;
        Optional<SimJob> found = job(item, attempt);
        if (found.isEmpty()) {
            neverArrived(item, outcome);
            return;
        }
        SimJob job = found.get();
        recordsAgree(item, attempt, job, outcome.reason(), outcome.state());
        String said = item.id() + " (job " + job.id() + ") is told "
                + outcome.state().word() + " " + outcome.reason().word() + " by "
                + outcome.confirmedBy().word() + ", rule " + outcome.rule();
        SimJob.Run last = job.last();
        String truth = "in truth it "
                + (job.isVanished()
                        ? "was cancelled while it waited, at " + job.vanishedAt
                        : job.isForgotten() && job.forgottenAt.isBefore(last.end)
                                ? "was forgotten at " + job.forgottenAt
                                : "ends as " + last.fate + " at " + last.end + " after " + last.restart + " restarts");
        if (!outcome.isConfirmed()) {
            if (couldHaveBeenKnown(job)) {
                throw new SimViolation(
                        Invariant.TOLD_WHEN_KNOWN,
                        said + ", though accounting had its end since " + last.endHeard + "; " + truth);
            }
            if (outcome.rule().equals("never_known") && !isUnknownToAll(job)) {
                throw new SimViolation(
                        Invariant.TOLD_WHEN_KNOWN, said + ", though somebody could have known it; " + truth);
            }
            if (isPlainlyAlive(job)) {
                throw new SimViolation(
                        Invariant.VERDICT_IS_TRUE, said + " while it lives, and no answer lacked it; " + truth);
            }
            if (outcome.state() == ItemState.COMPLETED) {
                saidToHaveFailed(attempt).ifPresent(observation -> {
                    throw new SimViolation(
                            Invariant.VERDICT_IS_TRUE,
                            said + ", though " + observation.source().word() + " said "
                                    + observation.state().raw() + "; " + truth);
                });
            }
            return;
        }
        if (time.now().isBefore(job.end())) {
            throw new SimViolation(Invariant.VERDICT_IS_TRUE, said + " too early: " + truth);
        }
        if (attempt.restarts() > last.restart) {
            throw new SimViolation(
                    Invariant.VERDICT_IS_TRUE,
                    said + " after " + attempt.restarts() + " restarts, which is more than there were: " + truth);
        }
        boolean forgotten = job.isForgotten() && job.forgottenAt.isBefore(last.end);
        boolean orphanDidWell =
                job.orphan && last.fate == SimFate.OK && !time.now().isBefore(last.end);
        boolean right = job.isVanished() || forgotten
                ? outcome.state() != ItemState.COMPLETED || orphanDidWell
                : matches(item, outcome, last);
        if (!right) {
            throw new SimViolation(Invariant.VERDICT_IS_TRUE, said + " wrongly: " + truth);
        }
    }

    /** What the job wrote down itself, and what it would have written, is no other than what is told. */
    private void recordsAgree(Item item, Attempt attempt, SimJob job, ItemReason reason, ItemState state) {
        if (attempt.token().isEmpty()) {
            return;
        }
        Optional<JobObservation> end = attempt.latest(Source.Role.EXIT_RECORD);
        boolean started =
                end.isPresent() || attempt.latest(Source.Role.START_RECORD).isPresent();
        boolean couldBeSeen = job.runs.size() == 1
                && records.writtenAt(job)
                        .filter(at -> at.isBefore(time.now().minus(RECORD_SEEN_WITHIN)))
                        .isPresent();
        if (reason == ItemReason.CANCELLED_WHILE_PENDING && (started || couldBeSeen)) {
            throw contradiction(item, reason, state, "it left a record of its start");
        }
        boolean saidToHaveCompleted =
                attempt.observations().stream().anyMatch(s -> s.state().phase() == JobState.Phase.COMPLETED);
        if (state == ItemState.COMPLETED && !saidToHaveCompleted) {
            throw contradiction(item, reason, state, "neither its exit record nor anybody else says so");
        }
        boolean bad = end.filter(s -> s.state().phase() != JobState.Phase.COMPLETED)
                .filter(s -> s.startedAt().filter(job.last().start::equals).isPresent())
                .isPresent();
        if (state == ItemState.COMPLETED && bad) {
            throw contradiction(item, reason, state, "its exit record says that it failed");
        }
    }

    private static SimViolation contradiction(Item item, ItemReason reason, ItemState state, String why) {
        return new SimViolation(
                Invariant.AGREES_WITH_RECORDS,
                item.id() + " is told " + state.word() + " " + reason.word() + ", and " + why);
    }

    /** What settle itself knows must not be told as a completion, not even as one that nobody confirmed. */
    private static Optional<JobObservation> saidToHaveFailed(Attempt attempt) {
        return attempt.observations().stream()
                .filter(s -> switch (s.state().phase()) {
                    case FAILED, FAILED_UNLESS_REQUEUED, CANCELLED, UNKNOWN, REQUEUED -> true;
                    case COMPLETED -> s.exitCode().orElse(0) != 0 || s.signal().isPresent();
                    case WAITING, RUNNING, ENDING -> false;
                })
                .findFirst();
    }

    /** It has lived in the queue all the time, and whoever answered for the controller said so. */
    private boolean isPlainlyAlive(SimJob job) {
        Instant from = time.now().minus(policy.settleTimeout()).minus(policy.lostAfter());
        boolean lied = false;
        for (Instant at = from; at.isBefore(time.now()); at = at.plusSeconds(1)) {
            lied = lied
                    || cluster.faults().is(Fault.QUEUE_EMPTY, at)
                    || cluster.faults().is(Fault.QUEUE_LACKS_ROWS, at);
        }
        boolean requeued = job.runAt(time.now()).restart > 0;
        return time.now().isBefore(job.end()) && !job.isForgotten() && !requeued && !lied;
    }

    private boolean isUnknownToAll(SimJob job) {
        boolean unheard = !cluster.keepsAccounting || time.now().isBefore(job.last().endHeard);
        return job.isForgotten() || job.isVanished() || unheard;
    }

    private static boolean matches(Item item, Outcome outcome, SimJob.Run run) {
        boolean success = outcome.state() == ItemState.COMPLETED;
        if (run.fate == SimFate.OK || success) {
            return run.fate == SimFate.OK && success && outcome.exitCode().orElse(-1) == 0;
        }
        boolean absent = outcome.exitCode().isEmpty() || outcome.exitCode().getAsInt() != 0;
        if (outcome.confirmedBy() != ConfirmedBy.ACCOUNTING) {
            return absent;
        }
        boolean codes =
                switch (run.fate) {
                    case EXIT_3 ->
                        outcome.exitCode().orElse(-1) == 3 && outcome.signal().isEmpty();
                    case SEGV ->
                        outcome.signal().orElse(-1) == 11 && outcome.exitCode().isEmpty();
                    default -> absent;
                };
        return codes && outcome.state() == run.fate.state && reasonMatches(item, outcome, run);
    }

    private static boolean reasonMatches(Item item, Outcome outcome, SimJob.Run run) {
        if (run.fate != SimFate.CANCELLED) {
            return outcome.reason() == run.fate.verdict;
        }
        if (run.neverStarted() && run.restart > 0) {
            // The job ran, this run of it did not: both can be said.
            return outcome.reason() != ItemReason.OK;
        }
        if (run.neverStarted()) {
            return outcome.reason() == ItemReason.CANCELLED_WHILE_PENDING;
        }
        boolean byUs = run.uid.equals("1000") || item.cancelAskedBy().isPresent();
        return outcome.reason() == (byUs ? ItemReason.CANCELLED_BY_USER : ItemReason.CANCELLED_BY_OTHER);
    }

    private boolean couldHaveBeenKnown(SimJob job) {
        SimJob.Run last = job.last();
        boolean hasRow = cluster.keepsAccounting
                && !job.isVanished()
                && !job.isForgotten()
                && last.fate != SimFate.ODD_WORD
                && last.endHeard.isBefore(time.now().minus(HEARD_WITHIN));
        boolean answered = policy.settleTimeout().compareTo(HEARD_WITHIN.multipliedBy(2)) > 0;
        for (Instant at = time.now().minus(HEARD_WITHIN); at.isBefore(time.now()); at = at.plusSeconds(1)) {
            answered = answered && !isAccountingWrong(at);
        }
        return hasRow && answered;
    }

    private boolean isAccountingWrong(Instant at) {
        for (Fault kind : Fault.values()) {
            boolean concerns = kind.name().startsWith("ACCOUNTING")
                    || kind == Fault.SLOW
                    || kind == Fault.NO_PROCESSES
                    || kind == Fault.DISK;
            if (concerns && cluster.faults().is(kind, at)) {
                return true;
            }
        }
        return false;
    }

    /** No job of the attempt ever arrived: then it cannot have completed, nor failed by itself. */
    private static void neverArrived(Item item, Outcome outcome) {
        boolean possible = outcome.state() == ItemState.CANCELLED
                || outcome.reason() == ItemReason.LOST
                || outcome.reason() == ItemReason.SUBMISSION_REFUSED
                || outcome.reason() == ItemReason.LAUNCH_FAILURE;
        if (!possible) {
            throw new SimViolation(Invariant.VERDICT_IS_TRUE, item.id() + " has no job and is told " + outcome);
        }
    }
}
