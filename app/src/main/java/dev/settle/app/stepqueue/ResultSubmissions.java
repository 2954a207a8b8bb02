package dev.settle.app.stepqueue;

import dev.settle.app.stepqueue.client.Answer;
import dev.settle.app.stepqueue.client.CallFailure;
import dev.settle.app.stepqueue.client.QueueLimits;
import dev.settle.app.stepqueue.client.RunStatus;
import dev.settle.app.stepqueue.client.ServiceBodies;
import dev.settle.app.stepqueue.client.StepQueueClient;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.QueueEvent.Submission;
import dev.settle.core.run.QueueState;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** How stored results reach the service: each once, and after a lost answer only when a look shows it missing. */
final class ResultSubmissions {
    private final QueueLimits limits;
    private final StartMode mode;
    private final PendingCall main;
    private final FailureHandler failures;
    private final RemoteRun remote;
    private final TaskClaims claims;

    /** The result that is on its way. */
    private Optional<ItemId> sending = Optional.empty();
    /** The unclear result that a look showed to be missing on the service. */
    private Optional<ItemId> mayBeSent = Optional.empty();
    /** The result whose submission was answered by 409. */
    private Optional<ItemId> conflicted = Optional.empty();
    /** Results that the service will not take under their task; they wait for the step to be offered again. */
    private final Set<ItemId> parked = new HashSet<>();
    /** Results for whose sake a task was claimed once more. */
    private final Set<ItemId> claimedAgain = new HashSet<>();

    /** The look beside a submission whose answer takes long; 0 when none is under way. */
    private long sideLook;

    private Instant sideLookAt = Instant.MIN;

    ResultSubmissions(
            QueueLimits limits,
            StartMode mode,
            PendingCall main,
            FailureHandler failures,
            RemoteRun remote,
            TaskClaims claims) {
        this.limits = limits;
        this.mode = mode;
        this.main = main;
        this.failures = failures;
        this.remote = remote;
        this.claims = claims;
    }

    /** A look has to decide about a result that was answered by 409. */
    boolean isConflicted() {
        return conflicted.isPresent();
    }

    /** The stored result that is the next to be sent. */
    Optional<QueueState.Step> waiting(QueueState queue) {
        return queue.steps().stream()
                .filter(step -> step.result().isPresent() && step.submitted().isEmpty())
                .filter(step -> !parked.contains(step.item()))
                .findFirst();
    }

    void submit(QueueDecision decision, String run, QueueState.Step step, Instant now) {
        if (step.isUnclear() && !mayBeSent.equals(Optional.of(step.item()))) {
            remote.look(decision, run);
            return;
        }
        mayBeSent = Optional.empty();
        sending = Optional.of(step.item());
        decision.event(new QueueEvent.Sending(step.item()));
        decision.command(
                new QueueCommand.Suggest(main.begin(QueueCommand.Kind.SUGGEST), run, step.task(), step.number()));
        sideLookAt = now.plus(limits.lookWhileWaiting());
    }

    void taken(QueueDecision decision, Answer<ServiceBodies.Taken> answer, RunState state, Instant now) {
        QueueState.Step step = sending.flatMap(state.queue()::stepOf).orElseThrow();
        sending = Optional.empty();
        if (answer.body().isPresent()) {
            main.worked();
            claims.resultTaken();
            decision.event(new QueueEvent.Submitted(step.item(), Submission.ACCEPTED, ""));
            if (answer.body().get().done()) {
                remote.completed();
            }
            return;
        }
        CallFailure failure = answer.failure().orElseThrow();
        boolean unknownThere = failure.status() == 404 || failure.status() == 410;
        if (failure.kind() == CallFailure.Kind.CONFLICT) {
            conflicted = Optional.of(step.item());
        } else if (failure.kind() == CallFailure.Kind.REFUSED && unknownThere && mode != StartMode.NEW) {
            parked.add(step.item());
            decision.notice("the result of " + step.item()
                    + " is kept: the step queue does not know its task any more (" + failure.words() + ")");
        } else {
            failures.met(decision, failure, now);
        }
    }

    /** The step was claimed again, so that its result can be sent under the new claim. */
    void claimedAgain(QueueState.Step step) {
        parked.remove(step.item());
    }

    boolean areParked() {
        return !parked.isEmpty();
    }

