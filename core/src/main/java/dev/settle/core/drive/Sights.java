package dev.settle.core.drive;

import dev.settle.core.item.Attempt;
import dev.settle.core.item.Item;
import dev.settle.core.item.ItemEvent;
import dev.settle.core.item.ItemState;
import dev.settle.core.port.JobId;
import dev.settle.core.port.JobState.Phase;
import dev.settle.core.port.SightAnswer;
import dev.settle.core.port.Sighting;
import dev.settle.core.port.Source;
import dev.settle.core.port.Source.Role;
import dev.settle.core.port.WaitReason;
import dev.settle.core.run.RunEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes answers in: what is new becomes evidence, and moves items that have not ended along their lives. */
final class Sights {
    private final Board board;
    private final Pacing pacing;

    Sights(Board board, Pacing pacing) {
        this.board = board;
        this.pacing = pacing;
    }

    /**
     * Takes an answer in.
     *
     * @return the items to judge
     */
    List<Item> take(SightAnswer answer) {
        return switch (answer.kind()) {
            case ANSWERED -> answered((SightAnswer.Answered) answer);
            case NO_ANSWER -> silent((SightAnswer.NoAnswer) answer);
            case NOT_KEPT -> notKept((SightAnswer.NotKept) answer);
        };
    }

    private List<Item> answered(SightAnswer.Answered answer) {
        if (board.state.silent().containsKey(answer.source())) {
            board.emit(new RunEvent.Answered(answer.source()));
        }
        Map<JobId, List<Sighting>> byJob = new HashMap<>();
        for (Sighting sighting : answer.sightings()) {
            byJob.computeIfAbsent(sighting.jobId(), j -> new ArrayList<>(1)).add(sighting);
        }
        boolean fromController = answer.source().role() == Role.CONTROLLER;
        List<Item> touched = new ArrayList<>();
        for (JobId job : answer.about()) {
            Item item = board.byJob().get(job);
            if (item == null || !item.attempt().jobId().filter(job::equals).isPresent()) {
                continue;
            }
            Optional<Sighting> sighting = ours(item, byJob.getOrDefault(job, List.of()));
            if (fromController) {
                controllerOn(item, sighting);
            } else {
                accountingOn(item, sighting);
            }
            touched.add(item);
        }
        if (fromController) {
            pacing.controllerAnswered();
        } else {
            pacing.accountingDone();
        }
        return touched;
    }

    /** A row belongs to our job only if id, submit time and token agree; a recycled id's row is somebody else's. */
    private static Optional<Sighting> ours(Item item, List<Sighting> rows) {
        Attempt attempt = item.attempt();
        Sighting newest = null;
        for (Sighting row : rows) {
            boolean named = row.partial()
                    || attempt.token().isEmpty()
                    || row.jobName().isEmpty()
                    || row.jobName().get().isEmpty()
                    || attempt.token().get().isIn(row.jobName().get());
            boolean old = attempt.runSubmittedAt().isPresent()
                    && row.submittedAt().isPresent()
                    && row.submittedAt().get().isBefore(attempt.runSubmittedAt().get());
            boolean newer = newest == null
                    || row.submittedAt()
                            .orElse(Instant.MIN)
                            .isAfter(newest.submittedAt().orElse(Instant.MIN));
            if (named && !old && newer) {
                newest = row;
            }
        }
        return Optional.ofNullable(newest);
    }

