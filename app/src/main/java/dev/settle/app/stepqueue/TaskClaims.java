package dev.settle.app.stepqueue;

import dev.settle.app.stepqueue.client.Answer;
import dev.settle.app.stepqueue.client.CallFailure;
import dev.settle.app.stepqueue.client.QueueLimits;
import dev.settle.app.stepqueue.client.RunStatus;
import dev.settle.app.stepqueue.client.ServiceBodies;
import dev.settle.core.model.QueueSpec;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.QueueState;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which task is claimed, and what becomes of a claim whose answer was lost. */
final class TaskClaims {
    private static final Duration PAUSE_MAX = Duration.ofSeconds(30);
    /** Refused claims in a row: the service and we do not understand each other. */
    private static final int REFUSALS_MAX = 10;

    private final QueueSpec spec;
    private final QueueLimits limits;
    private final PendingCall main;
    private final FailureHandler failures;
    private final RemoteRun remote;

    /** The claim that may be ours although its answer was lost, or that was answered by 409. */
    private Optional<String> doubtful;
    /** Claims that may be ours and were looked for when nothing else was left; once in a session is enough. */
    private final Set<String> lostLookedFor = new HashSet<>();
    /** No step that an earlier engine left without a result waits to be found still ours, or offered again. */
    private boolean reclaimed;

    private List<String> ready = List.of();
    private Optional<QueueState.Step> claimingFor = Optional.empty();
    private int conflicts;
    private Optional<Instant> idleSince = Optional.empty();

    TaskClaims(
            QueueSpec spec,
            QueueLimits limits,
            PendingCall main,
            FailureHandler failures,
            RemoteRun remote,
            QueueState queue) {
        this.spec = spec;
        this.limits = limits;
        this.main = main;
        this.failures = failures;
        this.remote = remote;
        doubtful = queue.claiming();
        reclaimed = queue.steps().stream().allMatch(step -> step.result().isPresent());
    }

    /** A look has to find out about a claim before anything else is done. */
    boolean isDoubtful() {
        return doubtful.isPresent();
    }

    /** The service's run is over: whose the claim was is of no interest any more. */
    void forgetDoubt() {
        doubtful = Optional.empty();
    }

    /** Whether the claims that an earlier engine left are known to be ours. */
    boolean areOurs() {
        return reclaimed;
    }

    /** The service took a result: refusals before it count no more. */
    void resultTaken() {
        conflicts = 0;
    }

    void ask(QueueDecision decision, String run) {
        decision.command(new QueueCommand.Tasks(main.begin(QueueCommand.Kind.TASKS), run));
    }

    void tasksSeen(QueueDecision decision, Answer<ServiceBodies.Tasks> answer, RunState state, Instant now) {
        if (answer.failure().isPresent()) {
            failures.met(decision, answer.failure().get(), now);
            return;
        }
        main.worked();
        ServiceBodies.Tasks tasks = answer.body().orElseThrow();
        if (tasks.status().filter(RunStatus::isOver).isPresent()) {
            // The look shows how and why it ended.
            remote.doubt();
            return;
        }
        Optional<QueueState.Step> open = StepEvaluation.openStep(state);
        if (open.isPresent() && !reclaimed) {
            reclaimed = true;
            boolean offered = tasks.ready().contains(open.get().task());
            if (!offered && (tasks.ready().isEmpty() || !remote.isResumeSent())) {
                // Our claim still holds.
                return;
            }
            if (offered) {
                claim(decision, open.get().task(), tasks.ready(), open, state);
                return;
            }
        }
        if (tasks.ready().isEmpty()) {
            idle(decision, state, now);
            return;
        }
        String task = tasks.ready().get(0);
        claim(decision, task, tasks.ready(), state.queue().stepOfTask(task), state);
    }

    private void idle(QueueDecision decision, RunState state, Instant now) {
        doubtful =
                state.queue().lostClaims().stream().filter(lostLookedFor::add).findFirst();
        if (doubtful.isPresent()) {
            return;
        }
        Instant since = idleSince.orElse(now);
        idleSince = Optional.of(since);
        if (!now.isBefore(since.plus(limits.idle()))) {
            String text =
                    "the step queue had nothing ready for " + limits.idle().toMinutes() + " min";
            decision.stop(Stop.of(StopReason.QUEUE_UNAVAILABLE, text, now));
            return;
        }
        main.pause(now.plus(spec.poll()));
    }

