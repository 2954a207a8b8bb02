package dev.settle.app.creation;

import dev.settle.app.engine.backend.Backends;
import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.runs.Invocation;
import dev.settle.core.journal.PlanCodec;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.PlanSource;
import dev.settle.core.model.ResourceChanges;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.runfile.CommandLine;
import dev.settle.core.runfile.ReadResult;
import dev.settle.core.runfile.RunFiles;
import dev.settle.core.runfile.tree.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a resume changes of what is to be done: the requests that its options name, and, with {@code --refresh}, the text of
 * the run file as it is now. What has completed and what has a job is never changed.
 */
public final class Replanning {
    private static final int NAMES_MAX = 5;

    /** Which text of the run file a resume goes on with. */
    public enum Text {
        AS_ACCEPTED,
        AS_IT_IS_NOW
    }

    /**
     * What the user asks to change.
     *
     * @param resources values of {@link #RESOURCE_OPTIONS}; each reads as it does for {@code run}
     */
    public record Changes(Map<String, String> resources, Text text) {
        public Changes {
            resources = Collections.unmodifiableMap(new LinkedHashMap<>(resources));
        }
    }

    /** The options of resume that change what is requested. */
    public static final List<String> RESOURCE_OPTIONS =
            List.of("cpus", "memory", "time", "partition", "account", "qos");

    private final Invocation invocation;
    private final App app;
    private final RunState state;
    private final boolean refresh;
    private final ResourceChanges asked;

    private Replanning(Invocation invocation, RunState state, boolean refresh, ResourceChanges asked) {
        this.invocation = invocation;
        this.app = invocation.app();
        this.state = state;
        this.refresh = refresh;
        this.asked = asked;
    }

    /** @throws Failure for values that cannot be accepted, and for runs whose items are not the user's to change */
    public static Replanning of(Changes changes, Invocation invocation, RunState state) {
        Map<String, String> options = changes.resources();
        App app = invocation.app();
        boolean refresh = changes.text() == Text.AS_IT_IS_NOW;
        if ((refresh || !options.isEmpty())
                && (state.plan().queue().isPresent() || state.opened().watched())) {
            String option =
                    refresh ? "--refresh" : "--" + options.keySet().iterator().next();
            throw Failure.usage(option + " goes with a run that has items of its own");
        }
        List<Problem> problems = new ArrayList<>();
        ResourceChanges asked = CommandLine.changes(
                options,
                PlanReader.surroundings(app, app.environment().directory(), backends(invocation, Optional.empty())),
                problems);
        if (!problems.isEmpty()) {
            List<String> lines = new ArrayList<>();
            problems.forEach(problem -> lines.add(problem.toString()));
            throw Failure.usage(lines.toArray(String[]::new));
        }
        return new Replanning(invocation, state, refresh, asked);
    }

    /** How the run's items as they would be read now differ from what the run has. */
    private record Difference(
            Plan fresh, List<ItemId> removed, List<PlanItem> changed, List<PlanItem> added, List<ItemId> kept) {
        boolean isEmpty(Plan accepted) {
            return removed.isEmpty()
                    && changed.isEmpty()
                    && added.isEmpty()
                    && fresh.withItems(List.of()).equals(accepted.withItems(List.of()));
        }
    }

    /**
     * The event that tells the change; empty when nothing changes. A file that was changed without {@code --refresh} is
     * told in one line.
     */
    public Optional<RunEvent.Replanned> event() {
        Optional<PlanSource> source = state.plan().source();
        if (source.isEmpty()) {
            if (refresh) {
                throw Failure.usage("run " + state.id() + " was not made from a file that can be read again");
            }
            return onlyAsked();
        }
        Path file = Path.of(source.get().file());
        ReadResult reading = RunFiles.read(
                file,
                source.get().arguments(),
                PlanReader.surroundings(
                                app,
                                Path.of(state.opened().directory()),
                                backends(
                                        invocation,
                                        BackendName.ofWord(state.opened().backend())))
                        .with(source.get().choices()));
        if (refresh) {
            return refreshed(file, difference(PlanReader.accept(reading, app), asked));
        }
        boolean changed = reading.plan()
                .map(fresh -> !difference(fresh, state.changes()).isEmpty(state.plan()))
                .orElse(true);
        if (changed) {
            String what = !Files.exists(file)
                    ? "is not there any more"
                    : reading.plan().isEmpty() ? "was changed and cannot be accepted as it is now" : "was changed";
            app.console()
                    .notice("settle: " + file + " " + what + "; run " + state.id()
                            + " goes on with the text that was accepted"
                            + (reading.plan().isEmpty()
                                    ? ""
                                    : " (settle resume " + state.id() + " --refresh takes the new one)"));
        }
        return onlyAsked();
    }

    private static Backends backends(Invocation invocation, Optional<BackendName> option) {
        return new Backends(option, invocation.configuration(), invocation.app().environment());
    }

    private Optional<RunEvent.Replanned> onlyAsked() {
        return asked.isEmpty()
                ? Optional.empty()
                : Optional.of(new RunEvent.Replanned(Optional.empty(), List.of(), List.of(), asked));
    }

