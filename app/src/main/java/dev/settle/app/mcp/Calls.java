package dev.settle.app.mcp;

import dev.settle.app.process.Threads;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** The calls that are being answered, each on a thread of its own, so that a wait keeps nothing else waiting. */
final class Calls {
    /** More at once are refused. */
    static final int AT_ONCE_MAX = 32;

    private static final long IDLE_SECONDS_MAX = 30;

    private final Map<Object, Call> open = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor pool = new ThreadPoolExecutor(
            0,
            AT_ONCE_MAX,
            IDLE_SECONDS_MAX,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Threads.factory("settle-mcp-call"));

    /**
     * Works on a call, later and elsewhere.
     *
     * @param id of the request
     * @param busy the answer when too many are being worked on
     */
    <T> Mono<T> answer(Object id, Call call, Supplier<T> work, Supplier<T> busy) {
        return Mono.create(sink -> {
            open.put(id, call);
            try {
                pool.execute(() -> {
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
