package dev.settle.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.journal.EventCodec;
import dev.settle.core.journal.Snapshot;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.ResourceChanges;
import dev.settle.core.model.RunId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** A plan that a resume changed: live, out of the journal and out of a snapshot it is the same. */
final class ReplannedTest {
    private static final Instant AT = Instant.parse("2026-11-20T23:00:00Z");
    private static final ResourceChanges MORE_TIME = new ResourceChanges(
            OptionalInt.empty(),
            OptionalLong.empty(),
            Optional.of(Duration.ofHours(2)),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    private final Plan plan = Plan.of("p", List.of(item("a", "1"), item("b", "1"), item("c", "1")));
    private final RunState state = new RunState(plan);
    private final List<Entry> entries = new ArrayList<>();

    private static PlanItem item(String id, String script) {
        return PlanItem.command(new ItemId(id), script);
    }

    private void add(RunEvent event) {
        Entry entry = new Entry(state.lastNumber() + 1, AT, event);
        entries.add(entry);
        state.apply(entry);
    }

    /** Of a, b and c, and g that was generated, a and g never started; b is gone, c is another, d is new. */
    private void refreshed() {
        add(new RunEvent.Opened(new RunId("k3v9q2m7"), "p", "1", "/d", "ada", "local", false));
        add(new RunEvent.Appended(Optional.of("a"), List.of(item("g", "1"))));
        for (String id : List.of("a", "b", "c", "g")) {
            add(new RunEvent.OfItem(new ItemEvent.NotStarted(new ItemId(id), Optional.empty(), "stopped")));
        }
        add(new RunEvent.Resumed("ada", AT));
        add(new RunEvent.Replanned(
                Optional.of(plan.withItems(List.of()).withMaxFailures(3)),
                List.of(new ItemId("b")),
                List.of(item("c", "2"), item("d", "2")),
                MORE_TIME));
    }

    private static List<String> told(RunState run) {
        return run.items().stream()
                .map(item -> item.index() + " " + item.id() + " " + item.plan().script() + " " + item.state() + " "
                        + item.plan()
                                .resources()
                                .timeLimit()
                                .map(Duration::toHours)
                                .orElse(0L))
                .toList();
    }

    @Test
    void itemsAreChangedAddedAndTakenOutAndGeneratedOnesStandLast() {
        refreshed();
        assertThat(told(state))
                .containsExactly(
                        "0 a 1 NOT_STARTED 2", "1 c 2 NOT_STARTED 2", "2 d 2 PENDING 0", "3 g 1 NOT_STARTED 2");
        assertThat(state.counts().total()).isEqualTo(4);
        assertThat(state.item(new ItemId("b"))).isEmpty();
        assertThat(state.plan().maxFailures()).hasValue(3);
        assertThat(state.plan().items().stream().map(item -> item.id().value())).containsExactly("a", "c", "d");
        assertThat(state.changes()).isEqualTo(MORE_TIME);
    }

    @Test
    void theJournalTellsItAgain() throws IOException {
        refreshed();
        RunState replayed = new RunState(plan);
        for (Entry entry : entries) {
            replayed.apply(EventCodec.decode(EventCodec.encode(entry)));
        }
        assertThat(told(replayed)).isEqualTo(told(state));
        assertThat(replayed.plan()).isEqualTo(state.plan());
    }

    @Test
    void aSnapshotHasItAndTheRestOfTheJournalFoldsOntoIt() throws IOException {
        refreshed();
        List<Entry> ofRun = entries.stream()
                .filter(entry -> entry.event().kind() != RunEvent.Kind.ITEM)
                .toList();
        byte[] bytes = new Snapshot(state, ofRun, 100, 7).encode("1");
        RunState restored = Snapshot.decode(bytes, "1").orElseThrow().state();
        assertThat(told(restored)).isEqualTo(told(state));
        assertThat(restored.plan()).isEqualTo(state.plan());
        assertThat(restored.changes()).isEqualTo(MORE_TIME);
        assertThat(restored.removed()).isEqualTo(state.removed()).containsExactly(new ItemId("b"));
        Entry next = new Entry(
                state.lastNumber() + 1,
                AT,
                new RunEvent.Replanned(Optional.empty(), List.of(new ItemId("a")), List.of(), ResourceChanges.NONE));
        restored.apply(next);
        state.apply(next);
        assertThat(told(restored)).isEqualTo(told(state)).hasSize(3);
    }

    @Test
    void whatCompletedOrHasAJobStaysAsItIs() {
        add(new RunEvent.Opened(new RunId("k3v9q2m7"), "p", "1", "/d", "ada", "local", false));
        Item live = state.items().get(0);
        add(new RunEvent.OfItem(
                new ItemEvent.Intended(live.id(), 1, new dev.settle.core.scheduler.SubmitToken("stabcdefghijkl"))));
        add(new RunEvent.Replanned(Optional.empty(), List.of(), List.of(), MORE_TIME));
        assertThat(live.state()).isEqualTo(ItemState.PENDING);
        assertThat(told(state)).containsExactly("0 a 1 PENDING 0", "1 b 1 PENDING 2", "2 c 1 PENDING 2");
    }

    @Test
    void aLaterChangeStandsBesideAnEarlierOne() {
        add(new RunEvent.Opened(new RunId("k3v9q2m7"), "p", "1", "/d", "ada", "local", false));
        add(new RunEvent.Replanned(Optional.empty(), List.of(), List.of(), MORE_TIME));
        ResourceChanges memory = new ResourceChanges(
                OptionalInt.empty(),
                OptionalLong.of(1L << 30),
                Optional.empty(),
                Optional.empty(),
                Optional.of("acc"),
                Optional.empty());
        add(new RunEvent.Replanned(Optional.empty(), List.of(), List.of(), memory));
        assertThat(state.changes()).hasToString("time limit 2h, memory 1G, account acc");
        assertThat(state.items().get(0).plan().resources().memoryBytes()).hasValue(1L << 30);
        assertThat(state.items().get(0).plan().resources().timeLimit()).contains(Duration.ofHours(2));
    }
}
