package dev.settle.app.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The simulation notices the mistakes that other watchers of jobs make, and each invariant is needed for that. */
final class KnownMistakeTest {
    /** Timelines that a mistake may take to show. */
    private static final int TIMELINES_MAX = 2_000;

    @Test
    void everyMistakeIsNoticedAndEveryInvariantNoticesOne() throws IOException {
        List<KnownMistake> survivors = new ArrayList<>();
        Set<Invariant> noticing = EnumSet.noneOf(Invariant.class);
        try (Simulation simulation = new Simulation()) {
            for (KnownMistake mistake : KnownMistake.values()) {
                Set<Invariant> noticed = simulation.invariantsThatNotice(TIMELINES_MAX, mistake);
                noticing.addAll(noticed);
                if (noticed.isEmpty()) {
                    survivors.add(mistake);
                }
            }
        }
        assertThat(survivors).isEmpty();
        assertThat(noticing).containsExactlyInAnyOrder(Invariant.values());
    }
}
