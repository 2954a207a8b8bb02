package dev.settle.app.stepqueue;

import dev.settle.app.stepqueue.client.Answer;
import dev.settle.app.stepqueue.client.CallFailure;
import dev.settle.app.stepqueue.client.QueueLimits;
import dev.settle.app.stepqueue.client.RunStatus;
import dev.settle.app.stepqueue.client.ServiceBodies;
import dev.settle.app.stepqueue.files.StepFolders;
import dev.settle.core.model.QueueSpec;
import dev.settle.core.run.QueueState;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import java.time.Instant;
import java.util.Optional;

/**
 * Decides what passes between a run and its step queue. Pure: no clock, no files, no network; an answer and a time go
 * in, facts for the journal and commands come out.
 *
 * <p>What is next follows from the journal's state alone ({@link #next}), so that a run whose driver was killed at any
 * point goes on from there: an unclear claim or submission is looked at before it is sent again, a stored result is
 * submitted and never evaluated again. One call at a time; only heartbeats run beside it, and looks beside a slow
 * submission.
 *
 * <p>This class has the order; what each stage knows in this session is with its own class, from {@link RunOpening}
 * through {@link TaskClaims}, {@link StepEvaluation} and {@link ResultSubmissions} to {@link RemoteRun}'s end or
 * {@link RunClosing}.
 */
final class StepQueueKernel {
    private final QueueLimits limits;
    private final PendingCall main;
    private final RunClosing closing;
    private final FailureHandler failures;
    private final RemoteRun remote;
    private final RunOpening opening;
    private final TaskClaims claims;
    private final StepEvaluation evaluation;
    private final ResultSubmissions results;
    private final Heartbeats heartbeats;

    /**
     * A feeder for a run as its journal left it.
     *
     * @param queueUrl the service's base URL as {@code settle credits --queue} takes it, for hints
     * @param backoff the pauses between attempts
     */
    StepQueueKernel(
            QueueSpec spec,
            String queueUrl,
            StepFolders folders,
            QueueLimits limits,
            Backoff backoff,
            StartMode mode,
            RunState state) {
        this.limits = limits;
        main = new PendingCall(backoff, limits.attempts());
        closing = new RunClosing(main, limits);
        failures = new FailureHandler(spec, queueUrl, main, closing);
        remote = new RemoteRun(spec, mode, main, closing, failures);
        opening = new RunOpening(spec, main, failures, remote, mode);
        claims = new TaskClaims(spec, limits, main, failures, remote, state.queue());
        evaluation = new StepEvaluation(new StepItems(spec, folders), main, state);
        results = new ResultSubmissions(limits, mode, main, failures, remote, claims);
        heartbeats = new Heartbeats(limits, main, closing, failures, remote);
    }

    /** Takes an answer in. What it decides must be folded before {@link #advance} is asked. */
    QueueDecision take(QueueInput input, RunState state, Instant now) {
        if (input.kind() == QueueInput.Kind.BROKEN) {
            throw new IllegalStateException(
                    "a call to the step queue was broken off by a defect", ((QueueInput.Broken) input).defect());
        }
        QueueDecision feed = new QueueDecision();
        if (input.kind() == QueueInput.Kind.HEARTBEAT_ANSWERED) {
            heartbeats.answered(feed, (QueueInput.HeartbeatAnswered) input, state, now);
            return feed;
        }
        if (results.isSideLook(input)) {
            results.sideLooked(feed, (QueueInput.Looked) input, state);
            return feed;
        }
        if (!main.ends(input.call())) {
            return feed;
        }
        if (closing.take(feed, input)) {
            return feed;
        }
        switch (input.kind()) {
            case BALANCE_SEEN -> opening.balanceSeen(feed, ((QueueInput.BalanceSeen) input).answer(), now);
            case STARTED -> opening.started(feed, ((QueueInput.Started) input).answer(), now);
            case LOOKED -> lookedAt(feed, (QueueInput.Looked) input, state, now);
            case TASKS_SEEN -> claims.tasksSeen(feed, ((QueueInput.TasksSeen) input).answer(), state, now);
            case CLAIM_ANSWERED ->
                claims.answered(feed, ((QueueInput.ClaimAnswered) input).answer(), state, now)
                        .ifPresent(results::claimedAgain);
            case PREPARED -> evaluation.prepared(feed, ((QueueInput.Prepared) input).refused(), state);
            case STORED -> evaluation.stored(feed, (QueueInput.Stored) input, state);
            case TAKEN -> results.taken(feed, ((QueueInput.Taken) input).answer(), state, now);
            case RESUME_ANSWERED ->
                remote.resumeAnswered(feed, ((QueueInput.ResumeAnswered) input).answer(), state, now);
            case CHECKED_OUT -> failures.checkedOut(feed, ((QueueInput.CheckedOut) input).link());
            case BEST_KEPT -> remote.bestKept(feed, ((QueueInput.BestKept) input).kept());
            case STORAGE_FAILED ->
                feed.stop(Stop.of(StopReason.STORAGE_FAILED, ((QueueInput.StorageFailed) input).text(), now));
            case FAREWELL_SAID, HEARTBEAT_ANSWERED, BROKEN ->
                throw new IllegalStateException("not an answer of the main line: " + input.kind());
        }
        return feed;
    }

