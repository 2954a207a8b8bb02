package dev.settle.app.stepqueue;

import dev.settle.app.stepqueue.client.Answer;
import dev.settle.app.stepqueue.client.CallFailure;
import dev.settle.app.stepqueue.client.RunStatus;
import dev.settle.app.stepqueue.client.ServiceBodies;
import dev.settle.app.stepqueue.client.StepQueueClient;
import dev.settle.core.model.QueueObjective;
import dev.settle.core.model.QueueSpec;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The service's own run, as far as this session knows it: whether it goes on, whether it may be resumed, and its best
 * step once it is completed.
 */
final class RemoteRun {
    private final QueueSpec spec;
    private final StartMode mode;
    private final PendingCall main;
    private final RunClosing closing;
    private final FailureHandler failures;

    /** It was looked at in this session. */
    private boolean looked;
    /** Something that the service said speaks against what it said last. */
    private boolean doubted;
    /** The service was asked to resume in this session; once is enough. */
    private boolean resumeSent;

    private boolean completed;
    private boolean finalLook;
    private Optional<ServiceBodies.Best> best = Optional.empty();

    RemoteRun(QueueSpec spec, StartMode mode, PendingCall main, RunClosing closing, FailureHandler failures) {
        this.spec = spec;
        this.mode = mode;
        this.main = main;
        this.closing = closing;
        this.failures = failures;
        looked = mode == StartMode.NEW;
    }

    /** What this session knows of it is too little, or contradicts itself. */
    boolean mustBeLookedAt() {
        return !looked || doubted;
    }

    /** Whether a heartbeat is of use: not before it is known that it runs, nor after it is completed. */
    boolean wantsHeartbeats(RunState state) {
        return state.queue().attached().isPresent()
                && looked
                && !completed
                && !main.isPending(QueueCommand.Kind.RESUME);
    }

    void look(QueueDecision decision, String run) {
        decision.command(new QueueCommand.Look(main.begin(QueueCommand.Kind.LOOK), run, StepQueueClient.History.WITH));
    }

    /** The next look decides whether it still runs. */
    void doubt() {
        doubted = true;
    }

    /** A look beside a submission shows that it landed; if that ended the run, the next look shows how. */
    void landed(ServiceBodies.RunLook look) {
        doubted = RunStatus.isOver(look.status());
    }

    /** It was started, or flipped back. */
    void runs() {
        closing.serviceSays(RunStatus.RUNNING);
    }

    /** A look that answered everything that was in question. */
    void looked(QueueDecision decision, ServiceBodies.RunLook look, RunState state, Instant now) {
        looked = true;
        main.worked();
        if (doubted) {
            doubted = false;
            // Two answers that contradict each other are not asked for again at once.
            main.pause(now.plus(spec.poll()));
        }
        closing.serviceSays(look.status());
        if (state.queue().attached().isEmpty()) {
            attach(decision, look, now);
        }
    }

    /** What the run file does not say is the service's to say. */
    private void attach(QueueDecision decision, ServiceBodies.RunLook look, Instant now) {
        String run = spec.run().orElseThrow();
        QueueObjective said = look.objective();
        QueueObjective wanted = new QueueObjective(
                spec.command().isPresent() ? Optional.empty() : said.command(),
                spec.metric().isPresent() ? Optional.empty() : said.metric(),
                spec.maximize().isPresent() ? Optional.empty() : said.maximize(),
                spec.steps().isPresent() ? OptionalInt.empty() : said.steps());
        List<String> missing = new ArrayList<>();
        if (spec.command().isEmpty() && said.command().isEmpty()) {
            missing.add("no command (objective.evaluation_command): write queue.command in the run file");
        }
        if (spec.metric().isEmpty() && said.metric().isEmpty()) {
            missing.add("no metric (objective.metric_name): write queue.metric in the run file");
        }
        if (!missing.isEmpty() && !RunStatus.isOver(look.status())) {
            decision.stop(Stop.of(
                    StopReason.SUBMISSION_REFUSED,
                    "run " + run + " of the step queue names " + String.join("; and it names ", missing),
                    now));
            return;
        }
        decision.event(new QueueEvent.Attached(run, look.name(), look.step(), wanted));
    }

