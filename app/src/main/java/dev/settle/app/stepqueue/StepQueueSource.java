package dev.settle.app.stepqueue;

import dev.settle.app.engine.source.ItemSource;
import dev.settle.core.run.Entry;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.QueueState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;

/** The step queue as the source of one session's items. */
final class StepQueueSource implements ItemSource {
    private final StepQueueKernel kernel;
    private final QueuePerformer performer;
    private final Consumer<String> notices;
    private final Queue<QueueInput> inbox;

    /** @param inbox where the performer puts answers; each of them comes with a wake-up of the session */
    StepQueueSource(
            StepQueueKernel kernel, QueuePerformer performer, Queue<QueueInput> inbox, Consumer<String> notices) {
        this.kernel = kernel;
        this.performer = performer;
        this.inbox = inbox;
        this.notices = notices;
    }

    @Override
    public Optional<Decision> next(RunState state, Instant now) {
        QueueInput input = inbox.poll();
        while (input != null) {
            QueueDecision decision = kernel.take(input, state, now);
            if (!decision.isEmpty()) {
                return Optional.of(decision(decision, state));
            }
            input = inbox.poll();
        }
        QueueDecision decision = kernel.advance(state, now);
        return decision.isEmpty() ? Optional.empty() : Optional.of(decision(decision, state));
    }

    private Decision decision(QueueDecision decision, RunState state) {
        decision.notices().forEach(notices);
        List<QueueCommand> commands = decision.commands();
        return new Decision(decision.input(), () -> commands.forEach(command -> performer.perform(command, state)));
    }

    @Override
    public Instant wakeAt(RunState state, Instant now) {
        return kernel.wakeAt(state, now);
    }

    /** For the logs that the user wanted. */
    @Override
    public void report(List<Entry> entries, RunState state) {
        for (Entry entry : entries) {
            if (entry.event() instanceof RunEvent.OfQueue queue) {
                if (queue.event() instanceof QueueEvent.Submitted submitted) {
                    state.queue()
                            .stepOf(submitted.item())
                            .ifPresent(
                                    step -> indexed(step, submitted.submission().word(), state));
                }
            } else if (entry.event() instanceof RunEvent.Ended ended) {
                state.queue().steps().stream()
                        .filter(step ->
                                step.result().isPresent() && step.submitted().isEmpty())
                        .forEach(step -> indexed(
                                step, "not_submitted: " + ended.stop().reason().word(), state));
            }
        }
    }

    private void indexed(QueueState.Step step, String submission, RunState state) {
        state.queue().attached().ifPresent(attached -> performer.indexed(step, submission, attached.run()));
    }

    @Override
    public void close() {
        performer.close();
    }
}
