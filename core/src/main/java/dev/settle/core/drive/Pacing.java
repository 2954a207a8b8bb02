package dev.settle.core.drive;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** When to ask whom. */
final class Pacing {
    private final Board board;
    private final ControllerPacing controller;
    private final AccountingPacing accounting;

    Pacing(Board board, RandomGenerator random) {
        this.board = board;
        this.controller = new ControllerPacing(board, random);
        this.accounting = new AccountingPacing(board, controller);
    }

    ControllerPacing controller() {
        return controller;
    }

    AccountingPacing accounting() {
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
        if (board.state.ended().isEmpty()) {
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
