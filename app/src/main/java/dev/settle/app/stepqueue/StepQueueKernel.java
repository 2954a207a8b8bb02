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
 * <p>What is next follows from the journal's state alone ({@link #next}), so that a run whose engine was killed at any
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
     * A kernel for a run as its journal left it.
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
        if (input.kind() == QueueInput.Kind.DEFECTIVE) {
            throw new IllegalStateException(
                    "a call to the step queue was broken off by a defect", ((QueueInput.Defective) input).defect());
        }
        QueueDecision decision = new QueueDecision();
        if (input.kind() == QueueInput.Kind.HEARTBEAT_ANSWERED) {
            heartbeats.answered(decision, (QueueInput.HeartbeatAnswered) input, state, now);
            return decision;
        }
        if (results.isSideLook(input)) {
            results.sideLooked(decision, (QueueInput.Looked) input, state);
            return decision;
        }
        if (!main.ends(input.call())) {
            return decision;
        }
        if (closing.take(decision, input)) {
            return decision;
        }
        switch (input.kind()) {
            case BALANCE_SEEN -> opening.balanceSeen(decision, ((QueueInput.BalanceSeen) input).answer(), now);
            case STARTED -> opening.started(decision, ((QueueInput.Started) input).answer(), now);
            case LOOKED -> lookedAt(decision, (QueueInput.Looked) input, state, now);
            case TASKS_SEEN -> claims.tasksSeen(decision, ((QueueInput.TasksSeen) input).answer(), state, now);
            case CLAIM_ANSWERED ->
                claims.answered(decision, ((QueueInput.ClaimAnswered) input).answer(), state, now)
                        .ifPresent(results::claimedAgain);
            case PREPARED -> evaluation.prepared(decision, ((QueueInput.Prepared) input).refused(), state);
            case STORED -> evaluation.stored(decision, (QueueInput.Stored) input, state);
            case TAKEN -> results.taken(decision, ((QueueInput.Taken) input).answer(), state, now);
            case RESUME_ANSWERED ->
                remote.resumeAnswered(decision, ((QueueInput.ResumeAnswered) input).answer(), state, now);
            case CHECKED_OUT -> failures.checkedOut(decision, ((QueueInput.CheckedOut) input).link());
            case BEST_KEPT -> remote.bestKept(decision, ((QueueInput.BestKept) input).kept());
            case STORAGE_FAILED ->
                decision.stop(Stop.of(StopReason.STORAGE_FAILED, ((QueueInput.StorageFailed) input).text(), now));
            case RUN_CLOSED, HEARTBEAT_ANSWERED, DEFECTIVE ->
                throw new IllegalStateException("not an answer of the main line: " + input.kind());
        }
        return decision;
    }

    /** What is to be done now, if anything. */
    QueueDecision advance(RunState state, Instant now) {
        QueueDecision decision = new QueueDecision();
        if (state.ended().isPresent() || state.queue().closed().isPresent()) {
            return decision;
        }
        if (state.stopping().isPresent() || state.cancelAskedBy().isPresent()) {
            if (!RunClosing.isUrgent(state)) {
                heartbeats.advance(decision, state, now);
            }
            closing.advance(decision, state, now, remote.best(state), StepEvaluation.openStep(state));
            return decision;
        }
        heartbeats.advance(decision, state, now);
        if (main.isPending()) {
            results.lookWhileWaiting(decision, state, now);
        } else if (!failures.isStopWithheld() && !main.isPausing(now)) {
            next(decision, state, now);
        }
        return decision;
    }

    /** When {@link #advance} has something to do although nothing came in. */
    Instant wakeAt(RunState state, Instant now) {
        if (state.stopping().isPresent() || state.cancelAskedBy().isPresent()) {
            return closing.wakeAt(now);
        }
        Instant wake = now.plus(limits.heartbeat());
        wake = earlier(wake, heartbeats.wakeAt(state));
        wake = earlier(wake, results.wakeAt());
        if (!main.isPending() && main.isPausing(now)) {
            wake = earlier(wake, Optional.of(main.pauseUntil()));
        }
        return wake;
    }

    private static Instant earlier(Instant a, Optional<Instant> b) {
        return b.filter(a::isAfter).orElse(a);
    }

    /** The next step of the main line, from the journal's state. */
    private void next(QueueDecision decision, RunState state, Instant now) {
        if (!opening.isOver(state)) {
            opening.next(decision);
            return;
        }
        String run = state.queue().attached().orElseThrow().run();
        if (remote.mustBeLookedAt() || results.isConflicted() || claims.isDoubtful()) {
            remote.look(decision, run);
            return;
        }
        Optional<QueueState.Step> result = results.waiting(state.queue());
        Optional<QueueState.Step> open = StepEvaluation.openStep(state);
        if (result.isPresent()) {
            results.submit(decision, run, result.get(), now);
        } else if (remote.isCompleted() && results.areParked()) {
            results.stopWithParked(decision, now);
        } else if (remote.isCompleted()) {
            remote.finish(decision, run, state);
        } else if (open.isPresent() && claims.areOurs()) {
            evaluation.next(decision, open.get(), state);
        } else {
            claims.ask(decision, run);
        }
    }

    /** One look decides in turn about a result that is unclear, about the run, and about a claim that is in doubt. */
    private void lookedAt(QueueDecision decision, QueueInput.Looked input, RunState state, Instant now) {
        if (remote.takeFinalLook(input)) {
            return;
        }
        if (input.answer().failure().isPresent()) {
            failures.met(decision, input.answer().failure().get(), now);
            return;
        }
        ServiceBodies.RunLook look = input.answer().body().orElseThrow();
        Optional<CallFailure> tasksFailure = input.tasks().flatMap(Answer::failure);
        if (tasksFailure.filter(t -> t.kind() != CallFailure.Kind.UNAVAILABLE).isPresent()) {
            failures.met(decision, tasksFailure.get(), now);
            return;
        }
        Optional<ServiceBodies.Tasks> tasks = input.tasks().flatMap(Answer::body);
        if (!results.settle(decision, state, look, tasks)) {
            tasksFailure.ifPresent(failure -> failures.met(decision, failure, now));
            return;
        }
        remote.looked(decision, look, state, now);
        if (RunStatus.isOver(look.status())) {
            claims.forgetDoubt();
            if (look.status().equals(RunStatus.COMPLETED) && results.areThrough(state)) {
                remote.completed(look);
            } else {
                remote.over(decision, look, state, now);
            }
        } else if (claims.isDoubtful()) {
            claims.resolve(decision, state, look, tasks);
        }
    }
}
