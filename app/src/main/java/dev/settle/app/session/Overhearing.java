package dev.settle.app.session;

import dev.settle.core.drive.Input;
import dev.settle.core.port.Scheduler;
import java.util.function.Consumer;

/** Hands a session what the controller has just told others of this user, so that it need not ask itself. */
final class Overhearing implements AutoCloseable {
    private static final long LOOK_EVERY_MILLIS = 1_000;

    private final Thread thread;

    Overhearing(Scheduler scheduler, Consumer<Input> inbox) {
        thread = new Thread(() -> listen(scheduler, inbox), "settle-overhear");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private static void listen(Scheduler scheduler, Consumer<Input> inbox) {
        try {
            while (true) {
                Thread.sleep(LOOK_EVERY_MILLIS);
                scheduler.overheard().ifPresent(answer -> inbox.accept(new Input.Sighted(answer)));
            }
        } catch (InterruptedException e) {
            // Closed: the session is over.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
