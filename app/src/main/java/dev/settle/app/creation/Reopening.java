package dev.settle.app.creation;

import dev.settle.app.engine.backend.Backends;
import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.JobEnvironment;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.lease.LeaseInfo;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.StopReason;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** How a run is resumed: whose it must be, what its journal goes on with, and in which environment. */
public final class Reopening {
    private Reopening() {}

    /**
     * What the user asks for.
     *
     * @param what which items without a good verdict
     * @param from an item that runs again, with all that depends on it, however they ended
     * @param cpuHours the new budget, as it was written
     */
    public record Request(
            Replanning.Changes changes, ResumeSelection.What what, Optional<String> from, Optional<String> cpuHours) {}

    /** A resume is where a user fixes what his jobs lacked: a module, a path, an activated environment. */
    public static void keepEnvironment(App app, Runs runs, RunFolder folder, RunState state) {
        if (state.plan().queue().isPresent() || state.opened().watched()) {
            return;
        }
        try {
            JobEnvironment.keep(runs.disk(), folder, app.environment(), state.plan());
        } catch (IOException e) {
            throw runs.cannotGoOn(folder, e);
        }
    }

    /**
     * What the journal goes on with; empty when there is nothing to go on with.
     *
     * @throws Failure for what cannot be done with this run
     */
    public static Optional<List<RunEvent>> opening(Request request, Invocation invocation, RunState state) {
        App app = invocation.app();
        Optional<RunEvent.Replanned> replanned =
                Replanning.of(request.changes(), invocation, state).event();
        Optional<ItemId> from = request.from().map(word -> item(state, word));
        OptionalDouble budget = budget(request.cpuHours(), state);
        if (state.ended().isEmpty()) {
            if (from.isPresent() || request.what() == ResumeSelection.What.FAILED || budget.isPresent()) {
                throw Failure.usage(
                        "run " + state.id()
                                + " has not ended: --from, --failed-only and --cpu-hours go with one that has",
                        "settle resume " + state.id() + " continues it");
            }
            // A queue's run that was being stopped when its driver died is not to be stopped any more.
            boolean revived =
                    state.plan().queue().isPresent() && state.stopping().isPresent();
            Instant now = app.wiring().clock().instant();
            List<RunEvent> events = new ArrayList<>();
            if (revived) {
                events.add(new RunEvent.Resumed(app.environment().user(), now));
            }
            replanned.ifPresent(events::add);
            return Optional.of(events);
        }
        boolean completed = state.ended().get().reason() == StopReason.COMPLETED;
        if (completed
                && from.isEmpty()
                && replanned.filter(event -> !event.items().isEmpty()).isEmpty()) {
            return Optional.empty();
        }
        new NewRuns(
                        invocation,
                        new Backends(Optional.empty(), invocation.configuration(), app.environment()),
                        EngineOptions.DEFAULT)
                .refuseSecond(state.plan());
        ResumeSelection reopening = new ResumeSelection(state, request.what());
        Instant now = app.wiring().clock().instant();
        return reopening.events(from, resumed(app, state, now, budget, replanned), replanned);
    }

    private static RunEvent.Resumed resumed(
            App app, RunState state, Instant now, OptionalDouble budget, Optional<RunEvent.Replanned> replanned) {
        OptionalDouble before = state.plan().budgetCpuHours();
        OptionalDouble read = replanned
                .flatMap(RunEvent.Replanned::refreshed)
                .map(Plan::budgetCpuHours)
                .orElse(before);
        return new RunEvent.Resumed(
                app.environment().user(), now, budget.isEmpty() && !read.equals(before) ? read : budget);
    }

    /** Only where the run has one: what it has spent was not looked at otherwise. */
    private static OptionalDouble budget(Optional<String> text, RunState state) {
        if (text.isEmpty()) {
            return OptionalDouble.empty();
        }
        if (state.budgetCpuHours().isEmpty()) {
            throw Failure.usage("--cpu-hours: run " + state.id() + " has no budget to raise");
        }
        try {
            double hours = new BigDecimal(text.get()).doubleValue();
            if (hours > 0 && Double.isFinite(hours)) {
                return OptionalDouble.of(hours);
            }
        } catch (NumberFormatException e) {
            throw Failure.usage("--cpu-hours: \"" + text.get() + "\" is not a number; write --cpu-hours 200");
        }
        throw Failure.usage("--cpu-hours: " + text.get() + " is not a number above 0; write --cpu-hours 200");
    }

    private static ItemId item(RunState state, String word) {
        if (ItemId.isLegal(word) && state.item(new ItemId(word)).isPresent()) {
            return new ItemId(word);
        }
        throw Failure.notFound(
                "run " + state.id() + " has no item '" + word + "'",
                "settle status " + state.id() + " shows its items");
    }

    /**
     * The lease of a run that is to be resumed.
     *
     * @throws Failure 2 when a process manages the run
     */
    public static LeaseService.Owned take(RunFolder folder, LeaseService owners) {
        return owners.take(folder).orElseThrow(() -> alive(folder, owners));
    }

    private static Failure alive(RunFolder folder, LeaseService owners) {
        // A process that has just taken the run may not have said who it is yet; the name of a dead one would mislead.
        Optional<LeaseInfo> holder = owners.holder(folder).filter(info -> info.alive() != LeaseInfo.Alive.NO);
        String who = holder.isEmpty()
                ? "another command, which has just taken it,"
                : "process " + holder.get().driver().pid() + " on "
                        + holder.get().driver().host() + " (since "
                        + holder.get().since() + ")";
        return Failure.usage(
                "run " + folder.id() + " is alive: " + who + " manages it",
                "settle watch " + folder.id() + " follows it");
    }
}
