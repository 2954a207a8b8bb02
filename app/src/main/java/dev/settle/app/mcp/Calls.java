package dev.settle.app.mcp;

import dev.settle.app.process.Threads;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** The calls that are being answered, each on a thread of its own, so that a wait keeps nothing else waiting. */
final class Calls {
    /** More waits at once are refused; one wait may be for many runs. */
    static final int WAITS_MAX = 24;

    private static final int SHORT_MAX = 8;

    /** As many as the transport takes at once. */
    private static final int QUEUED_MAX = StdioTransport.AT_ONCE_MAX;

    private static final long IDLE_SECONDS_MAX = 30;

    private final Map<Object, Call> open = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor waits = pool("settle-mcp-wait", WAITS_MAX, new SynchronousQueue<>());
    /** Short calls wait for each other: there is an end to that. */
    private final ThreadPoolExecutor shorts = pool("settle-mcp-call", SHORT_MAX, new LinkedBlockingQueue<>(QUEUED_MAX));

    private static ThreadPoolExecutor pool(String name, int threads, BlockingQueue<Runnable> queue) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS_MAX, TimeUnit.SECONDS, queue, Threads.factory(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * Works on a call, later and elsewhere.
     *
     * @param id of the request
     * @param busy the answer when too many wait already
     */
    <T> Mono<T> answer(Object id, Call call, Tool.Length length, Supplier<T> work, Supplier<T> busy) {
        return Mono.create(sink -> {
            open.put(id, call);
            try {
                (length == Tool.Length.WAITS ? waits : shorts).execute(() -> {
                    try {
                        sink.success(work.get());
                    } finally {
                        open.remove(id);
                    }
                });
            } catch (RejectedExecutionException e) {
                open.remove(id);
                sink.success(busy.get());
            }
        });
    }

    /** The client does not want the answer any more: a wait ends, anything else is finished. */
    void cancel(Object id) {
        Call call = open.get(id);
        if (call != null) {
            call.cancel();
        }
    }

    /** Whether nobody waits for the answer to this request. */
    boolean isCancelled(Object id) {
        Call call = open.get(id);
        return call != null && call.isCancelled();
    }

    /** No client is there any more, or none that sends: waits end, and say how far they have come. */
    void endWaits() {
        open.values().forEach(Call::endWait);
    }
}
