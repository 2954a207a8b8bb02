package dev.settle.core.model;

import dev.settle.core.runfile.RunFiles;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/**
 * An accepted run file: what will be done, with nothing left to resolve.
 *
 * @param name the run's and the suite's name
 * @param backend where it runs; absent means the default of this machine
 * @param maxConcurrent cap on items that are submitted and have not ended
 * @param maxFailures no further item starts after so many failed
 * @param exclusive one live run of this name at a time
 * @param budgetCpuHours our own ceiling on cpu hours spent
 * @param items in the order of the file
 * @param queue a metered step queue that feeds the run in place of items
 * @param inherited what generated items inherit from the run file (its defaults and environment rules), as JSON that
 *     only {@link RunFiles#readGenerated} reads
 * @param source what the plan was read from, where that can be read again
 * @param notification what is run when the run has ended
 * @param secrets variables whose values stand in no file of the run: jobs get them from the process that manages it
 */
public record Plan(
        String name,
        Optional<BackendName> backend,
        OptionalInt maxConcurrent,
        OptionalInt maxFailures,
        boolean exclusive,
        Credits credits,
        OptionalDouble budgetCpuHours,
        List<PlanItem> items,
        Optional<QueueSpec> queue,
        Optional<String> inherited,
        Optional<PlanSource> source,
        Optional<Notify> notification,
        List<String> secrets) {

    public Plan {
        items = List.copyOf(items);
        secrets = List.copyOf(secrets);
    }

    /** A plan that is not read from a file. */
    public Plan(
            String name,
            Optional<BackendName> backend,
            OptionalInt maxConcurrent,
            OptionalInt maxFailures,
            boolean exclusive,
            Credits credits,
            OptionalDouble budgetCpuHours,
            List<PlanItem> items,
            Optional<QueueSpec> queue,
            Optional<String> inherited) {
        this(
                name,
                backend,
                maxConcurrent,
                maxFailures,
                exclusive,
                credits,
                budgetCpuHours,
                items,
                queue,
                inherited,
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    /** A plan of these items, with nothing else said. */
    public static Plan of(String name, List<PlanItem> items) {
        return new Plan(
                name,
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                false,
                Credits.DEFAULT,
                OptionalDouble.empty(),
                items,
                Optional.empty(),
                Optional.empty());
    }

    /** The same plan under another name. */
    public Plan withName(String other) {
        return new Plan(
                other,
                backend,
                maxConcurrent,
                maxFailures,
                exclusive,
                credits,
                budgetCpuHours,
                items,
                queue,
                inherited,
                source,
                notification,
                secrets);
    }

    /** The same plan with these items and all that they depend on, in its order. */
    public Plan withOnly(Collection<ItemId> ids) {
        Map<ItemId, PlanItem> byId = new HashMap<>();
        items.forEach(item -> byId.put(item.id(), item));
        Set<ItemId> wanted = new HashSet<>(ids);
        Deque<ItemId> open = new ArrayDeque<>(wanted);
        while (!open.isEmpty()) {
            PlanItem item = byId.get(open.remove());
            if (item != null) {
                item.deps().stream().filter(wanted::add).forEach(open::add);
            }
        }
        return withItems(
                items.stream().filter(item -> wanted.contains(item.id())).toList());
    }

    /** The same plan with other items. */
    public Plan withItems(List<PlanItem> others) {
        return new Plan(
                name,
                backend,
                maxConcurrent,
                maxFailures,
                exclusive,
                credits,
                budgetCpuHours,
                others,
                queue,
                inherited,
                source,
                notification,
                secrets);
    }

    /** The same plan, in which no further item starts after this number of failures. */
    public Plan withMaxFailures(int most) {
        return new Plan(
                name,
                backend,
                maxConcurrent,
                OptionalInt.of(most),
                exclusive,
                credits,
                budgetCpuHours,
                items,
                queue,
                inherited,
                source,
                notification,
                secrets);
    }

    /** The same plan, with where to buy more. */
    public Plan withTopupUrl(String url) {
        return new Plan(
                name,
                backend,
                maxConcurrent,
                maxFailures,
                exclusive,
                new Credits(Optional.of(url), credits.onExhausted()),
                budgetCpuHours,
                items,
                queue,
                inherited,
                source,
                notification,
                secrets);
    }

    /** The same plan, which was read from there. */
    public Plan withSource(PlanSource other) {
        return new Plan(
                name,
                backend,
                maxConcurrent,
                maxFailures,
                exclusive,
                credits,
                budgetCpuHours,
                items,
                queue,
                inherited,
                Optional.of(other),
                notification,
                secrets);
    }

    /** The same plan, with what is run when the run has ended. */
    public Plan withNotify(Optional<Notify> other) {
        return new Plan(
                name,
                backend,
                maxConcurrent,
                maxFailures,
                exclusive,
                credits,
                budgetCpuHours,
                items,
                queue,
                inherited,
                source,
                other,
                secrets);
    }

    /** The same plan, with these secrets. */
    public Plan withSecrets(Collection<String> names) {
        return new Plan(
                name,
                backend,
                maxConcurrent,
                maxFailures,
                exclusive,
                credits,
                budgetCpuHours,
                items,
                queue,
                inherited,
                source,
                notification,
                List.copyOf(names));
    }

    /** Whether only a process with certain variables can manage the run: the token of a step queue, or secrets. */
    public boolean needsOwnEngine() {
        return queue.isPresent() || !secrets.isEmpty();
    }

    /** The same plan fed by this queue. */
    public Plan withQueue(QueueSpec other) {
        return new Plan(
                name,
                backend,
                maxConcurrent,
                maxFailures,
                exclusive,
                credits,
                budgetCpuHours,
                items,
                Optional.of(other),
                inherited,
                source,
                notification,
                secrets);
    }

    /** Where items run. */
    public enum BackendName implements WireName {
        LOCAL,
        SLURM;

        @Override
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<BackendName> ofWord(String word) {
            return WireName.find(values(), word);
        }
    }

    /** What happens when the account runs out of credits. */
    public enum OnExhausted implements WireName {
        INTERRUPT,
        WAIT;

        @Override
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<OnExhausted> ofWord(String word) {
            return WireName.find(values(), word);
        }
    }

    /**
     * The run file's words on credits.
     *
     * @param topupUrl shown in the hint of an out-of-credits stop
     */
    public record Credits(Optional<String> topupUrl, OnExhausted onExhausted) {
        public static final Credits DEFAULT = new Credits(Optional.empty(), OnExhausted.INTERRUPT);
    }
}
