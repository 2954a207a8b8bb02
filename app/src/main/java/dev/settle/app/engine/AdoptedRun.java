package dev.settle.app.engine;

import dev.settle.app.process.Threads;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Runs;
import dev.settle.app.stepqueue.StepQueue;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.kernel.Input;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.scheduler.Source;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A run that this process manages beside reading it: its engine has a thread of its own, so that no screen and no pipe is
 * ever in its way.
 */
public final class AdoptedRun implements AutoCloseable {
    /** What the engine has under way when it is abandoned; a journal can be left at any instruction. */
    private static final Duration CLOSING_MAX = Duration.ofSeconds(2);

    private final Engine engine;
    private final LeaseService.Owned lease;
    private final Runnable release;
    private final Optional<StepQueue> feeding;
    private final Queues queues;
    private final RunFolder folder;
    private final CountDownLatch begun = new CountDownLatch(1);
    private volatile @Nullable Session session;
    private volatile @Nullable Thread thread;
    private boolean closed;

    /** @param release what becomes of the lease at the end */
    AdoptedRun(
            Engine engine,
            RunFolder folder,
            LeaseService.Owned lease,
            Runnable release,
            Optional<StepQueue> feeding,
            Queues queues) {
        this.engine = engine;
        this.folder = folder;
        this.lease = lease;
        this.release = release;
        this.feeding = feeding;
        this.queues = queues;
    }

    /** Starts the engine, and returns once its session can be asked to leave. */
    void start(Runs.OpenRun run, Engine.Setup setup, List<RunEvent> opening, EngineListener listener)
            throws InterruptedException {
        Thread started = Threads.daemon("settle-engine-" + folder.id(), () -> {
            EngineListener.EngineEnd end;
            try {
                end = new EngineListener.Left(
                        engine.manage(run, lease.lease(), setup, opening, feeding, listener::published, this::begun));
            } catch (IOException | InterruptedException | RuntimeException | Error e) {
                end = new EngineListener.Failed(e);
            }
            begun.countDown();
            listener.ended(end);
        });
        thread = started;
        started.start();
        begun.await();
    }

    private void begun(Session of) {
        session = of;
        begun.countDown();
    }

    public void post(Input input) {
        Session current = session;
        if (current != null) {
            current.post(input);
        }
    }

    /** Asks the engine to leave the run as soon as what is decided is on disk. */
    public void leave(String why) {
        Session current = session;
        if (current != null) {
            current.leave(why);
        }
    }

    /** Who is being asked, and since when. */
    public Map<Source, Instant> unanswered() {
        return engine.unanswered();
    }

    /** When a source last answered. */
    public Optional<Instant> lastAnswer() {
        return engine.lastAnswer();
    }

    /** What is to happen with a step queue's result once the run has ended and was shown. */
    public void applyBest(RunState state) {
        feeding.ifPresent(queue -> queues.applyBest(queue, folder, state));
    }

    /** As {@link #close}, and releases the lease in any case: another process is to manage the run. */
    public void handOver() {
        close();
        lease.close();
    }

    /** Ends the engine, if it has not left by itself, closes the queue and releases the lease; once. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        leave("the reader of the run has ended");
        Thread running = thread;
        if (running != null) {
            try {
                running.join(CLOSING_MAX.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        feeding.ifPresent(queues::close);
        release.run();
    }
}