    /** A look shows that it is over, or is being stopped, though not all that is ours is through. */
    void over(QueueDecision decision, ServiceBodies.RunLook look, RunState state, Instant now) {
        if (look.status().equals(RunStatus.COMPLETED)) {
            stopped(decision, look, " while a step of ours was under way", now);
        } else if (!resumeSent && mayResume(look.status())) {
            resume(decision, state);
        } else if (look.endedForCredits()) {
            failures.endedForCredits(decision, look, now);
        } else {
            stopped(decision, look, "", now);
        }
    }

    private static void stopped(QueueDecision decision, ServiceBodies.RunLook look, String when, Instant now) {
        decision.stop(QueueStops.stoppedRemotely(look.status(), look.endedBecause(), when, now));
    }

    private boolean mayResume(String status) {
        return switch (mode) {
            case RESUMED -> RunStatus.isEnded(status);
            // Without heartbeats the service gives a run up; a run that was stopped on purpose stays stopped.
            case TAKEN_OVER -> status.equals(RunStatus.ERROR);
            case NEW -> spec.autoResume() && RunStatus.isEnded(status);
        };
    }

    boolean isResumeSent() {
        return resumeSent;
    }

    void resume(QueueDecision decision, RunState state) {
        resumeSent = true;
        String run = state.queue().attached().map(QueueEvent.Attached::run).orElseGet(() -> spec.run()
                .orElseThrow());
        decision.command(new QueueCommand.Resume(main.begin(QueueCommand.Kind.RESUME), run));
    }

    void resumeAnswered(QueueDecision decision, Answer<?> answer, RunState state, Instant now) {
        Optional<CallFailure> failure = answer.failure();
        if (failure.isEmpty()) {
            main.worked();
            runs();
            decision.event(state.queue()
                    .attached()
                    .orElseGet(() -> new QueueEvent.Attached(spec.run().orElseThrow(), Optional.empty(), 0)));
            return;
        }
        CallFailure.Kind kind = failure.get().kind();
        if (kind == CallFailure.Kind.CONFLICT || kind == CallFailure.Kind.REFUSED) {
            // It is running already, or cannot be resumed: a look shows which.
            doubted = true;
        } else {
            if (kind == CallFailure.Kind.UNAVAILABLE) {
                resumeSent = false;
                doubted = true;
            }
            failures.met(decision, failure.get(), now);
        }
    }

    boolean isCompleted() {
        return completed;
    }

    /** The service took the last result that it wants. */
    void completed() {
        completed = true;
        closing.serviceSays(RunStatus.COMPLETED);
    }

    /** A look shows that it is completed, with all that is ours. */
    void completed(ServiceBodies.RunLook look) {
        completed = true;
        best = look.best();
        finalLook = true;
    }

    /** The service has no further step for us. */
    void finish(QueueDecision decision, String run, RunState state) {
        if (!finalLook) {
            decision.command(
                    new QueueCommand.Look(main.begin(QueueCommand.Kind.LOOK), run, StepQueueClient.History.WITHOUT));
            return;
        }
        Optional<QueueCommand.Best> kept = best(state);
        if (kept.isEmpty()) {
            close(decision);
        } else {
            decision.command(new QueueCommand.KeepBest(main.begin(QueueCommand.Kind.KEEP_BEST), kept.get()));
        }
    }

    /** Whether this was the look at a completed run: only its best step is of interest, and not worth another attempt. */
    boolean takeFinalLook(QueueInput.Looked input) {
        if (!completed || finalLook) {
            return false;
        }
        finalLook = true;
        best = input.answer().body().flatMap(ServiceBodies.RunLook::best);
        return true;
    }

    void bestKept(QueueDecision decision, Optional<QueueEvent.BestKept> kept) {
        kept.ifPresent(decision::event);
        close(decision);
    }

    private static void close(QueueDecision decision) {
        decision.event(new QueueEvent.Closed(RunStatus.COMPLETED));
    }

    /** The best step of the run so far, ours or the service's. */
    Optional<QueueCommand.Best> best(RunState state) {
        return BestStep.of(state, best);
    }
}
