package dev.settle.core.run;

import dev.settle.core.model.WireName;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a run ended or was interrupted: the closed table of contract.md, 7. From it come the headline, the hint and
 * the exit status, wherever a stop is shown.
 */
public enum StopReason implements WireName {
    COMPLETED(Ending.COMPLETED, "completed", ""),
    ITEMS_FAILED(Ending.FAILED, "items failed", "Rerun the failed items: settle resume {id}"),
    MAX_FAILURES(Ending.FAILED, "too many failures", "Fix the cause, then rerun: settle resume {id}"),
    OUT_OF_CREDITS(Ending.INTERRUPTED, "out of credits", "Top up{link}, then continue: settle resume {id}"),
    BUDGET(Ending.INTERRUPTED, "budget reached", "Continue with a higher budget: settle resume {id} --cpu-hours H"),
    CANCELLED_BY_USER(Ending.CANCELLED, "cancelled", "Rerun everything that did not complete: settle resume {id}"),
    CANCELLED_BY_OTHER(
            Ending.CANCELLED,
            "cancelled by someone else",
            "Find out who cancelled the jobs, then rerun everything that did not complete: settle resume {id}"),
    SUBMISSION_REFUSED(
            Ending.INTERRUPTED,
            "submission refused",
            "Change what was refused (--partition, --account, --qos, --time, --memory or --cpus):"
                    + " settle resume {id} OPTIONS"),
    DRIVER_DIED(Ending.INTERRUPTED, "its driver died", "Continue: settle resume {id}"),
    DRIVER_STOPPED(Ending.INTERRUPTED, "its driver was stopped", "Continue: settle resume {id}"),
    STORAGE_FAILED(
            Ending.STORAGE, "storage failed", "Free some space or fix the file system, then: settle resume {id}"),
    SCHEDULER_UNREACHABLE(
            Ending.UNREACHABLE,
            "the scheduler did not answer",
            "Continue when the scheduler answers again: settle resume {id}"),
    STOPPED_REMOTELY(Ending.INTERRUPTED, "stopped on the service", "Continue: settle resume {id}"),
    NOT_AUTHORISED(Ending.INTERRUPTED, "not authorised", "Check the token, then continue: settle resume {id}"),
    QUEUE_UNAVAILABLE(
            Ending.INTERRUPTED,
            "the step queue is unavailable",
            "Continue when the step queue answers again: settle resume {id}"),
    /** The items that something depends on ended without confirmation; contract.md, 8. */
    UNCONFIRMED(
            Ending.UNCONFIRMED,
            "verdicts are unconfirmed",
            "Accept them with --accept-unconfirmed, or ask again: settle watch {id}");

    /** How a run ends for this reason, which decides its state and its exit status. */
    public enum Ending {
        COMPLETED,
        FAILED,
        CANCELLED,
        INTERRUPTED,
        STORAGE,
        UNREACHABLE,
        UNCONFIRMED;

        public RunPhase phase() {
            return switch (this) {
                case COMPLETED -> RunPhase.COMPLETED;
                case FAILED -> RunPhase.FAILED;
                case CANCELLED -> RunPhase.CANCELLED;
                case INTERRUPTED, STORAGE, UNREACHABLE, UNCONFIRMED -> RunPhase.INTERRUPTED;
            };
        }
    }

    private final Ending ending;
    private final String phrase;
    private final String hint;

    StopReason(Ending ending, String phrase, String hint) {
        this.ending = ending;
        this.phrase = phrase;
        this.hint = hint;
    }

    public Ending ending() {
        return ending;
    }

    /** Whether a run can be stopped for it before its items have ended. */
    public boolean interrupts() {
        return switch (ending) {
            case COMPLETED, UNCONFIRMED -> false;
            case FAILED -> this == MAX_FAILURES;
            case CANCELLED, INTERRUPTED, STORAGE, UNREACHABLE -> true;
        };
    }

    @Override
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The stop in a few words, for the middle of a sentence: {@code out of credits}. */
    public String phrase() {
        return phrase;
    }

    /**
     * The sentence that tells the stop; {@link StopText} is how to come by it.
     *
     * @param failures what failed, such as {@code 3 of 20 items failed (3 with exit code 1)}
     */
    String headline(String failures) {
        return switch (ending) {
            case COMPLETED -> "Run completed.";
            case FAILED -> "Run failed: " + failures + ".";
            case CANCELLED -> "Run cancelled.";
            case INTERRUPTED, STORAGE, UNREACHABLE, UNCONFIRMED -> "Run interrupted: " + phrase + ".";
        };
    }

    /** What to do next, with the run's id and the link filled in; empty when nothing is to be done. */
    public String hint(String id, Optional<String> link) {
        return hint.replace("{id}", id)
                .replace("{link}", link.map(l -> " at " + l).orElse(""));
    }

    /**
     * The same for jobs that settle did not submit: they are left as they are, and nothing can be resumed.
     *
     * @param jobs as {@code watch --job} takes them
     */
    public String hintOfWatched(String id, String jobs, Optional<String> link) {
        if (this == OUT_OF_CREDITS) {
            return "Top up" + link.map(l -> " at " + l).orElse("") + ", then watch again: settle watch --job " + jobs;
        }
        return switch (ending) {
            case COMPLETED, FAILED, CANCELLED -> "";
            case INTERRUPTED, STORAGE, UNREACHABLE -> "Watch them again: settle watch --job " + jobs;
            case UNCONFIRMED -> hint(id, link);
        };
    }

    public static Optional<StopReason> ofWord(String word) {
        return WireName.find(values(), word);
    }
}
