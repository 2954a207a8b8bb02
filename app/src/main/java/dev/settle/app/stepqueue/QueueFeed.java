package dev.settle.app.stepqueue;

import dev.settle.core.kernel.Decision;
import dev.settle.core.kernel.Input;
import dev.settle.core.run.Entry;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.QueueState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Feeds one session's run from its step queue: the session gives it a turn after its own inputs, journals what comes of
 * it, and then has it perform.
 */
public final class QueueFeed implements AutoCloseable {
    /** Decisions in one turn; each of them begins a call or waits, so that there are only a few. */
    private static final int ROUNDS_MAX = 100;

    /**
     * What a turn came to.
     *
     * @param decisions in their order, already folded
     * @param wakeAt when the next turn is due if nothing comes in
     */
    public record Turn(List<Decision> decisions, Instant wakeAt) {}

    private final QueueFeeder feeder;
    private final QueueShell shell;
    private final Consumer<String> notices;
    private final Queue<QueueInput> inbox;
    private final List<QueueCommand> decided = new ArrayList<>();

    /** @param inbox where the shell puts answers; whoever puts one in gives the session a tick */
    QueueFeed(QueueFeeder feeder, QueueShell shell, Queue<QueueInput> inbox, Consumer<String> notices) {
        this.feeder = feeder;
        this.shell = shell;
        this.inbox = inbox;
        this.notices = notices;
    }

    static Queue<QueueInput> inbox() {
        return new ConcurrentLinkedQueue<>();
    }

    /** Decides; on the session's thread. */
    public Turn turn(RunState state, Instant now, Function<Input, Decision> kernel) {
        List<Decision> decisions = new ArrayList<>();
        Optional<Instant> kernelWakes = Optional.empty();
        for (int round = 0; round < ROUNDS_MAX; round++) {
            QueueInput input = inbox.poll();
            Feed feed = input == null ? feeder.advance(state, now) : feeder.take(input, state, now);
            feed.notices().forEach(notices);
            decided.addAll(feed.commands());
            Optional<Input> fed = feed.input();
            if (fed.isPresent()) {
                Decision decision = kernel.apply(fed.get());
                decisions.add(decision);
                kernelWakes = Optional.of(decision.wakeAt());
            } else if (input == null) {
                break;
            }
        }
        Instant wake = feeder.wakeAt(state, now);
        return new Turn(decisions, kernelWakes.filter(at -> at.isBefore(wake)).orElse(wake));
    }

    /** Performs what was decided; after the journal has it. */
    public void perform(RunState state) {
        List<QueueCommand> commands = List.copyOf(decided);
        decided.clear();
        commands.forEach(command -> shell.perform(command, state));
    }

    /** Is told what the journal has, for the logs that the user wanted. */
    public void told(List<Entry> entries, RunState state) {
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
        state.queue().attached().ifPresent(attached -> shell.indexed(step, submission, attached.run()));
    }

    @Override
    public void close() {
        shell.close();
    }
}
