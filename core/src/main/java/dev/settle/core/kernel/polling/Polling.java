package dev.settle.core.kernel.polling;

import dev.settle.core.kernel.state.KernelContext;
import dev.settle.core.run.Item;
import java.time.Instant;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** When to ask whom. */
public final class Polling {
    private final KernelContext context;
    private final SqueuePolling controller;
    private final SacctPolling accounting;

    /** @param mayLearn whether accounting may still report something about an item that matters */
    public Polling(KernelContext context, RandomGenerator random, Predicate<Item> mayLearn) {
        this.context = context;
        this.controller = new SqueuePolling(context, random);
        this.accounting = new SacctPolling(context, controller, mayLearn);
    }

    public SqueuePolling controller() {
        return controller;
    }

    public SacctPolling accounting() {
        return accounting;
    }

    /** The controller gave no answer: while it is away accounting may still know of ends. */
    public void controllerSilent() {
        controller.silent();
        if (controller.isAway()) {
            accounting.wantLiving();
        }
    }

    /** Asks what is due. */
    public void query() {
        accounting.query();
        if (context.state().ended().isEmpty()) {
            controller.query();
        }
    }

    public Instant wakeAt(Instant latest) {
        return controller.wakeAt(accounting.wakeAt(latest));
    }
}
