package dev.settle.app.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.run.ItemState;
import dev.settle.core.view.RunList;
import dev.settle.core.view.RunSummary;
import dev.settle.core.view.Style;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RunQueryTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private static final RunList ALL = new RunList(
            List.of(
                    run("aaaaaaa1", "nightly-evals", "running", 1, OptionalInt.empty()),
                    run("aaaaaaa2", "train-big", "failed", 5, OptionalInt.of(4)),
                    run("aaaaaaa3", "nightly-train", "completed", 30, OptionalInt.of(1)),
                    run("aaaaaaa4", "train-big", "completed", 80, OptionalInt.of(2))),
            List.of(RunList.Unreadable.damaged("aaaaaaa5", "/s/journal.log", "it is damaged")));

    /** @param hoursAgo when it was created */
    private static RunSummary run(String id, String name, String state, int hoursAgo, OptionalInt hours) {
        Instant created = NOW.minus(Duration.ofHours(hoursAgo));
        Optional<Instant> finished =
                hours.isPresent() ? Optional.of(created.plus(Duration.ofHours(hours.getAsInt()))) : Optional.empty();
        return new RunSummary(
                id,
                name,
                "slurm",
                state,
                hours.isPresent(),
                OptionalInt.empty(),
                Optional.empty(),
                "",
                1,
                Map.of(ItemState.COMPLETED, 1),
                0,
                created,
                finished,
                Style.PLAIN);
    }

    private static RunQuery query(RunQuery.Sort sort) {
        return new RunQuery(Set.of(), Optional.empty(), Optional.empty(), sort, OptionalInt.empty());
    }

    private static List<String> ids(RunQuery query) {
        return query.of(ALL, NOW).runs().stream()
                .map(run -> run.id().substring(7))
                .toList();
    }

    private static List<String> unreadable(RunQuery query) {
        return query.of(ALL, NOW).unreadable().stream()
                .map(RunList.Unreadable::id)
                .toList();
    }

    @Test
    void orderIsByTheKey() {
        assertThat(ids(query(RunQuery.Sort.CREATED))).containsExactly("1", "2", "3", "4");
        assertThat(ids(query(RunQuery.Sort.NAME))).containsExactly("1", "3", "2", "4");
        assertThat(ids(query(RunQuery.Sort.STATE))).containsExactly("1", "3", "4", "2");
        assertThat(ids(query(RunQuery.Sort.DURATION))).containsExactly("2", "4", "1", "3");
    }

    @Test
    void statesNamesAndAgeAreFilters() {
        assertThat(ids(new RunQuery(
                        Set.of("failed", "running"),
                        Optional.empty(),
                        Optional.empty(),
                        RunQuery.Sort.CREATED,
                        OptionalInt.empty())))
                .containsExactly("1", "2");
        assertThat(ids(new RunQuery(
                        Set.of(),
                        Optional.of("*train*"),
                        Optional.of(NOW.minus(Duration.ofHours(40))),
                        RunQuery.Sort.CREATED,
                        OptionalInt.empty())))
                .containsExactly("2", "3");
        assertThat(ids(new RunQuery(
                        Set.of(),
                        Optional.of("train-big"),
                        Optional.empty(),
                        RunQuery.Sort.CREATED,
                        OptionalInt.of(1))))
                .containsExactly("2");
    }

    @Test
    void runsThatCannotBeReadAreShownUnlessTheyAreFilteredOut() {
        assertThat(unreadable(query(RunQuery.Sort.CREATED))).containsExactly("aaaaaaa5");
        assertThat(unreadable(new RunQuery(
                        Set.of("damaged"),
                        Optional.empty(),
                        Optional.empty(),
                        RunQuery.Sort.CREATED,
                        OptionalInt.empty())))
                .containsExactly("aaaaaaa5");
        assertThat(unreadable(new RunQuery(
                        Set.of("failed"),
                        Optional.empty(),
                        Optional.empty(),
                        RunQuery.Sort.CREATED,
                        OptionalInt.empty())))
                .isEmpty();
        assertThat(unreadable(new RunQuery(
                        Set.of(), Optional.of("*"), Optional.empty(), RunQuery.Sort.CREATED, OptionalInt.empty())))
                .isEmpty();
        assertThat(unreadable(new RunQuery(
                        Set.of(), Optional.empty(), Optional.empty(), RunQuery.Sort.CREATED, OptionalInt.of(4))))
                .isEmpty();
    }
}
