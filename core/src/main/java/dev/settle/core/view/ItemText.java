package dev.settle.core.view;

import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.WaitReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** An item in the words that every screen and log uses for it. */
public final class ItemText {
    public static final String SUSPENDED = "suspended by Slurm";
    public static final String SETTLING = "finished, waiting for confirmation";

    private ItemText() {}

    /**
     * When an attempt's job was submitted, never after it started: the answer to a submission comes some milliseconds
     * after a short local job, and Slurm's times are whole seconds.
     */
    public static Optional<Instant> submittedAt(Attempt attempt) {
        Optional<Instant> started = attempt.startedAt();
        return attempt.submittedAt().map(at -> started.filter(at::isAfter).orElse(at));
    }

    /** The style that its state is shown in. */
    public static Style style(ItemState state) {
        return switch (state) {
            case PENDING, NOT_STARTED -> Style.FAINT;
            case SUBMITTED, QUEUED -> Style.PLAIN;
            case RUNNING -> Style.LIVE;
            case SETTLING, DEP_FAILED -> Style.WARN;
            case COMPLETED -> Style.GOOD;
            case FAILED, CANCELLED -> Style.BAD;
        };
    }

    /** How it ended, with the code or signal; empty while it has not. */
    public static String ending(Item item) {
        Optional<Outcome> outcome = item.attempt().outcome();
        Optional<ItemReason> reason = item.reason();
        if (reason.isEmpty()) {
            return "";
        }
        return outcome.isPresent() && outcome.get().reason() == reason.get()
                ? outcome.get().fullPhrase()
                : reason.get().phrase();
    }

    /** Where an attempt ran and for how long: {@code on n1 after 12s}; empty when neither is known. */
    public static String where(RunView view, Item item, Attempt attempt) {
        Optional<Duration> elapsed = view.elapsed(item, attempt);
        String node = attempt.node().isPresent() ? "on " + attempt.node().get() : "";
        if (elapsed.isEmpty()) {
            return node;
        }
        return node + (node.isEmpty() ? "" : " ") + "after " + Amounts.duration(elapsed.get());
    }

    /**
     * What there is to say of an item beside its state: why it waits, where it runs, how it ended, why it did not
     * start.
     */
    public static String detail(RunView view, Item item) {
        Attempt attempt = item.attempt();
        return switch (item.state()) {
            case RUNNING -> {
                String node =
                        attempt.node().isPresent() ? "on " + attempt.node().get() : "";
                Optional<Duration> elapsed = view.elapsed(item, attempt);
                String time = elapsed.isPresent() ? "for " + Amounts.duration(elapsed.get()) : "";
                String where = node + (node.isEmpty() || time.isEmpty() ? "" : " ") + time;
                yield isSuspended(item) ? and(SUSPENDED, where, Optional.empty()) : where;
            }
            case COMPLETED ->
                item.isUnconfirmed()
                        ? and("unconfirmed", where(view, item, attempt), item.message())
                        : where(view, item, attempt);
            case FAILED, CANCELLED -> ended(item, where(view, item, attempt));
            case PENDING, SUBMITTED, QUEUED, SETTLING, DEP_FAILED, NOT_STARTED -> what(view, item);
        };
    }

    /** As {@link #detail}, without place and time, for tables that have columns for these. */
    public static String what(RunView view, Item item) {
        return switch (item.state()) {
            case PENDING -> pending(view, item);
            case SUBMITTED, QUEUED -> whyInWords(item.waitReason()).orElse("");
            case RUNNING -> isSuspended(item) ? SUSPENDED : "";
            case SETTLING -> item.attempt().leftWhy().orElse("");
            case COMPLETED -> item.isUnconfirmed() ? and("unconfirmed", "", item.message()) : "";
            case FAILED, CANCELLED -> ended(item, "");
            case DEP_FAILED, NOT_STARTED -> item.message().orElse(ending(item));
        };
    }

    /** Who cancelled it stands in the message; that it was cancelled is said once. */
    private static String ended(Item item, String where) {
        String ending = ending(item);
        boolean told = ending.startsWith("cancelled by")
                || (ending.equals("cancelled") && item.message().isPresent());
        return item.message()
                        .filter(message -> told && message.startsWith("cancelled"))
                        .isPresent()
                ? and(item.message().get(), where, Optional.empty())
                : and(ending, where, item.message());
    }

    /** The job holds its nodes and does not run: gang scheduling, PreemptMode=SUSPEND, an administrator. */
    public static boolean isSuspended(Item item) {
        return item.attempt()
                .latest(Source.Role.CONTROLLER)
                .filter(ItemText::saysSuspended)
                .isPresent();
    }

    static boolean saysSuspended(JobObservation said) {
        return said.source().role() == Source.Role.CONTROLLER
                && said.state().raw().equals("SUSPENDED");
    }

    /** The scheduler's word for why a job waits; squeue says {@code None} until it has looked at the job. */
    public static Optional<String> why(Optional<WaitReason> reason) {
        return reason.filter(why -> !why.isNone()).map(WaitReason::raw);
    }

    /** The same with what it means, where the word alone does not tell. */
    static Optional<String> whyInWords(Optional<WaitReason> reason) {
        return reason.filter(why -> !why.isNone()).map(why -> switch (why.kind()) {
            case HELD_BY_USER -> why.raw() + ", held by its owner";
            case HELD_BY_ADMIN -> why.raw() + ", held by an administrator";
            case CREDITS -> why.raw() + ", out of credits";
            case NEVER, DEPENDENCY_NEVER -> why.raw() + ", can never start";
            case PASSES, UNKNOWN -> why.raw();
        });
    }

    private static String pending(RunView view, Item item) {
        if (item.isIntended()) {
            // This machine is handed items before there is room for them; one that has room starts within milliseconds.
            boolean handedOver = view.run().opened().backend().equals(Plan.BackendName.LOCAL.word());
            return handedOver ? "waiting for a free slot" : "being submitted";
        }
        if (item.refusals() > 0) {
            return "refused for now: " + item.message().orElse("");
        }
        return "";
    }

    /** {@code out of memory, exit code 125, on n1 after 2m05s: MESSAGE}. */
    static String and(String ending, String where, Optional<String> message) {
        StringBuilder text = new StringBuilder(ending);
        if (!where.isEmpty()) {
            text.append(text.length() == 0 ? "" : ", ").append(where);
        }
        if (message.isPresent() && !message.get().isBlank()) {
            text.append(text.length() == 0 ? "" : ": ").append(message.get());
        }
        return text.toString();
    }
}