    private void controllerOn(Item item, Optional<Sighting> seen) {
        Track track = board.track(item);
        track.controllerAnsweredAt = Optional.of(board.now());
        track.absent = seen.isEmpty();
        if (seen.isEmpty()) {
            gone(item, track);
            return;
        }
        Sighting sighting = seen.get();
        knownNow(track);
        boolean again = isNewRun(item, sighting);
        if (again && item.state().isLive()) {
            board.emit(new ItemEvent.Requeued(item.id(), item.attempt().number() + 1, sighting.waitReason()));
            track = board.track(item);
            renewed(track);
        }
        remember(item, sighting);
        Phase phase = sighting.state().phase();
        if (phase == Phase.WAITING || phase == Phase.RUNNING) {
            track.aliveAt = Optional.of(board.now());
        }
        if (!item.state().isLive()) {
            return;
        }
        switch (phase) {
            case WAITING -> waiting(item, sighting);
            case RUNNING -> running(item, sighting);
            case ENDING -> {
                track.aliveAt = Optional.of(board.now());
                left(
                        item,
                        sighting.source().word() + " says " + sighting.state().raw());
            }
            case COMPLETED ->
                left(
                        item,
                        sighting.source().word() + " says " + sighting.state().raw());
            case FAILED, CANCELLED -> {
                left(
                        item,
                        sighting.source().word() + " says " + sighting.state().raw());
                if (track.detailUntil.isEmpty()) {
                    track.detailUntil = Optional.of(board.now().plus(board.policy.detailWindow()));
                    board.remind(item, board.policy.detailWindow());
                }
            }
            case FAILED_UNLESS_REQUEUED -> {
                left(
                        item,
                        sighting.source().word() + " says " + sighting.state().raw());
                requeueOpen(item, track);
            }
            case REQUEUED, UNKNOWN -> track.aliveAt = Optional.of(board.now());
        }
    }

    /** Not in the queue any more, or not yet. */
    private void gone(Item item, Track track) {
        boolean known = !item.attempt().sightings().isEmpty();
        if (item.state() == ItemState.SUBMITTED && !known) {
            Instant since = item.attempt().submittedAt().orElse(board.now());
            if (!board.now().isBefore(since.plus(Policy.SUBMIT_GRACE))) {
                unknown(track);
                pacing.wantAccounting(item);
            }
            return;
        }
        left(item, "left the queue");
    }

    /** Counts the time in which the controller answered and did not know the job. */
    private void unknown(Track track) {
        boolean accountingAgrees = board.accountingOff() || track.accountingEmptyAnswers > 0;
        if (track.unknownAt.isPresent() && accountingAgrees) {
            track.unknownFor = track.unknownFor.plus(Duration.between(track.unknownAt.get(), board.now()));
        }
        track.unknownAt = Optional.of(board.now());
        Duration left = board.policy.lostAfter().minus(track.unknownFor);
        if (!left.isNegative()) {
            pacing.wantController(board.now().plus(left).plusMillis(1));
        }
    }

    private static void knownNow(Track track) {
        track.unknownFor = Duration.ZERO;
        track.unknownAt = Optional.empty();
    }

    private static void renewed(Track track) {
        track.detailUntil = Optional.empty();
        track.requeueOpenSince = Optional.empty();
        track.accountingSaidAt = Optional.empty();
        track.files = Optional.empty();
        track.filesAsked = false;
        track.spend = Optional.empty();
        track.spendAsked = false;
        track.left();
    }

    private void requeueOpen(Item item, Track track) {
        if (track.requeueOpenSince.isEmpty()) {
            track.requeueOpenSince = Optional.of(board.now());
            Instant over = board.now().plus(board.policy.requeueWindow());
            pacing.wantController(over);
            board.remind(item, over);
        }
    }

    private void waiting(Item item, Sighting sighting) {
        Optional<WaitReason> why = sighting.waitReason();
        if (item.state() == ItemState.SETTLING
                && item.attempt().latest(Role.EXIT_RECORD).isPresent()) {
            // The submit time did not change yet, but a job that ran and waits is starting again.
            board.emit(new ItemEvent.Requeued(item.id(), item.attempt().number() + 1, why));
            renewed(board.track(item));
            pacing.changed();
        } else if (item.state() == ItemState.RUNNING) {
            board.emit(new ItemEvent.Requeued(item.id(), item.attempt().number() + 1, why));
            renewed(board.track(item));
            pacing.changed();
        } else if (item.state() != ItemState.QUEUED || !item.waitReason().equals(why)) {
            boolean isNews = item.state() != ItemState.QUEUED;
            board.emit(new ItemEvent.Queued(item.id(), why));
            pacing.unwantAccounting(item);
            if (isNews) {
                pacing.changed();
            }
        }
    }

    private void running(Item item, Sighting sighting) {
        // The item's own record says that its code has ended; the queue is only behind.
        boolean ended = item.attempt().latest(Role.EXIT_RECORD).isPresent();
        if (item.state() != ItemState.RUNNING && !ended) {
            Instant startedAt = sighting.startedAt().orElse(board.now());
            board.emit(new ItemEvent.Started(item.id(), startedAt, sighting.node()));
            pacing.unwantAccounting(item);
            pacing.changed();
        }
    }