    /** Claims a task, for a step that it was claimed for before where there is one. */
    void claim(
            QueueDecision decision,
            String task,
            List<String> readyTasks,
            Optional<QueueState.Step> known,
            RunState state) {
        idleSince = Optional.empty();
        ready = readyTasks;
        claimingFor = known;
        decision.event(new QueueEvent.Claiming(task));
        decision.command(new QueueCommand.Claim(main.begin(QueueCommand.Kind.CLAIM), task, numberFor(known, state)));
    }

    private static int numberFor(Optional<QueueState.Step> known, RunState state) {
        return known.map(QueueState.Step::number).orElseGet(() -> StepItems.nextNumber(state));
    }

    /** The step of before that is claimed again now, if it is one and the claim worked. */
    Optional<QueueState.Step> answered(
            QueueDecision decision, Answer<QueueInput.Kept> answer, RunState state, Instant now) {
        String task = state.queue().claiming().orElseThrow();
        if (answer.failure().isPresent()) {
            failed(decision, task, answer.failure().get(), now);
            return Optional.empty();
        }
        main.worked();
        conflicts = 0;
        QueueInput.Kept kept = answer.body().orElseThrow();
        Optional<QueueState.Step> known = claimingFor.or(() -> state.queue().steps().stream()
                .filter(step -> step.submitted().isEmpty() && step.fingerprint().equals(kept.fingerprint()))
                .findFirst());
        int number = numberFor(known, state);
        List<String> others = new ArrayList<>(ready);
        others.remove(task);
        decision.event(new QueueEvent.Claimed(
                known.map(QueueState.Step::item).orElseGet(() -> StepItems.idOf(state, number)),
                task,
                number,
                kept.revision(),
                kept.fingerprint(),
                others));
        return known;
    }

    private void failed(QueueDecision decision, String task, CallFailure failure, Instant now) {
        boolean notOurs = failure.kind() == CallFailure.Kind.CONFLICT || failure.kind() == CallFailure.Kind.REFUSED;
        if (!notOurs) {
            doubtful = failure.kind() == CallFailure.Kind.UNAVAILABLE ? Optional.of(task) : Optional.empty();
            failures.met(decision, failure, now);
            return;
        }
        main.worked();
        conflicts++;
        if (failure.kind() == CallFailure.Kind.REFUSED && conflicts >= REFUSALS_MAX) {
            decision.stop(QueueStops.of(StopReason.SUBMISSION_REFUSED, failure, now));
            return;
        }
        decision.event(new QueueEvent.NotClaimed(task, false, failure.status() + ", " + failure.words()));
        Duration pause = spec.poll().multipliedBy(1L << Math.min(conflicts - 1, 6));
        main.pause(now.plus(pause.compareTo(PAUSE_MAX) < 0 ? pause : PAUSE_MAX));
    }

    /** By a look: a claim whose answer was lost, or that met a 409 although no other client should be there. */
    void resolve(
            QueueDecision decision, RunState state, ServiceBodies.RunLook look, Optional<ServiceBodies.Tasks> tasks) {
        String task = doubtful.orElseThrow();
        doubtful = Optional.empty();
        Optional<QueueState.Step> known = state.queue().stepOfTask(task);
        if (tasks.filter(t -> t.ready().contains(task)).isPresent()) {
            claim(decision, task, tasks.get().ready(), known, state);
            return;
        }
        List<ServiceBodies.Node> pending = look.nodes().stream()
                .filter(node -> !node.evaluated() && !node.code().isEmpty())
                .filter(node -> node.task().map(task::equals).orElse(true))
                .toList();
        boolean nothingElse = tasks.filter(t -> t.ready().isEmpty()).isPresent();
        if (pending.size() == 1 && nothingElse) {
            ready = List.of(task);
            claimingFor = known;
            decision.event(new QueueEvent.Claiming(task));
            decision.command(new QueueCommand.Adopt(
                    main.begin(QueueCommand.Kind.ADOPT),
                    task,
                    numberFor(known, state),
                    pending.get(0).code()));
            return;
        }
        if (!nothingElse) {
            // Which of the unevaluated candidates is ours shows when the others are through.
            decision.event(new QueueEvent.NotClaimed(task, true, "the answer was lost, and with it the candidate"));
            return;
        }
        decision.event(new QueueEvent.NotClaimed(task, true, "its candidate cannot be had any more"));
        if (!remote.isResumeSent()) {
            // Resuming gives a claimed task back; a service whose run is running refuses, which does no harm.
            remote.resume(decision, state);
        }
    }
}
