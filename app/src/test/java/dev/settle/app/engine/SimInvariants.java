package dev.settle.app.engine;

import dev.settle.core.kernel.StoryText;
import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunPhase;
import dev.settle.core.run.RunState;
import dev.settle.core.view.RunView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A watcher that remembers everything it was told, and what must hold after each step (design, section 6). */
final class SimInvariants {
    private final SimRun run;
    /** Confirmed verdicts as they were told. */
    private final Map<ItemId, Outcome> told = new HashMap<>();

    private final Set<ItemId> resumed = new HashSet<>();

    /** All verdicts, those of attempts that were tried again as well. */
    private final List<Outcome> verdicts = new ArrayList<>();

    SimInvariants(SimRun run) {
        this.run = run;
    }

    void entry(Entry entry, RunState state) {
        run.log().add(() -> "  " + StoryText.event(entry, state));
        durable(state.lastNumber(), "is told");
        counts(state);
        RunEvent event = run.subject().told(entry.event());
        if (event instanceof RunEvent.OfItem of) {
            item(of.event(), state.item(of.event().item()).orElseThrow(), state);
        } else if (event instanceof RunEvent.Stopping stopping) {
            run.truth().stops(stopping.stop());
        } else if (event instanceof RunEvent.Ended && state.counts().live() > 0 && !isInterrupted(state)) {
            throw new SimViolation(Invariant.VERDICT_IS_TRUE, "the run ended while jobs live: " + state.ended());
        }
    }

    private static boolean isInterrupted(RunState state) {
        return state.stopping().isPresent();
    }

    private void item(ItemEvent event, Item item, RunState state) {
        boolean harmless = event.kind() == ItemEvent.Kind.OBSERVED
                || event.kind() == ItemEvent.Kind.MEASURED
                || event.kind() == ItemEvent.Kind.METRICS_READ
                || event.kind() == ItemEvent.Kind.CANCEL_ASKED;
        // A driver that dies once this is on disk tells nobody; the next one tells what follows.
        if (event.kind() == ItemEvent.Kind.REOPENED || (!harmless && resumed.remove(item.id()))) {
            reopened(item);
        }
        if (told.containsKey(item.id()) && !harmless) {
            throw new SimViolation(
                    Invariant.CONFIRMED_STAYS,
                    item.id() + " had the confirmed verdict " + told.get(item.id()) + " and then " + event);
        }
        switch (event.kind()) {
            case SETTLED -> {
                generated(item, ((ItemEvent.Settled) event).outcome(), state);
                verdict(item, ((ItemEvent.Settled) event).outcome());
            }
            case CORRECTED -> verdict(item, ((ItemEvent.Corrected) event).outcome());
            case RETRIED -> {
                Outcome outcome = ((ItemEvent.Retried) event).outcome();
                verdicts.add(outcome);
                run.truth().verdict(item, item.earlier().get(item.earlier().size() - 1), outcome);
            }
            case INTENDED -> dependencies(item, state);
            case OBSERVED -> run.truth().observed(item, ((ItemEvent.Observed) event).observation());
            case WITHDRAWN -> run.truth().neverStarted(item);
            default -> {}
        }
    }

    /** Somebody resumes the run: that these are run again may be read before anybody is told. */
    void resumes(List<ItemId> again) {
        resumed.addAll(again);
    }

    /** A resume runs again what has no good verdict. */
    private void reopened(Item item) {
        Optional<Outcome> before = Optional.ofNullable(told.get(item.id()));
        if (before.filter(outcome -> outcome.state() == ItemState.COMPLETED).isEmpty()) {
            told.remove(item.id());
            run.truth().reopened(item.id(), before.isPresent());
        }
    }

