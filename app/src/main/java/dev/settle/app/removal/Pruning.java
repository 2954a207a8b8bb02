package dev.settle.app.removal;

import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.reader.Views;
import dev.settle.app.removal.Removal.Removed;
import dev.settle.app.runs.Invocation;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.RunId;
import dev.settle.core.view.RunList;
import dev.settle.core.view.RunSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** Finds the runs that ended long enough ago, and deletes them. */
public final class Pruning {
    /**
     * Which runs are to go.
     *
     * @param olderThan since their end
     * @param states in which they ended; empty for all
     * @param keep so many of the newest of these states stay, whatever their age
     */
    public record Rule(Duration olderThan, Set<String> states, int keep) {
        public Rule {
            states = Set.copyOf(states);
        }
    }

    private final Invocation invocation;
    private final Rule rule;
    private final Removal.Effect effect;

    public Pruning(Invocation invocation, Rule rule, Removal.Effect effect) {
        this.invocation = invocation;
        this.rule = rule;
        this.effect = effect;
    }

    /** Deletes them, or only finds them; those that cannot be deleted are reported on stderr. */
    public RemovalReport run() {
        RunList list = new Views(invocation.app(), invocation.runs()).list();
        List<Removed> removed = new ArrayList<>();
        ExitStatus status = ExitStatus.COMPLETED;
        for (RunList.Unreadable run : list.unreadable()) {
            invocation
                    .app()
                    .console()
                    .notice("settle: " + run.sentence() + "; it was left, settle rm " + run.id() + " removes it");
        }
        Removal removal = new Removal(invocation);
        for (RunSummary run : chosen(list.runs())) {
            RunFolder folder = invocation.runs().home().folder(new RunId(run.id()));
            try {
                removed.add(
                        effect == Removal.Effect.DONE
                                ? removal.remove(folder, Removal.Unreadable.REFUSED)
                                : removal.sizeUp(folder));
            } catch (Failure e) {
                e.lines().forEach(line -> invocation.app().console().notice("settle: " + line));
                // A run that was resumed or has living jobs is none of those that were to go.
                status = e.status() == ExitStatus.STORAGE_FAILED ? e.status() : status;
            }
        }
        return new RemovalReport(removed, effect, status);
    }

    /** Oldest first, so that what was asked for least goes first. */
    private List<RunSummary> chosen(List<RunSummary> runs) {
        Instant before = invocation.app().wiring().clock().instant().minus(rule.olderThan());
        List<RunSummary> ended = runs.stream()
                .filter(run -> run.finishedAt().isPresent())
                .filter(run -> rule.states().isEmpty() || rule.states().contains(run.state()))
                .sorted(Comparator.comparing(Pruning::end).reversed())
                .skip(rule.keep())
                .filter(run -> end(run).isBefore(before))
                .toList();
        List<RunSummary> oldestFirst = new ArrayList<>(ended);
        oldestFirst.sort(Comparator.comparing(Pruning::end));
        return oldestFirst;
    }

    private static Instant end(RunSummary run) {
        return run.finishedAt().orElseThrow();
    }
}
