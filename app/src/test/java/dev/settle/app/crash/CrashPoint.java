package dev.settle.app.crash;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * When a driver dies: at a given act, counted from its start. An act is a change of a file or a command to a scheduler.
 * After its death nothing that it still tries reaches the world.
 */
final class CrashPoint {
    /** Where in its act a driver dies. */
    enum When {
        BEFORE,
        /** Half of what a write was to write is there; other acts are not done. */
        AMID,
        AFTER
    }

    /** A driver that never dies. */
    static final CrashPoint NONE = new CrashPoint(Integer.MAX_VALUE, When.BEFORE, () -> {});

    /** What a dead driver's threads end with. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed", null, false, false);
        }
    }

    private final int act;
    private final When when;
    private final Runnable end;
    private final AtomicInteger acts = new AtomicInteger();
    private volatile boolean dead;

    /**
     * @param act counted from 1
     * @param end ends the driver; is called on the thread that acts
     */
    CrashPoint(int act, When when, Runnable end) {
        this.act = act;
        this.when = when;
        this.end = end;
    }

    /** An act of which half may be done. */
    interface Act<T, E extends Exception> {
        T perform() throws E;
    }

    <T, E extends Exception> T act(Act<T, E> whole, Act<?, E> half) throws E {
        if (dead) {
            throw new Killed();
        }
        boolean now = acts.incrementAndGet() == act;
        if (now && when == When.BEFORE) {
            die();
        }
        if (now && when == When.AMID) {
            half.perform();
            die();
        }
        T done = whole.perform();
        if (now) {
            die();
        }
        if (dead) {
            throw new Killed();
        }
        return done;
    }

    /** Dies between two acts. */
    void strike() {
        dead = true;
    }

    private void die() {
        dead = true;
        end.run();
        throw new Killed();
    }

    boolean isDead() {
        return dead;
    }

    int acts() {
        return acts.get();
    }
}
