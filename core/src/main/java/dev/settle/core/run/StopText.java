package dev.settle.core.run;

import dev.settle.core.model.ItemReason;
import dev.settle.core.scheduler.JobId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A stop in words: the same in the terminal, the log, the JSON, the report and the dashboard, because all of them take
 * them from here.
 *
 * @param headline the first line: {@code Run failed: 3 of 20 items failed (2 out of memory, 1 with exit code 3).}
 * @param failures what failed, where the headline is about something else
 * @param dependents what did not start because of it
 * @param unconfirmed how many verdicts nobody vouches for
 * @param detail what stopped it, and who said so
 * @param kept how much completed, and how much never started
 * @param hint what to do next
 */
public record StopText(
        String headline,
        Optional<String> failures,
        Optional<String> dependents,
        Optional<String> unconfirmed,
        Optional<String> detail,
        String kept,
        Optional<String> hint) {

    /** So many exit codes are told one by one, and so many signals. */
    static final int KINDS_MAX = 8;

    /** More dependents than this are counted, not named. */
    static final int NAMES_MAX = 5;

    /** Reasons that would come again if the item were submitted as it is. */
    private static final Set<ItemReason> RECURS = EnumSet.of(
            ItemReason.SUBMISSION_REFUSED, ItemReason.CAN_NEVER_START, ItemReason.DEPENDENCY_NEVER_SATISFIED);

    /** Tells a stop of a run; costs one pass over the items when some failed. */
    public static StopText of(RunState run, Stop stop) {
        Counts counts = run.counts();
        String failures = failures(run);
        StopReason.Ending ending = stop.reason().ending();
        // A queue's step that was cut short with its run did not fail.
        boolean endsSteps = run.plan().queue().isPresent();
        boolean isNews = ending != StopReason.Ending.FAILED
                && (counts.of(ItemState.FAILED) > 0
                        || (counts.bad() > 0 && ending != StopReason.Ending.CANCELLED && !endsSteps));
        Optional<String> link = stop.link();
        if (link.isEmpty() && stop.reason() == StopReason.OUT_OF_CREDITS) {
            link = run.plan().credits().topupUrl();
        }
        String hint = run.opened().watched()
                ? stop.reason().hintOfWatched(run.id().value(), jobs(run), link)
                : helpful(stop.reason(), run).hint(run.id().value(), link);
        if (endsSteps && stop.reason() == StopReason.ITEMS_FAILED) {
            // The service has the results of failed steps too: there is nothing to run again.
            hint = "";
        }
        Optional<String> detail = stop.detail();
        if (stop.reason() == StopReason.UNCONFIRMED && run.unconfirmed() == 0) {
            // Somebody knew after all, and there is nothing left to ask.
            hint = "Run the items that waited: settle resume " + run.id();
            detail = Optional.of("the items that others depend on were confirmed only after the run had ended");
        }
        if (hint.isEmpty() && run.unconfirmed() > 0) {
            hint = "Ask again: settle watch " + run.id();
        }
        return new StopText(
                stop.reason().headline(failures),
                isNews ? Optional.of(failures + ".") : Optional.empty(),
                dependents(run),
                unconfirmed(run.unconfirmed()),
                detail,
                kept(run),
                hint.isEmpty() ? Optional.empty() : Optional.of(hint));
    }

    /** The reason whose hint helps: what was refused would be refused again if it were resumed as it is. */
    private static StopReason helpful(StopReason reason, RunState run) {
        boolean again = reason == StopReason.ITEMS_FAILED
                && run.counts().bad() > 0
                && run.items().stream()
                        .filter(StopText::isBad)
                        .allMatch(item -> item.reason().filter(RECURS::contains).isPresent());
        return again ? StopReason.SUBMISSION_REFUSED : reason;
    }

    private static boolean isBad(Item item) {
        return item.state() == ItemState.FAILED || item.state() == ItemState.CANCELLED;
    }

    /** {@code 3 of 20 items failed (2 out of memory, 1 with exit code 3)}, without a full stop. */
    private static String failures(RunState run) {
        int bad = run.counts().bad();
        int total = run.counts().total();
        if (bad == 1 && total == 1) {
            // "1 of 1 items" and "1 with" would say nothing.
            return "1 item failed (" + run.items().get(0).phrase().orElse("for an unknown reason") + ")";
        }
        String sum = bad + " of " + total + " items failed";
        return bad == 0 ? sum : sum + " (" + byPhrase(run.items()) + ")";
    }

    /** Every reason by its name; of exit codes and of signals the commonest one by one, and the others together. */
    private static String byPhrase(List<Item> items) {
        Map<String, Integer> counts = new HashMap<>();
        Map<String, ItemReason> reasons = new HashMap<>();
        for (Item item : items) {
            if (isBad(item)) {
                String phrase = item.phrase().orElse("for an unknown reason");
                counts.merge(phrase, 1, Integer::sum);
                item.reason().ifPresent(reason -> reasons.put(phrase, reason));
            }
        }
        Map<ItemReason, Integer> kinds = new EnumMap<>(ItemReason.class);
        Map<String, Integer> told = new LinkedHashMap<>();
        for (Map.Entry<String, Integer> entry : sorted(counts)) {
            ItemReason reason = reasons.getOrDefault(entry.getKey(), ItemReason.UNKNOWN_STATE);
            boolean many = kinds.merge(reason, 1, Integer::sum) > KINDS_MAX;
            told.merge(
                    many ? others(reason, entry.getKey()) : by(reason, entry.getKey()), entry.getValue(), Integer::sum);
        }
        return told.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
    }

    private static List<Map.Entry<String, Integer>> sorted(Map<String, Integer> counts) {
        List<Map.Entry<String, Integer>> sorted = new ArrayList<>(counts.entrySet());
        sorted.sort((a, b) -> a.getValue().equals(b.getValue())
                ? a.getKey().compareTo(b.getKey())
                : b.getValue().compareTo(a.getValue()));
        return sorted;
    }

    /** A phrase after a number: {@code with exit code 3}, {@code by signal 9 (SIGKILL)}, {@code out of memory}. */
    private static String by(ItemReason reason, String phrase) {
        return switch (reason) {
            case EXIT_CODE -> phrase.startsWith("exit code") ? "with " + phrase : phrase;
            case SIGNAL -> phrase.startsWith("signal") ? "by " + phrase : phrase;
            default -> phrase;
        };
    }

    private static String others(ItemReason reason, String phrase) {
        return switch (reason) {
            case EXIT_CODE -> "with other exit codes";
            case SIGNAL -> "by other signals";
            default -> phrase;
        };
    }

    /** The jobs of a run that settle did not submit, as {@code watch --job} takes them. */
    private static String jobs(RunState run) {
        Set<JobId> jobs = new LinkedHashSet<>();
        for (Item item : run.items()) {
            item.plan().jobId().ifPresent(job -> jobs.add(JobId.of(job).whole()));
            if (jobs.size() > NAMES_MAX) {
                return "ID[,ID...]";
            }
        }
        Set<String> clusters =
                jobs.stream().map(job -> job.cluster().orElse("")).collect(Collectors.toSet());
        if (clusters.size() > 1) {
            return jobs.stream().map(JobId::toString).collect(Collectors.joining(",", "'", "'"));
        }
        String ids = jobs.stream().map(JobId::value).collect(Collectors.joining(","));
        return ids
                + clusters.stream()
                        .map(name -> name.isEmpty() ? "" : " -M " + name)
                        .collect(Collectors.joining());
    }

    private static Optional<String> dependents(RunState run) {
        int count = run.counts().of(ItemState.DEP_FAILED);
        if (count == 0) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder();
        text.append(count).append(count == 1 ? " item" : " items");
        text.append(" did not start because a dependency did not complete: ");
        int named = 0;
        for (Item item : run.items()) {
            if (item.state() == ItemState.DEP_FAILED && named < NAMES_MAX) {
                text.append(named == 0 ? "" : ", ").append(item.id());
                named++;
            }
        }
        return Optional.of(
                named < count
                        ? text.append(" and ")
                                .append(count - named)
                                .append(" more.")
                                .toString()
                        : text.append('.').toString());
    }

    private static Optional<String> unconfirmed(int count) {
        return count == 0
                ? Optional.empty()
                : Optional.of(count + (count == 1 ? " verdict is" : " verdicts are")
                        + " unconfirmed: no source with authority said how the job ended.");
    }

    private static String kept(RunState run) {
        Counts counts = run.counts();
        StringBuilder text = new StringBuilder();
        text.append(counts.of(ItemState.COMPLETED)).append(" of ").append(counts.total());
        text.append(" item" + (counts.total() == 1 ? "" : "s") + " completed");
        int cancelled = counts.of(ItemState.CANCELLED);
        if (cancelled > 0) {
            text.append("; ")
                    .append(cancelled)
                    .append(cancelled == 1 ? " was" : " were")
                    .append(" cancelled");
        }
        int never = counts.of(ItemState.NOT_STARTED) + counts.of(ItemState.PENDING);
        if (never > 0) {
            text.append("; ").append(never).append(" never started");
        }
        int settling = counts.of(ItemState.SETTLING);
        int alive = counts.live() - settling;
        if (alive > 0) {
            text.append("; ").append(alive).append(alive == 1 ? " job is still running" : " jobs are still running");
        }
        if (settling > 0) {
            text.append("; ")
                    .append(settling)
                    .append(settling == 1 ? " is" : " are")
                    .append(" waiting for confirmation");
        }
        long unsent = run.queue().steps().stream()
                .filter(step -> step.result().isPresent() && step.submitted().isEmpty())
                .count();
        if (unsent > 0) {
            text.append("; ")
                    .append(unsent)
                    .append(unsent == 1 ? " result is" : " results are")
                    .append(" kept and will be submitted, not evaluated again");
        }
        return text.append('.').toString();
    }
}
