package dev.settle.app.dashboard;

import dev.settle.app.process.Failure;
import dev.settle.app.process.Ticker;
import dev.settle.app.reader.Views;
import dev.settle.app.runs.Invocation;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.RunId;
import dev.settle.core.view.RunList;
import dev.settle.core.view.html.dashboard.ListPage;
import dev.settle.core.view.html.dashboard.ListQuery;
import dev.settle.core.view.html.dashboard.RunCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/** The one reader of the list of runs: a run is read again only when its journal, or the process that manages it, has changed. */
final class ListFeed implements AutoCloseable {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /** A look may take this share of the time: with many runs on a slow file system there are fewer looks. */
    private static final int SHARE = 10;

    private static final Duration PAUSE_MAX = Duration.ofSeconds(5);

    private static final int SELECTIONS_MAX = 64;

    /** What a run's entry was made from. */
    private record Stamp(long bytes, FileTime at, boolean driven) {}

    private record Known(Stamp stamp, Optional<RunCard> card, Optional<RunList.Unreadable> unreadable) {}

    private final Invocation invocation;
    private final Views views;
    private final Map<RunId, Known> known = new HashMap<>();
    private final Map<ListQuery, LiveParts> selections = new HashMap<>();
    private final ScheduledFuture<?> looks;
    private ListPage.Content content = new ListPage.Content(List.of(), List.of());
    private Optional<String> trouble = Optional.empty();
    private Optional<Duration> lookedAt = Optional.empty();
    private Duration pause = LOOK_EVERY;

    ListFeed(Invocation invocation) {
        this.invocation = invocation;
        this.views = new Views(invocation.app(), invocation.runs());
        this.looks = Ticker.LOOKS.every(LOOK_EVERY, this::lookIfWatched);
    }

    synchronized LiveParts of(ListQuery query) {
        if (!selections.containsKey(query)) {
            look();
        }
        return selected(query);
    }

    /** What is shown under a selection, as it was when last looked at. */
    private LiveParts selected(ListQuery query) {
        LiveParts shown = selections.get(query);
        if (shown != null) {
            return shown;
        }
        selections.values().removeIf(parts -> selections.size() >= SELECTIONS_MAX && !parts.hasPages());
        if (selections.size() >= SELECTIONS_MAX) {
            throw Failure.usage("too many selections of the list are shown; close some pages");
        }
        LiveParts parts = new LiveParts();
        selections.put(query, parts);
        show(query, parts);
        return parts;
    }

    synchronized String page(ListQuery query) {
        look();
        LiveParts parts = selected(query);
        show(query, parts);
        return ListPage.page(
                ListPage.parts(content, query, trouble),
                ListPage.rows(content, query, invocation.app().wiring().clock().instant()),
                query,
                parts.version(),
                invocation.app().wiring().clock().instant());
    }

    private Duration now() {
        return invocation.app().wiring().moment().monotonic();
    }

    private synchronized void lookIfWatched() {
        boolean due =
                lookedAt.filter(at -> now().minus(at).compareTo(pause) < 0).isEmpty();
        if (due && selections.values().stream().anyMatch(LiveParts::hasPages)) {
            look();
            selections.forEach(this::show);
        }
    }

    private void show(ListQuery query, LiveParts parts) {
        parts.show(
                ListPage.parts(content, query, trouble),
                ListPage.rows(content, query, invocation.app().wiring().clock().instant()));
    }

    private void look() {
        Duration begun = now();
        try {
            List<RunFolder> folders = invocation.runs().list();
            known.keySet().retainAll(folders.stream().map(RunFolder::id).toList());
            List<RunCard> cards = new ArrayList<>();
            List<RunList.Unreadable> unreadable = new ArrayList<>();
            for (RunFolder folder : folders) {
                Optional<Known> entry = entry(folder);
                entry.flatMap(Known::card).ifPresent(cards::add);
                entry.flatMap(Known::unreadable).ifPresent(unreadable::add);
            }
            cards.sort(Comparator.comparing((RunCard card) -> card.summary().createdAt())
                    .reversed());
            content = new ListPage.Content(cards, unreadable);
            trouble = Optional.empty();
        } catch (Failure e) {
            trouble = Optional.of(String.join(" ", e.lines()));
        }
        lookedAt = Optional.of(now());
        Duration took = now().minus(begun);
        Duration least = took.multipliedBy(SHARE);
        pause = least.compareTo(LOOK_EVERY) < 0 ? LOOK_EVERY : least.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : least;
    }

    private Optional<Known> entry(RunFolder folder) {
        Known before = known.get(folder.id());
        Optional<Stamp> stamp = stamp(folder, before);
        if (before != null
                && before.unreadable().isEmpty()
                && stamp.filter(before.stamp()::equals).isPresent()) {
            return Optional.of(before);
        }
        Views.Entry read = views.entry(folder);
        if (read.view().isEmpty() && read.unreadable().isEmpty()) {
            // Removed meanwhile.
            known.remove(folder.id());
            return Optional.empty();
        }
        Known entry = new Known(
                stamp.orElse(new Stamp(-1, FileTime.fromMillis(0), false)),
                read.view().map(RunCard::of),
                read.unreadable());
        known.put(folder.id(), entry);
        return Optional.of(entry);
    }

    /** Empty where the journal cannot be looked at. Who manages a run that has ended is not asked. */
    private Optional<Stamp> stamp(RunFolder folder, @Nullable Known before) {
        Path journal = folder.journal();
        try {
            BasicFileAttributes about = Files.readAttributes(journal, BasicFileAttributes.class);
            if (before != null
                    && before.card()
                            .filter(card -> card.summary().finishedAt().isPresent())
                            .isPresent()
                    && before.stamp().bytes() == about.size()
                    && before.stamp().at().equals(about.lastModifiedTime())) {
                return Optional.of(before.stamp());
            }
            return Optional.of(new Stamp(
                    about.size(), about.lastModifiedTime(), invocation.leases().isDriven(folder)));
        } catch (IOException | Failure e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        looks.cancel(false);
    }
}
