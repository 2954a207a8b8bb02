package dev.settle.core.kernel.state;

import dev.settle.core.run.Item;
import dev.settle.core.run.Stop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What has to follow from the events of one step, noted where each event is folded in. The kernel takes every consequence
 * once and carries it out.
 */
public final class Consequences {
    private List<Item> submitted = new ArrayList<>();
    private List<Item> retried = new ArrayList<>();
    private List<Item> ended = new ArrayList<>();
    private List<Item> attemptsOver = new ArrayList<>();
    private @Nullable Stop stop;

    void submitted(Item item) {
        submitted.add(item);
    }

    void retried(Item item) {
        retried.add(item);
    }

    void ended(Item item) {
        ended.add(item);
    }

    void attemptIsOver(Item item) {
        attemptsOver.add(item);
    }

    void stopping(Stop decided) {
        stop = decided;
    }

    /** Items that have a job now. */
    public List<Item> takeSubmitted() {
        List<Item> taken = submitted;
        submitted = new ArrayList<>();
        return taken;
    }

    /** Items that get another attempt. */
    public List<Item> takeRetried() {
        List<Item> taken = retried;
        retried = new ArrayList<>();
        return taken;
    }

    /** Items that ended, and items whose verdict was corrected. */
    public List<Item> takeEnded() {
        List<Item> taken = ended;
        ended = new ArrayList<>();
        return taken;
    }

    /** Items of whose last attempt nothing needs to be remembered. */
    public List<Item> takeAttemptsOver() {
        List<Item> taken = attemptsOver;
        attemptsOver = new ArrayList<>();
        return taken;
    }

    /** Why the run stops, if that was decided in this step. */
    public Optional<Stop> takeStop() {
        Optional<Stop> taken = Optional.ofNullable(stop);
        stop = null;
        return taken;
    }
}
