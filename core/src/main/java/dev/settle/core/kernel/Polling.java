package dev.settle.core.kernel;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** When to ask whom. */
final class Polling {
    private final KernelContext context;
    private final SqueuePolling controller;
    private final SacctPolling accounting;

    Polling(KernelContext context, RandomGenerator random) {
        this.context = context;
        this.controller = new SqueuePolling(context, random);
        this.accounting = new SacctPolling(context, controller);
    }

    SqueuePolling controller() {
        return controller;
    }

    SacctPolling accounting() {
        return accounting;
    }

    /** The controller gave no answer: while it is away accounting may still know of ends. */
    void controllerSilent() {
        controller.silent();
        if (controller.isAway()) {
            accounting.wantLiving();
        }
    }

    /** Asks what is due. */
    void ask() {
        accounting.ask();
        if (context.state.ended().isEmpty()) {
            controller.ask();
        }
    }

    Instant wakeAt(Instant latest) {
        return controller.wakeAt(accounting.wakeAt(latest));
    }

    /** Twice the pause, at most so long; never shorter than it was. */
    static Duration longer(Duration pause, Duration most) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(most) <= 0 ? twice : most.compareTo(pause) >= 0 ? most : pause;
    }
}