    void left(Item item, String why) {
        if (item.state() == ItemState.SUBMITTED
                || item.state() == ItemState.QUEUED
                || item.state() == ItemState.RUNNING) {
            board.emit(new ItemEvent.Left(item.id(), why));
            board.track(item).left();
            board.remind(item, board.policy.settleTimeout());
            pacing.changed();
        }
        if (item.state() == ItemState.SETTLING) {
            pacing.wantAccounting(item);
        }
    }

    private void accountingOn(Item item, Optional<Sighting> seen) {
        Track track = board.track(item);
        track.accountingQuestions++;
        track.accountingAskedAt = Optional.of(board.now());
        if (seen.isEmpty()) {
            track.accountingEmptyAnswers++;
            return;
        }
        Sighting sighting = seen.get();
        item.attempt().jobId().filter(JobId::isTask).ifPresent(job -> board.accountingHasRowsOf(job.base()));
        knownNow(track);
        if (isNewRun(item, sighting) && item.state().isLive()) {
            board.emit(new ItemEvent.Requeued(item.id(), item.attempt().number() + 1, Optional.empty()));
            track = board.track(item);
            renewed(track);
        }
        remember(item, sighting);
        track.accountingSaidAt = Optional.of(board.now());
        Phase phase = sighting.state().phase();
        if (phase == Phase.FAILED_UNLESS_REQUEUED) {
            requeueOpen(item, track);
        }
        if (phase.isEnd() && item.state().isLive() && !sighting.partial()) {
            left(item, "sacct says " + sighting.state().raw());
        }
    }

    /** The scheduler started the same job again: same id and name, later submit time. */
    private static boolean isNewRun(Item item, Sighting sighting) {
        return item.attempt().runSubmittedAt().isPresent()
                && sighting.submittedAt().isPresent()
                && sighting.submittedAt()
                        .get()
                        .isAfter(item.attempt().runSubmittedAt().get());
    }

    private void remember(Item item, Sighting sighting) {
        Optional<Sighting> known = item.attempt().latest(sighting.source().role());
        if (known.isEmpty() || !known.get().saysTheSameAs(sighting)) {
            board.emit(new ItemEvent.Sighted(item.id(), sighting));
        }
    }

    void record(Input.RecordSeen seen) {
        Item item = board.item(seen.item());
        boolean current = item.attempt().token().filter(seen.token()::equals).isPresent()
                && seen.restarts() >= item.attempt().restarts();
        if (current && item.isIntended()) {
            // A quick job ends before sbatch's answer is through.
            board.track(item).earlyRecord = Optional.of(seen);
        }
        if (!current || !item.state().isLive()) {
            return;
        }
        Track track = board.track(item);
        knownNow(track);
        track.files = Optional.of(seen.files());
        remember(item, seen.sighting());
        left(item, "its exit record appeared");
    }

    private List<Item> silent(SightAnswer.NoAnswer answer) {
        if (!board.state.silent().containsKey(answer.source())) {
            board.emit(new RunEvent.Silent(answer.source(), answer.text()));
        }
        List<Item> settling = new ArrayList<>();
        boolean fromController = answer.source().role() == Role.CONTROLLER;
        for (Item item : board.byJob().values()) {
            Track track = board.track(item);
            if (fromController) {
                track.unknownAt = Optional.empty();
                track.creditAnswers = 0;
            } else if (item.state() == ItemState.SETTLING) {
                track.accountingQuestions++;
                track.accountingAskedAt = Optional.of(board.now());
            }
            if (item.state() == ItemState.SETTLING) {
                settling.add(item);
            }
        }
        if (fromController) {
            pacing.controllerSilent();
        } else {
            pacing.accountingDone();
        }
        return settling;
    }

    private List<Item> notKept(SightAnswer.NotKept answer) {
        if (answer.source() == Source.SACCT && !board.state.isAccountingOff()) {
            board.emit(new RunEvent.AccountingOff(answer.text()));
        }
        pacing.accountingOff();
        return board.byJob().values().stream()
                .filter(item -> item.state() == ItemState.SETTLING)
                .toList();
    }
}