    /** What is to be done now, if anything. */
    QueueDecision advance(RunState state, Instant now) {
        QueueDecision feed = new QueueDecision();
        if (state.ended().isPresent() || state.queue().closed().isPresent()) {
            return feed;
        }
        if (state.stopping().isPresent() || state.cancelAskedBy().isPresent()) {
            if (!RunClosing.isUrgent(state)) {
                heartbeats.advance(feed, state, now);
            }
            closing.advance(feed, state, now, remote.best(state), StepEvaluation.openStep(state));
            return feed;
        }
        heartbeats.advance(feed, state, now);
        if (main.isFlying()) {
            results.lookWhileWaiting(feed, state, now);
        } else if (!failures.isStopWithheld() && !main.isPausing(now)) {
            next(feed, state, now);
        }
        return feed;
    }

    /** When {@link #advance} has something to do although nothing came in. */
    Instant wakeAt(RunState state, Instant now) {
        if (state.stopping().isPresent() || state.cancelAskedBy().isPresent()) {
            return closing.wakeAt(now);
        }
        Instant wake = now.plus(limits.heartbeat());
        wake = earlier(wake, heartbeats.wakeAt(state));
        wake = earlier(wake, results.wakeAt());
        if (!main.isFlying() && main.isPausing(now)) {
            wake = earlier(wake, Optional.of(main.pauseUntil()));
        }
        return wake;
    }

    private static Instant earlier(Instant a, Optional<Instant> b) {
        return b.filter(a::isAfter).orElse(a);
    }

    /** The next step of the main line, from the journal's state. */
    private void next(QueueDecision feed, RunState state, Instant now) {
        if (!opening.isOver(state)) {
            opening.next(feed, now);
            return;
        }
        String run = state.queue().attached().orElseThrow().run();
        if (remote.mustBeLookedAt() || results.isConflicted() || claims.isDoubtful()) {
            remote.look(feed, run, now);
            return;
        }
        Optional<QueueState.Step> result = results.waiting(state.queue());
        Optional<QueueState.Step> open = StepEvaluation.openStep(state);
        if (result.isPresent()) {
            results.submit(feed, run, result.get(), now);
        } else if (remote.isCompleted() && results.areParked()) {
            results.stopWithParked(feed, now);
        } else if (remote.isCompleted()) {
            remote.finish(feed, run, state, now);
        } else if (open.isPresent() && claims.areOurs()) {
            evaluation.next(feed, open.get(), state, now);
        } else {
            claims.ask(feed, run, now);
        }
    }

    /** One look decides in turn about a result that is unclear, about the run, and about a claim that is in doubt. */
    private void lookedAt(QueueDecision feed, QueueInput.Looked input, RunState state, Instant now) {
        if (remote.takeFinalLook(input)) {
            return;
        }
        if (input.answer().failure().isPresent()) {
            failures.met(feed, input.answer().failure().get(), now);
            return;
        }
        ServiceBodies.RunLook look = input.answer().body().orElseThrow();
        Optional<CallFailure> tasksFailure = input.tasks().flatMap(Answer::failure);
        if (tasksFailure.filter(t -> t.kind() != CallFailure.Kind.UNAVAILABLE).isPresent()) {
            failures.met(feed, tasksFailure.get(), now);
            return;
        }
        Optional<ServiceBodies.Tasks> tasks = input.tasks().flatMap(Answer::body);
        if (!results.settle(feed, state, look, tasks, now)) {
            tasksFailure.ifPresent(failure -> failures.met(feed, failure, now));
            return;
        }
        remote.looked(feed, look, state, now);
        if (RunStatus.isOver(look.status())) {
            claims.forgetDoubt();
            if (look.status().equals(RunStatus.COMPLETED) && results.areThrough(state)) {
                remote.completed(look);
            } else {
                remote.over(feed, look, state, now);
            }
        } else if (claims.isDoubtful()) {
            claims.resolve(feed, state, look, tasks, now);
        }
    }
}
