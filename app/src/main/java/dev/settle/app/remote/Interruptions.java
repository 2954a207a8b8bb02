package dev.settle.app.remote;

import dev.settle.app.process.App;
import dev.settle.app.process.Signals;
import dev.settle.app.process.Threads;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Signals to a client: the first ends its ssh, so that the loop that waits for it goes on; a second one ends the client. */
final class Interruptions {
    /** A command that is left ends within two seconds (contract.md, 1), whether the host answers or not. */
    private static final Duration LEAVE_WITHIN = Duration.ofMillis(1_700);

    /** What a signal asks of the command on the host. */
    enum Reply {
        /** To be left: the client ends soon, whether the host answers or not. */
        LEAVE,
        /** To be cancelled, which takes as long as it takes. */
        CANCEL
    }

    private final App app;
    private final Reply reply;
    private final Runnable lastWords;
    private final BlockingQueue<Signals.Kind> came = new LinkedBlockingQueue<>(1);
    private Optional<Process> process = Optional.empty();
    private Optional<Signals.Kind> first = Optional.empty();

    /** @param lastWords says how to go on, where the host does not say it */
    Interruptions(App app, Reply reply, Runnable lastWords) {
        this.app = app;
        this.reply = reply;
        this.lastWords = lastWords;
    }

    void listen() {
        Signals.handle(this::signalled);
    }

    /** The process that the next signal ends. */
    synchronized void during(Process ssh) {
        process = Optional.of(ssh);
    }

    /** The signal that has come. */
    synchronized Optional<Signals.Kind> signal() {
        return first;
    }

    /** Waits so long, or until a signal comes. */
    void pause(Duration time) throws InterruptedException {
        Signals.Kind kind = came.poll(time.toMillis(), TimeUnit.MILLISECONDS);
        if (kind != null) {
            came.offer(kind);
        }
    }

    private void signalled(Signals.Kind kind) {
        synchronized (this) {
            if (first.isPresent()) {
                leave(kind);
                return;
            }
            first = Optional.of(kind);
            came.offer(kind);
            process.ifPresent(Process::destroy);
        }
        if (reply == Reply.CANCEL) {
            return;
        }
        Threads.daemon("settle-leave", () -> {
                    try {
                        app.wiring().pause().of(LEAVE_WITHIN);
                        leave(kind);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                })
                .start();
    }

    private void leave(Signals.Kind kind) {
        lastWords.run();
        app.halt().accept(kind.status().code());
    }
}
