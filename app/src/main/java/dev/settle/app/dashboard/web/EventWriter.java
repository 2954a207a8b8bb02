package dev.settle.app.dashboard.web;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;

/** Writes the events of one page, one after the other: the next one is asked for when the last is with the kernel. */
final class EventWriter extends IteratingCallback {
    private final LiveSource source;
    private final Response response;
    private final Callback request;
    private final Supplier<Duration> time;
    private final Consumer<EventWriter> closed;
    private final AtomicBoolean comment = new AtomicBoolean(true);
    private volatile Duration sentAt;

    /** @param request is completed when the page is closed */
    EventWriter(
            LiveSource source,
            Response response,
            Callback request,
            Supplier<Duration> time,
            Consumer<EventWriter> closed) {
        this.source = source;
        this.response = response;
        this.request = request;
        this.time = time;
        this.closed = closed;
        this.sentAt = time.get();
    }

    /** The first thing that is sent is a comment, so that the page hears that it is connected. */
    void begin() {
        source.begin(this::iterate);
        iterate();
    }

    /** Says that the connection is there; a page that is gone is noticed by it. */
    void commentIfQuiet(Duration now, Duration after) {
        if (now.minus(sentAt).compareTo(after) >= 0) {
            comment.set(true);
            iterate();
        }
    }

    @Override
    protected Action process() {
        Optional<LiveSource.Message> message = source.next();
        String text;
        if (message.isPresent()) {
            text = "id: " + message.get().id() + "\ndata: " + message.get().data() + "\n\n";
        } else if (comment.getAndSet(false)) {
            text = ":\n\n";
        } else {
            return Action.IDLE;
        }
        comment.set(false);
        sentAt = time.get();
        response.write(false, BufferUtil.toBuffer(text, StandardCharsets.UTF_8), this);
        return Action.SCHEDULED;
    }

    @Override
    protected void onCompleteFailure(Throwable cause) {
        closed.accept(this);
        source.end();
        request.failed(cause);
    }
}
