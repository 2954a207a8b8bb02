package dev.settle.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.run.Attempt;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemMemory;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.Usage;
import dev.settle.core.scheduler.WaitReason;
import dev.settle.testdata.Golden;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class SnapshotTest {
    private static final String VERSION = "0.1.0";

    private final List<Entry> entries = SampleRun.entries();

    private RunState folded(int count) {
        RunState state = new RunState(SampleRun.plan());
        entries.subList(0, count).forEach(state::apply);
        return state;
    }

    private Snapshot snapshot(int count) {
        List<Entry> ofRun = entries.subList(0, count).stream()
                .filter(entry -> entry.event().kind() != RunEvent.Kind.ITEM)
                .toList();
        return new Snapshot(folded(count), ofRun, 1000 + count, 77);
    }

    /** Evidence is read when it is asked for; asking for all of it makes states comparable field by field. */
    private static RunState withEvidenceRead(RunState state) {
        for (Item item : state.items()) {
            item.attempt().observations();
            item.earlier().forEach(Attempt::observations);
        }
        return state;
    }

    private static void assertSame(RunState actual, RunState expected) {
        assertThat(withEvidenceRead(actual))
                .usingRecursiveComparison()
                // A count that went back to 0 stays in the map, and a map grows as it was filled; StateText compares
                // what
                // they say.
                .ignoringFields("counts", "byId")
                .isEqualTo(withEvidenceRead(expected));
        assertThat(StateText.of(actual)).isEqualTo(StateText.of(expected));
    }

    @Test
    void stateComesBackAsItWas() throws IOException {
        for (int count = 1; count <= entries.size(); count += 2) {
            Snapshot back =
                    Snapshot.decode(snapshot(count).encode(VERSION), VERSION).orElseThrow();
            assertSame(back.state(), folded(count));
            assertThat(back.journalEnd()).isEqualTo(1000 + count);
            assertThat(back.mark()).isEqualTo(77);
        }
    }

    @Test
    void restOfTheJournalFoldsOntoASnapshotAsOntoTheWhole() throws IOException {
        // Not after every line: comparing whole states takes long.
        for (int count = 1; count <= entries.size(); count += 9) {
            RunState state = Snapshot.decode(snapshot(count).encode(VERSION), VERSION)
                    .orElseThrow()
                    .state();
            entries.subList(count, entries.size()).forEach(state::apply);
            assertSame(state, folded(entries.size()));
        }
    }

    @Test
    void snapshotOfASnapshotIsTheSame() throws IOException {
        byte[] first = snapshot(entries.size()).encode(VERSION);
        byte[] second = Snapshot.decode(first, VERSION).orElseThrow().encode(VERSION);
        assertThat(second).isEqualTo(first);
    }

    @Test
    void everyDamagedByteIsNoticed() throws IOException {
        byte[] bytes = snapshot(entries.size()).encode(VERSION);
        for (int at = 0; at < bytes.length; at++) {
            byte[] bad = bytes.clone();
            bad[at] ^= 1;
            assertThat(Snapshot.decode(bad, VERSION)).as("byte %d", at).isEmpty();
            assertThat(Snapshot.decode(Arrays.copyOf(bytes, at), VERSION))
                    .as("cut at %d", at)
                    .isEmpty();
        }
    }

    @Test
    void snapshotOfAnotherVersionIsNotRead() throws IOException {
        assertThat(Snapshot.decode(snapshot(5).encode("0.0.9"), VERSION)).isEmpty();
    }

    /** The memory is read late; whatever is asked for first has to bring it. */
    @Test
    void everyQuestionToAnItemReadsItsMemoryFirst() throws Exception {
        byte[] bytes = snapshot(entries.size()).encode(VERSION);
        List<Item> expected = folded(entries.size()).items();
        int asked = 0;
        for (java.lang.reflect.Method question : Item.class.getDeclaredMethods()) {
            if (!java.lang.reflect.Modifier.isPublic(question.getModifiers())
                    || question.getParameterCount() > 0
                    || Set.of("attempt", "earlier", "memory").contains(question.getName())) {
                continue;
            }
            asked++;
            List<Item> fresh =
                    Snapshot.decode(bytes, VERSION).orElseThrow().state().items();
            for (int i = 0; i < fresh.size(); i++) {
                assertThat(question.invoke(fresh.get(i)))
                        .as(question.getName())
                        .isEqualTo(question.invoke(expected.get(i)));
            }
        }
        assertThat(asked).isGreaterThan(15);
        List<Item> fresh = Snapshot.decode(bytes, VERSION).orElseThrow().state().items();
        for (int i = 0; i < fresh.size(); i++) {
            assertThat(fresh.get(i).earlier()).hasSameSizeAs(expected.get(i).earlier());
            assertThat(fresh.get(i).attempt().jobId())
                    .isEqualTo(expected.get(i).attempt().jobId());
        }
    }

    /** Whoever adds a field to an item has to keep it in the snapshot as well. */
    @Test
    void everythingAnItemRemembersIsKept() {
        assertThat(names(ItemMemory.class))
                .isEqualTo(fields(Item.class, "plan", "index", "state", "unread", "unreadMetrics"));
        Set<String> ofAttempt = fields(
                Attempt.class, "unread", "left", "byAccounting", "byController", "byExitRecord", "byStartRecord");
        ofAttempt.addAll(List.of("leftAt", "leftWhy", "latest"));
        assertThat(names(ItemMemory.OfAttempt.class)).isEqualTo(ofAttempt);
    }

    /** When this differs, raise Snapshot.FORMAT, unless it has been raised since the last release. */
    @Test
    void whatASnapshotKeepsIsKnown() {
        StringBuilder text = new StringBuilder("format " + Snapshot.FORMAT + "\n");
        for (Class<?> type : List.of(
                ItemMemory.class,
                ItemMemory.OfAttempt.class,
                Outcome.class,
                JobObservation.class,
                JobState.class,
                WaitReason.class,
                Usage.class)) {
            text.append(type.getSimpleName()).append(": ");
            text.append(String.join(" ", components(type))).append('\n');
        }
        Golden.check("snapshot-format.txt", text.toString());
    }

    private static List<String> components(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
    }

    private static Set<String> names(Class<?> type) {
        return new TreeSet<>(components(type));
    }

    private static Set<String> fields(Class<?> type, String... others) {
        Set<String> names = new ArrayList<>(Arrays.asList(type.getDeclaredFields()))
                .stream()
                        .filter(field ->
                                !field.isSynthetic() && !java.lang.reflect.Modifier.isStatic(field.getModifiers()))
                        .map(Field::getName)
                        .collect(Collectors.toCollection(TreeSet::new));
        names.removeAll(Set.of(others));
        return names;
    }
}
