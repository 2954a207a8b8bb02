package dev.settle.app.stepqueue;

import dev.settle.app.stepqueue.client.ServiceBodies;
import dev.settle.core.model.QueueSpec;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.QueueState;
import dev.settle.core.run.RunState;
import java.util.Optional;
import java.util.OptionalDouble;

/** Which step is the best one so far. */
final class BestStep {
    private BestStep() {}

    /**
     * The best of our completed steps, unless the service knows a better one from before we attached.
     *
     * @param services the service's own best step, where it names one
     */
    static Optional<QueueCommand.Best> of(RunState state, Optional<ServiceBodies.Best> services) {
        boolean maximizes = state.queueSpec().filter(QueueSpec::maximizes).isPresent();
        Optional<QueueState.Step> ours = Optional.empty();
        for (QueueState.Step step : state.queue().steps()) {
            boolean good = state.item(step.item())
                    .filter(item -> item.state() == ItemState.COMPLETED)
                    .isPresent();
            if (good
                    && step.metric().isPresent()
                    && (ours.isEmpty() || better(step.metric(), ours.get().metric(), maximizes))) {
                ours = Optional.of(step);
            }
        }
        Optional<QueueCommand.Best> best =
                ours.map(step -> new QueueCommand.Best(step.number(), step.metric(), Optional.empty()));
        Optional<ServiceBodies.Best> theirs =
                services.filter(b -> b.metric().isPresent() && !b.code().isEmpty());
        if (theirs.isPresent()
                && (best.isEmpty() || better(theirs.get().metric(), best.get().metric(), maximizes))) {
            return Optional.of(new QueueCommand.Best(
                    theirs.get().step().orElse(0),
                    theirs.get().metric(),
                    Optional.of(theirs.get().code())));
        }
        return best;
    }

    private static boolean better(OptionalDouble a, OptionalDouble b, boolean maximizes) {
        int order = Double.compare(a.orElseThrow(), b.orElseThrow());
        return maximizes ? order > 0 : order < 0;
    }
}
