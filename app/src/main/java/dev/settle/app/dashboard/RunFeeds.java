package dev.settle.app.dashboard;

import dev.settle.app.process.Failure;
import dev.settle.app.process.Ticker;
import dev.settle.app.runs.Invocation;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;

/** The runs that pages show: each is read by one reader, which goes when nobody looks any more. */
final class RunFeeds implements AutoCloseable {
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    /** A run of 10,000 items takes some megabytes. */
    private static final int RUNS_MAX = 32;

    private final Invocation invocation;
    private final QueueCredits credits;
    private final Map<RunId, RunFeed> feeds = new LinkedHashMap<>();
    private final ScheduledFuture<?> looks;

    RunFeeds(Invocation invocation) {
        this.invocation = invocation;
        this.credits = new QueueCredits(invocation.app());
        this.looks = Ticker.LOOKS.every(LOOK_EVERY, this::look);
    }

    /** @throws Failure when the run cannot be read, or too many are shown */
    synchronized RunFeed of(RunFolder folder) {
        RunFeed known = feeds.get(folder.id());
        if (known != null) {
            return known;
        }
        feeds.values().removeIf(feed -> feeds.size() >= RUNS_MAX && !feed.isUsed(Duration.ZERO));
        if (feeds.size() >= RUNS_MAX) {
            throw Failure.usage(RUNS_MAX + " runs are shown already; close the pages of some");
        }
        RunFeed feed = new RunFeed(invocation, folder, credits);
        feeds.put(folder.id(), feed);
        return feed;
    }

    private void look() {
        List<RunFeed> all;
        synchronized (this) {
            feeds.values().removeIf(feed -> !feed.isUsed(RunFeed.KEPT));
            all = new ArrayList<>(feeds.values());
        }
        all.forEach(RunFeed::look);
    }

    @Override
    public void close() {
        looks.cancel(false);
    }
}
