package dev.settle.app.stepqueue;

import dev.settle.core.model.ItemId;
import dev.settle.core.run.Item;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.QueueState;
import dev.settle.core.run.RunState;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** A claimed step on its way to a result: its folder is prepared, its item runs, its result is stored. */
final class StepEvaluation {
    private final StepItems items;
    private final PendingCall main;
    /** Claimed steps without a result whose evaluation an earlier engine left unfinished: they are evaluated again. */
    private final Set<ItemId> interrupted = new HashSet<>();

    StepEvaluation(StepItems items, PendingCall main, RunState state) {
        this.items = items;
        this.main = main;
        for (QueueState.Step step : state.queue().steps()) {
            if (step.result().isEmpty()) {
                state.item(step.item()).filter(StepItems::isCutShort).ifPresent(item -> interrupted.add(item.id()));
            }
        }
    }

    /** The claimed step that has no result yet; there is at most one at a time. */
    static Optional<QueueState.Step> openStep(RunState state) {
        return state.queue().steps().stream()
                .filter(step -> step.result().isEmpty())
                .findFirst();
    }

    /** Nothing while the step's item runs. */
    void next(QueueDecision decision, QueueState.Step step, RunState state) {
        Optional<Item> item = state.item(step.item());
        boolean again = item.isPresent() && interrupted.contains(step.item());
        if (item.isEmpty() || again) {
            decision.command(new QueueCommand.Prepare(main.begin(QueueCommand.Kind.PREPARE), step.number()));
        } else if (item.get().state().isEnd()) {
            decision.command(new QueueCommand.Store(main.begin(QueueCommand.Kind.STORE), step.item(), step.number()));
        }
    }

    void prepared(QueueDecision decision, Optional<String> refused, RunState state) {
        QueueState.Step step = openStep(state).orElseThrow();
        boolean there = state.item(step.item()).isPresent();
        interrupted.remove(step.item());
        if (!there) {
            decision.item(items.item(step, state));
        } else {
            decision.reopen(step.item());
        }
        refused.ifPresent(why -> decision.refuse(step.item(), why));
    }

    void stored(QueueDecision decision, QueueInput.Stored input, RunState state) {
        ItemId item = openStep(state).orElseThrow().item();
        decision.event(new QueueEvent.Stored(item, input.result(), input.metric()));
        String name = state.queueSpec().orElseThrow().metric().orElseThrow();
        input.metric().ifPresent(metric -> decision.metric(item, name, metric));
    }
}
