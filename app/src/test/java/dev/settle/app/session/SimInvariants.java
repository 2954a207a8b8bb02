package dev.settle.app.session;

import dev.settle.core.drive.Command;
import dev.settle.core.drive.StoryText;
import dev.settle.core.item.Item;
import dev.settle.core.item.ItemEvent;
import dev.settle.core.item.ItemState;
import dev.settle.core.item.Outcome;
import dev.settle.core.plan.ItemId;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A watcher that remembers everything it was told, and what must hold after each step (design, section 6). */
final class SimInvariants implements Observer {
    private final SimRun run;
    /** Confirmed verdicts as they were told. */
    private final Map<ItemId, Outcome> told = new HashMap<>();
    /** All verdicts, those of attempts that were tried again as well. */
    private final List<Outcome> verdicts = new ArrayList<>();

    SimInvariants(SimRun run) {
        this.run = run;
    }

    @Override
    public void entry(Entry entry, RunState state) {
        run.log().add(() -> "  " + StoryText.event(entry, state));
        durable(state.lastNumber(), "is told");
        counts(state);
        if (entry.event() instanceof RunEvent.OfItem of) {
            item(of.event(), state.item(of.event().item()).orElseThrow(), state);
        } else if (entry.event() instanceof RunEvent.Ended && state.counts().live() > 0 && !isInterrupted(state)) {
            throw new SimViolation("the run ended while jobs live: " + state.ended());
        }
    }

    private static boolean isInterrupted(RunState state) {
        return state.stopping().isPresent();
    }

    private void item(ItemEvent event, Item item, RunState state) {
        boolean harmless = event.kind() == ItemEvent.Kind.SIGHTED
                || event.kind() == ItemEvent.Kind.MEASURED
                || event.kind() == ItemEvent.Kind.METRICS_READ
                || event.kind() == ItemEvent.Kind.CANCEL_ASKED;
        if (told.containsKey(item.id()) && !harmless) {
            throw new SimViolation(
                    item.id() + " had the confirmed verdict " + told.get(item.id()) + " and then " + event);
        }
        switch (event.kind()) {
            case SETTLED -> verdict(item, ((ItemEvent.Settled) event).outcome());
            case CORRECTED -> verdict(item, ((ItemEvent.Corrected) event).outcome());
            case RETRIED -> {
                Outcome outcome = ((ItemEvent.Retried) event).outcome();
                verdicts.add(outcome);
                run.truth().verdict(item, item.earlier().get(item.earlier().size() - 1), outcome);
            }
            case INTENDED -> dependencies(item, state);
            default -> {}
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
                throw new SimViolation(item.id() + " starts while " + id + " is " + dep.state());
            }
        }
    }

    private static void counts(RunState state) {
        int sum = 0;
        for (ItemState each : ItemState.values()) {
            sum += state.counts().of(each);
        }
        long unconfirmed = state.items().stream().filter(Item::isUnconfirmed).count();
        if (sum != state.items().size() || unconfirmed != state.unconfirmed()) {
            throw new SimViolation(
                    "counts do not add up: " + sum + " of " + state.items().size());
        }
    }

    /** A command goes out: what announces it is on disk. */
    void performs(Command command, RunState state) {
        // A question changes nothing; it may go on while the disk refuses.
        if (command.kind() != Command.Kind.ASK) {
            durable(state.lastNumber(), "is acted on");
        }
    }

    private void durable(long number, String what) {
        if (!run.isDurable(number)) {
            throw new SimViolation("entry " + number + " " + what + " before it is on disk");
        }
    }

    /** The run has ended. */
    void ended(RunState state) {
        boolean allGood =
                state.items().stream().allMatch(item -> item.state() == ItemState.COMPLETED && !item.isUnconfirmed());
        boolean exitZero =
                dev.settle.core.run.Verdict.of(state.ended().orElseThrow(), state.counts(), state.unconfirmed())
                                .exitStatus()
                        == 0;
        if (allGood != exitZero) {
            throw new SimViolation("exit status 0 is " + exitZero + ", and all completed is " + allGood);
        }
    }
}
