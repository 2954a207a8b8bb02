package dev.settle.app.stepqueue;

import dev.settle.app.stepqueue.client.StepQueueClient;
import dev.settle.app.stepqueue.files.StepFolders;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.QueueSpec;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.QueueState;
import dev.settle.core.run.RunState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The items that evaluate a queue's steps. */
record StepItems(QueueSpec spec, StepFolders folders) {
    /**
     * Whether the evaluation came to nothing that says anything of the candidate: it was ended with the run, never
     * began, or had no credits to run on. It is evaluated again, not submitted.
     */
    static boolean isCutShort(Item item) {
        return item.state() == ItemState.CANCELLED
                || item.state() == ItemState.NOT_STARTED
                || item.reason().filter(ItemReason.OUT_OF_CREDITS::equals).isPresent();
    }

    /** The next free number of a step, in the service's count. */
    static int nextNumber(RunState state) {
        int next = state.queue().attached().map(QueueEvent.Attached::step).orElse(0);
        for (QueueState.Step step : state.queue().steps()) {
            next = Math.max(next, step.number() + 1);
        }
        return next;
    }

    /** An id for a step of that number, which no item has yet. */
    static ItemId idOf(RunState state, int number) {
        ItemId id = new ItemId("step-" + number);
        for (int i = 2; state.item(id).isPresent(); i++) {
            id = new ItemId("step-" + number + "." + i);
        }
        return id;
    }

    /** The item that evaluates a claimed step. */
    PlanItem item(QueueState.Step step, RunState state) {
        PlanItem template = state.queueSpec().orElse(spec).step();
        // The errors of a whole script cannot be redirected from outside; a command writes both into one file, in their
        // order.
        boolean whole = template.script().startsWith("#!");
        return new PlanItem(
                step.item(),
                step.item().value(),
                whole ? template.script() : "exec 2>&1\n" + template.script(),
                List.of(),
                Optional.of(folders.work(step.number()).toString()),
                withoutToken(template.env()),
                template.setup(),
                template.resources(),
                template.timeout(),
                template.retries(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                template.expect(),
                Optional.empty());
    }

    /** A candidate is code of the service's making: the token that pays for it is not in its environment. */
    private Map<String, String> withoutToken(Map<String, String> env) {
        Map<String, String> masked = new LinkedHashMap<>(env);
        masked.put(spec.tokenEnv().orElse(StepQueueClient.TOKEN_ENV), "");
        return masked;
    }
}