    private Optional<RunEvent.Replanned> refreshed(Path file, Difference difference) {
        List<String> problems = problems(difference);
        if (!problems.isEmpty()) {
            List<String> lines = new ArrayList<>();
            lines.add(file + " cannot take the place of what was accepted:");
            problems.forEach(problem -> lines.add("  " + problem));
            lines.add("nothing was changed; settle run " + file + " starts a run of its own");
            throw Failure.usage(lines.toArray(String[]::new));
        }
        if (difference.isEmpty(state.plan()) && state.changes().equals(asked)) {
            app.console()
                    .notice("settle: " + file
                            + (difference.kept().isEmpty()
                                    ? " says what was accepted; nothing was changed"
                                    : " differs only in what stays as it is: "
                                            + named(difference.kept(), "completed or with a job")));
            return Optional.empty();
        }
        List<ItemId> changed = difference.changed().stream().map(PlanItem::id).toList();
        List<ItemId> added = difference.added().stream().map(PlanItem::id).toList();
        app.console()
                .notice("settle: " + file + " was read again: " + named(changed, "changed") + ", "
                        + named(added, "added") + ", " + named(difference.removed(), "removed")
                        + (difference.kept().isEmpty()
                                ? ""
                                : "; " + named(difference.kept(), "kept as accepted, completed or with a job")));
        List<PlanItem> items = new ArrayList<>(difference.changed());
        items.addAll(difference.added());
        return Optional.of(new RunEvent.Replanned(
                Optional.of(difference.fresh().withItems(List.of())), difference.removed(), items, asked));
    }

    /** {@code 2 changed (a, b)}. */
    private static String named(List<ItemId> ids, String what) {
        String names = String.join(
                ", ", ids.stream().limit(NAMES_MAX).map(ItemId::value).toList());
        return ids.size() + " " + what
                + (ids.isEmpty() ? "" : " (" + names + (ids.size() > NAMES_MAX ? ", ..." : "") + ")");
    }

    private Difference difference(Plan asRead, ResourceChanges changes) {
        Plan read = asKept(asRead);
        Plan accepted = state.plan();
        Plan.Credits credits = new Plan.Credits(
                read.credits().topupUrl().or(() -> accepted.credits().topupUrl()),
                read.credits().onExhausted());
        PlanSource source = accepted.source().orElseThrow();
        // What names the run, and where it lives, stays.
        Plan fresh = new Plan(
                accepted.name(),
                accepted.backend(),
                read.maxConcurrent(),
                source.maxFailures().isPresent() ? source.maxFailures() : read.maxFailures(),
                read.exclusive(),
                credits,
                read.budgetCpuHours(),
                read.items(),
                read.queue(),
                read.inherited(),
                accepted.source(),
                read.notification().or(accepted::notification),
                Stream.concat(accepted.secrets().stream(), read.secrets().stream())
                        .distinct()
                        .toList());
        Map<ItemId, PlanItem> now = new LinkedHashMap<>();
        read.items().forEach(item -> now.put(item.id(), changes.applyTo(item)));
        List<ItemId> removed = new ArrayList<>();
        List<PlanItem> changed = new ArrayList<>();
        List<ItemId> kept = new ArrayList<>();
        for (PlanItem was : accepted.items()) {
            Item item = state.item(was.id()).orElseThrow();
            PlanItem is = now.remove(was.id());
            if (item.plan().equals(is)) {
                continue;
            }
            if (!item.isReplannable()) {
                kept.add(was.id());
            } else if (is == null) {
                removed.add(was.id());
            } else {
                changed.add(is);
            }
        }
        return new Difference(fresh, removed, changed, List.copyOf(now.values()), kept);
    }

    /** As it would be on disk, which is what the run's own plan was read from. */
    private static Plan asKept(Plan plan) {
        try {
            return PlanCodec.fromJson(PlanCodec.toJson(plan));
        } catch (IOException e) {
            throw new UncheckedIOException("a plan reads back as it is written", e);
        }
    }

    /** What keeps the new text from taking the place of the old one. */
    private List<String> problems(Difference difference) {
        List<String> problems = new ArrayList<>();
        if (difference.fresh().queue().isPresent()) {
            problems.add("it has a queue now, and the run has items of its own");
        }
        Map<ItemId, PlanItem> all = new HashMap<>();
        Set<ItemId> removed = new HashSet<>(difference.removed());
        state.items().stream()
                .filter(item -> !removed.contains(item.id()))
                .forEach(item -> all.put(item.id(), item.plan()));
        difference.changed().forEach(item -> all.put(item.id(), item));
        for (PlanItem added : difference.added()) {
            if (all.put(added.id(), added) != null) {
                problems.add(added.id() + " is the id of an item that was generated in this run");
            }
            if (state.removed().contains(added.id())) {
                problems.add(added.id() + " was taken out of this run by an earlier --refresh; give it another id");
            }
        }
        Set<String> lacking = new LinkedHashSet<>();
        all.values().forEach(item -> item.deps().stream()
                .filter(dep -> !all.containsKey(dep))
                .forEach(dep -> lacking.add(item.id() + " depends on " + dep + ", which it has no more")));
        problems.addAll(lacking);
        return problems;
    }
}
