package dev.settle.app.dashboard;

import dev.settle.app.dashboard.web.LiveSource;
import dev.settle.core.json.Json;
import dev.settle.core.view.html.Fragment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a live page consists of, as it is now: parts that are always there, and rows in an order. Each part knows when it
 * changed last, so that a page is sent what it lacks and nothing else, however long it was away. One of these serves all
 * pages that show the same.
 */
final class LiveParts {
    /** Versions increase over all pages of this process: one of another page, or of an earlier process, is never ours. */
    private static final AtomicLong VERSIONS = new AtomicLong();

    private record Part(Fragment fragment, long version) {}

    private final long born = VERSIONS.incrementAndGet();
    private final Map<String, Part> parts = new HashMap<>();
    private List<String> order = List.of();
    private long orderVersion = born;
    private long version = born;
    private final Set<Page> pages = new CopyOnWriteArraySet<>();
    private Optional<LiveSource.Message> last = Optional.empty();
    private long lastSeen = -1;

    /** Takes over what there is to show now. */
    void show(Map<String, Fragment> fixed, Map<String, Fragment> rows) {
        if (changed(fixed, rows)) {
            wake();
        }
    }

    private synchronized boolean changed(Map<String, Fragment> fixed, Map<String, Fragment> rows) {
        long next = VERSIONS.incrementAndGet();
        boolean any = false;
        for (Map<String, Fragment> some : List.of(fixed, rows)) {
            for (Map.Entry<String, Fragment> each : some.entrySet()) {
                Part before = parts.get(each.getKey());
                if (before == null || !before.fragment().equals(each.getValue())) {
                    parts.put(each.getKey(), new Part(each.getValue(), next));
                    any = true;
                }
            }
        }
        parts.keySet().removeIf(key -> !fixed.containsKey(key) && !rows.containsKey(key));
        List<String> now = List.copyOf(rows.keySet());
        if (!now.equals(order)) {
            order = now;
            orderVersion = next;
            any = true;
        }
        if (any) {
            version = next;
            last = Optional.empty();
        }
        return any;
    }

    /** Takes over one part that is always there. */
    void replace(String key, Fragment fragment) {
        synchronized (this) {
            Part before = parts.get(key);
            if (before != null && before.fragment().equals(fragment)) {
                return;
            }
            version = VERSIONS.incrementAndGet();
            parts.put(key, new Part(fragment, version));
            last = Optional.empty();
        }
        wake();
    }

    /** Lets the pages look whether there is more for them. */
    void wake() {
        pages.forEach(Page::wake);
    }

    synchronized long version() {
        return version;
    }

    boolean hasPages() {
        return !pages.isEmpty();
    }

    /** What a page lacks that has seen so much. */
    synchronized Optional<LiveSource.Message> since(long seen) {
        if (seen == version) {
            return Optional.empty();
        }
        if (last.isPresent() && lastSeen == seen) {
            return last;
        }
        // What this has never sent may show anything.
        boolean known = seen >= born && seen < version;
        Map<String, Object> changed = new LinkedHashMap<>();
        Map<String, Object> tree = new LinkedHashMap<>();
        List<String> keys = new ArrayList<>(parts.keySet());
        for (String key : keys) {
            Part part = parts.get(key);
            if (part != null && (!known || part.version() > seen)) {
                changed.put(key, part.fragment().html());
            }
        }
        tree.put("parts", changed);
        if (!known || orderVersion > seen) {
            tree.put("order", order);
        }
        last = Optional.of(new LiveSource.Message(String.valueOf(version), Json.write(tree)));
        lastSeen = seen;
        return last;
    }

    /** A page that shows this, from the version on that it has. */
    LiveSource page(long seen) {
        return new Page(seen);
    }

    private final class Page implements LiveSource {
        private long seen;
        private volatile Optional<Runnable> wake = Optional.empty();

        Page(long seen) {
            this.seen = seen;
        }

        @Override
        public void begin(Runnable by) {
            wake = Optional.of(by);
            pages.add(this);
        }

        void wake() {
            wake.ifPresent(Runnable::run);
        }

        @Override
        public Optional<Message> next() {
            Optional<Message> message = since(seen);
            message.ifPresent(found -> seen = Long.parseLong(found.id()));
            return message;
        }

        @Override
        public void end() {
            pages.remove(this);
        }
    }
}
