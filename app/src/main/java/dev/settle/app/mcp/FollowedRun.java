package dev.settle.app.mcp;

import dev.settle.app.engine.Adoption;
import dev.settle.app.engine.Background;
import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.process.Failure;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.file.JournalFollower;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run that a call waits for, read from its journal. A run that no process manages goes to the background engine, and
 * never to the server, whose end must end nothing else.
 */
final class FollowedRun {
    private static final Duration CHECK_ENGINE_EVERY = Duration.ofSeconds(2);

    /** A background engine takes up a run in a second or two; one that cannot is not started again and again. */
    private static final Duration LEAVE_EVERY = Duration.ofSeconds(30);

    private final Invocation invocation;
    private final RunFolder folder;
    private final RunState state;
    private final JournalFollower journal;
    private final Access access;
    private Optional<Duration> engineCheckedAt = Optional.empty();
    private Optional<Duration> leftAt = Optional.empty();
    private boolean unmanaged;
    private boolean rechecked;

    FollowedRun(Invocation invocation, RunFolder folder, Access access) {
        Runs runs = invocation.runs();
        Runs.OpenRun run = runs.open(folder);
        this.invocation = invocation;
        this.folder = folder;
        this.state = run.state();
        this.access = access;
        try {
            journal = new JournalFollower(runs.disk(), folder.journal(), run.end(), state.lastNumber());
        } catch (IOException e) {
            throw runs.cannotRead(folder, e);
        }
    }

    RunFolder folder() {
        return folder;
    }

    RunState state() {
        return state;
    }

    /** Reads what is new; answers with each item that has come to another state, as {@code a: completed}. */
    List<String> look(Duration now) {
        Map<ItemId, String> changes = new LinkedHashMap<>();
        try {
            for (Entry entry : journal.poll().entries()) {
                if (entry.number() > state.lastNumber()) {
                    apply(entry, changes);
                }
            }
        } catch (IOException e) {
            throw invocation.runs().cannotRead(folder, e);
        }
        if (state.ended().isPresent()) {
            recheck(changes);
        } else {
            keepManaged(now);
        }
        return List.copyOf(changes.values());
    }

    private void apply(Entry entry, Map<ItemId, String> changes) {
        if (!(entry.event() instanceof RunEvent.OfItem of)) {
            state.apply(entry);
            return;
        }
        Optional<ItemState> before = state.item(of.event().item()).map(Item::state);
        state.apply(entry);
        Item item = state.item(of.event().item()).orElseThrow();
        if (!before.equals(Optional.of(item.state()))) {
            String word = item.state().word();
            changes.put(
                    item.id(),
                    item.id() + ": " + word
                            + item.phrase()
                                    .filter(phrase -> !phrase.equals(word))
                                    .map(phrase -> " (" + phrase + ")")
                                    .orElse(""));
        }
    }

    /** What nobody confirmed is asked about once more, as settle watch does. */
    private void recheck(Map<ItemId, String> changes) {
        if (rechecked || access == Access.READ_ONLY || state.unconfirmed() == 0) {
            return;
        }
        rechecked = true;
        new Adoption(invocation, EngineOptions.DEFAULT)
                .recheck(folder, state.lastNumber(), entries -> entries.forEach(entry -> apply(entry, changes)));
    }

    private void keepManaged(Duration now) {
        if (engineCheckedAt
                .filter(at -> now.minus(at).compareTo(CHECK_ENGINE_EVERY) < 0)
                .isPresent()) {
            return;
        }
        boolean driven = invocation.leases().isDriven(folder);
        // One engine may be handing over to the next: only what is found twice counts.
        boolean twice = !driven && engineCheckedAt.isPresent();
        engineCheckedAt = Optional.of(now);
        unmanaged = twice;
        boolean due =
                leftAt.filter(at -> now.minus(at).compareTo(LEAVE_EVERY) < 0).isEmpty();
        if (!driven && access == Access.ALL && due) {
            leftAt = Optional.of(now);
            Background.leave(folder, state.plan(), invocation.app(), invocation.runs());
        }
    }

    /** Whether waiting brings nothing more: it has ended, or no process manages it and this one may not see to that. */
    boolean isOver() {
        return state.ended().isPresent() || (unmanaged && access == Access.READ_ONLY);
    }

    boolean isStillRunning() {
        return state.ended().isEmpty();
    }

    /** {@code 3 of 5 items have ended}. */
    String count() {
        int total = state.counts().total();
        return (total - state.counts().open()) + " of " + total + " items of run " + folder.id() + " have ended";
    }

    /** @throws Failure when the run is fed by a step queue, of which only a process with its token can take care */
    void refuseFed(String what) {
        if (state.plan().queue().isPresent()) {
            throw Failure.usage(
                    "run " + folder.id() + " is fed by a step queue, which " + what + " here cannot open",
                    "In a terminal: settle " + what + " " + folder.id());
        }
    }
}