    /** The service's run is completed, and no step will be offered again. */
    void stopWithParked(QueueDecision decision, Instant now) {
        String text = "its run is completed without the results of " + parked + ", which are kept";
        decision.stop(Stop.of(StopReason.SUBMISSION_REFUSED, text, now));
    }

    /** Whether every step is with the service, as far as it will ever be. */
    boolean areThrough(RunState state) {
        return StepEvaluation.openStep(state).isEmpty()
                && state.queue().steps().stream()
                        .allMatch(step -> step.submitted().isPresent()
                                || unclearStep(state).filter(step::equals).isPresent()
                                || parked.contains(step.item()));
    }

    /** The result that a look has to decide about: sent without an answer, or answered by 409. */
    private Optional<QueueState.Step> unclearStep(RunState state) {
        return conflicted.flatMap(state.queue()::stepOf).or(() -> state.queue().steps().stream()
                .filter(QueueState.Step::isUnclear)
                .findFirst());
    }

    /** Decides by a look about a result that is unclear; false when the look could not tell. */
    boolean settle(
            QueueDecision decision, RunState state, ServiceBodies.RunLook look, Optional<ServiceBodies.Tasks> tasks) {
        Optional<QueueState.Step> unclear = unclearStep(state);
        if (unclear.isEmpty()) {
            return true;
        }
        QueueState.Step step = unclear.get();
        boolean conflict = conflicted.isPresent();
        SubmissionReconciler landing = landing(step, state, look, tasks);
        if (landing == SubmissionReconciler.UNKNOWN && !conflict) {
            return false;
        }
        conflicted = Optional.empty();
        if (landing == SubmissionReconciler.LANDED) {
            decision.event(
                    new QueueEvent.Submitted(step.item(), Submission.LANDED, "its answer was lost; a look shows it"));
        } else if (!conflict || RunStatus.isOver(look.status())) {
            mayBeSent = Optional.of(step.item());
        } else if (tasks.filter(t -> t.ready().contains(step.task())).isPresent() && claimedAgain.add(step.item())) {
            // The service wants the task to be claimed again before it takes the result.
            claims.claim(decision, step.task(), tasks.get().ready(), unclear, state);
        } else {
            decision.event(new QueueEvent.Submitted(step.item(), Submission.CONFLICT, "409 while its run goes on"));
        }
        return true;
    }

    private static SubmissionReconciler landing(
            QueueState.Step step, RunState state, ServiceBodies.RunLook look, Optional<ServiceBodies.Tasks> tasks) {
        int base = state.queue().attached().map(QueueEvent.Attached::step).orElse(look.step());
        return SubmissionReconciler.of(state.queue(), step, base, look, tasks);
    }

    /** A submission whose answer takes long may have landed: the service answers others meanwhile. */
    void lookWhileWaiting(QueueDecision decision, RunState state, Instant now) {
        if (!mayLookWhileWaiting() || now.isBefore(sideLookAt)) {
            return;
        }
        sideLook = main.newNumber();
        sideLookAt = now.plus(limits.lookWhileWaiting());
        decision.command(new QueueCommand.Look(
                sideLook, state.queue().attached().orElseThrow().run(), StepQueueClient.History.WITH));
    }

    /** When {@link #lookWhileWaiting} has something to do. */
    Optional<Instant> wakeAt() {
        return mayLookWhileWaiting() ? Optional.of(sideLookAt) : Optional.empty();
    }

    private boolean mayLookWhileWaiting() {
        return main.isPending(QueueCommand.Kind.SUGGEST) && sideLook == 0;
    }

    boolean isSideLook(QueueInput input) {
        return input.call() == sideLook;
    }

    void sideLooked(QueueDecision decision, QueueInput.Looked input, RunState state) {
        sideLook = 0;
        Optional<QueueState.Step> step = unclearStep(state);
        if (!main.isPending(QueueCommand.Kind.SUGGEST)
                || step.isEmpty()
                || input.answer().body().isEmpty()) {
            return;
        }
        ServiceBodies.RunLook look = input.answer().body().get();
        Optional<ServiceBodies.Tasks> tasks = input.tasks().flatMap(Answer::body);
        if (landing(step.get(), state, look, tasks) == SubmissionReconciler.LANDED) {
            decision.command(new QueueCommand.Abandon(main.number()));
            main.giveUp();
            main.worked();
            decision.event(
                    new QueueEvent.Submitted(step.get().item(), Submission.LANDED, "no answer came; a look shows it"));
            remote.landed(look);
        }
    }
}
