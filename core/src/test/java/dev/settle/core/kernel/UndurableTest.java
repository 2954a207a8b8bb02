package dev.settle.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.run.DurableUpTo;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunEvent;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.Source.Role;
import dev.settle.core.scheduler.Urgency;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class UndurableTest {
    private static final Instant AT = Instant.parse("2026-11-30T10:00:00Z");
    private static final KernelCommand CANCEL = new KernelCommand.Cancel(Set.of(new JobId("7")));
    private static final KernelCommand QUERY =
            new KernelCommand.Query(Role.CONTROLLER, Set.of(new JobId("7")), Urgency.ROUTINE);

    private final Undurable undurable = new Undurable();

    private static Entry entry(long number) {
        return new Entry(number, AT, new RunEvent.Resumed("ada", AT));
    }

    private static Decision decision(long number, KernelCommand... commands) {
        return new Decision(List.of(entry(number)), List.of(commands), number, AT);
    }

    @Test
    void nothingComesOutBeforeTheJournalHasIt() {
        undurable.add(decision(4, CANCEL));
        undurable.add(decision(5, QUERY));
        assertThat(undurable.release(new DurableUpTo(3)).commands()).isEmpty();
        Durable first = undurable.release(new DurableUpTo(4));
        assertThat(first.entries()).containsExactly(entry(4));
        assertThat(first.commands()).containsExactly(CANCEL);
        assertThat(undurable.release(new DurableUpTo(9)).commands()).containsExactly(QUERY);
    }

    @Test
    void decisionWithoutEntriesWaitsForThoseThatItRestsOn() {
        undurable.add(decision(4));
        undurable.add(new Decision(List.of(), List.of(CANCEL), 4, AT));
        assertThat(undurable.release(new DurableUpTo(3)).commands()).isEmpty();
        assertThat(undurable.release(new DurableUpTo(4)).commands()).containsExactly(CANCEL);
    }

    @Test
    void queriesNeedNoRecordAndComeOutOnce() {
        undurable.add(entry(3));
        undurable.add(decision(4, QUERY, CANCEL));
        assertThat(undurable.takeQueries()).containsExactly(QUERY);
        assertThat(undurable.takeQueries()).isEmpty();
        assertThat(undurable.release(new DurableUpTo(4)).commands()).containsExactly(CANCEL);
    }

    @Test
    void singleDecisionIsNotHandedOutUnwritten() {
        Decision decision = decision(4, CANCEL);
        assertThatThrownBy(() -> decision.durable(new DurableUpTo(3))).isInstanceOf(IllegalStateException.class);
        assertThat(decision.durable(new DurableUpTo(4)).commands()).containsExactly(CANCEL);
        assertThat(decision.withoutCommands().durable(new DurableUpTo(4)).commands())
                .isEmpty();
    }
}