    /** What an item generates is in the run before it counts as completed. */
    private static void generated(Item item, Outcome outcome, RunState state) {
        boolean generates = item.plan().generatesSource().isPresent()
                && outcome.state() == ItemState.COMPLETED
                && outcome.isConfirmed();
        if (generates && !state.hasGenerated(item.id())) {
            throw new SimViolation(
                    Invariant.DEPENDENTS_WAIT, item.id() + " counts as completed before its items are in the run");
        }
    }

    List<Outcome> verdicts() {
        return verdicts;
    }

    private void verdict(Item item, Outcome outcome) {
        verdicts.add(outcome);
        run.truth().verdict(item, item.attempt(), outcome);
        if (outcome.isConfirmed()) {
            told.put(item.id(), outcome);
        }
    }

    private static void dependencies(Item item, RunState state) {
        for (ItemId id : item.plan().deps()) {
            Item dep = state.item(id).orElseThrow();
            if (dep.state() != ItemState.COMPLETED || dep.isUnconfirmed()) {
                throw new SimViolation(
                        Invariant.DEPENDENTS_WAIT, item.id() + " starts while " + id + " is " + dep.state());
            }
        }
    }

    private void counts(RunState state) {
        for (ItemState each : ItemState.values()) {
            long truly =
                    state.items().stream().filter(item -> item.state() == each).count();
            if (truly != run.subject().counted(state, each)) {
                throw new SimViolation(
                        Invariant.COUNTS_ADD_UP,
                        run.subject().counted(state, each) + " are counted as " + each.word() + ", and " + truly
                                + " are");
            }
        }
        long unconfirmed = state.items().stream().filter(Item::isUnconfirmed).count();
        if (unconfirmed != state.unconfirmed()
                || state.counts().total() != state.items().size()) {
            throw new SimViolation(
                    Invariant.COUNTS_ADD_UP,
                    state.counts().total() + " of " + state.items().size() + " items, " + state.unconfirmed() + " of "
                            + unconfirmed + " unconfirmed are counted");
        }
    }

    /**
     * Somebody looked at the run.
     *
     * @param driven whether a driver lives
     */
    void seen(RunView view, boolean driven) {
        boolean running = view.stateWord().equals(RunPhase.RUNNING.word());
        if (!view.isEnded() && running != driven) {
            throw new SimViolation(
                    Invariant.NOTHING_RUNS_UNDRIVEN,
                    "the run reads " + view.stateWord() + ", and " + (driven ? "a driver lives" : "no driver lives"));
        }
        if (!view.isEnded() && view.exitStatus().isPresent()) {
            throw new SimViolation(
                    Invariant.EXIT_STATUS, "a run that goes on has the exit status " + view.exitStatus());
        }
        counts(view.run());
        told.forEach((id, outcome) -> {
            if (resumed.contains(id)) {
                return;
            }
            Optional<Outcome> read =
                    view.run().item(id).flatMap(item -> item.attempt().outcome());
            if (read.filter(outcome::equals).isEmpty()) {
                throw new SimViolation(Invariant.CONFIRMED_STAYS, id + " was told " + outcome + ", and reads " + read);
            }
        });
    }

    /** A command goes out: what announces it is on disk. */
    void performs(KernelCommand command, RunState state) {
        // A question changes nothing; it may go on while the disk refuses.
        if (command.kind() != KernelCommand.Kind.QUERY) {
            durable(state.lastNumber(), "is acted on");
        }
    }

    private void durable(long number, String what) {
        if (!run.isDurable(number)) {
            throw new SimViolation(Invariant.DURABLE_FIRST, "entry " + number + " " + what + " before it is on disk");
        }
    }

    /** The run has ended. */
    void ended(RunState state) {
        boolean allGood =
                state.items().stream().allMatch(item -> item.state() == ItemState.COMPLETED && !item.isUnconfirmed());
        boolean exitZero = run.subject().exitStatus(state) == 0;
        if (allGood != exitZero) {
            throw new SimViolation(
                    Invariant.EXIT_STATUS, "exit status 0 is " + exitZero + ", and all completed is " + allGood);
        }
    }
}
