package dev.settle.core.kernel.submission;

import dev.settle.core.kernel.state.Credits;
import dev.settle.core.kernel.state.KernelContext;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.kernel.state.Verdicts;
import dev.settle.core.model.ItemReason;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What becomes of submissions that were refused, and what refusals have taught: how many may be sent next, and when. */
final class SubmitBackoff {
    private static final Duration BACKOFF_MIN = Duration.ofSeconds(2);
    private static final Duration BACKOFF_MAX = Duration.ofMinutes(2);
    private static final Duration CREDIT_BACKOFF_MIN = Duration.ofSeconds(15);
    private static final int EMPTY_SCRIPT_TRIES = 3;

    private final KernelContext context;
    private final Credits credits;
    private int refusalsInARow;
    /** Since when the disk has refused what submissions need, and what it said last. */
    private Optional<Instant> storageRefusal = Optional.empty();

    private String storageText = "";
    /** Most tasks of one submission; a limit on submitted jobs that refuses an array may let half of it pass. */
    private int batchMax;

    /** As many of our jobs as were there when the scheduler took not even one more; what ends makes room. */
    private int liveMax = Integer.MAX_VALUE;

    private Instant notBefore = Instant.MIN;

    SubmitBackoff(KernelContext context, Credits credits) {
        this.context = context;
        this.credits = credits;
        this.batchMax = context.policy().arrayMax();
    }

    /** Most tasks of the next submission. */
    int batchMax() {
        return batchMax;
    }

    /** Whether nothing that was refused holds back what may be sent ahead. */
    boolean areForgotten() {
        return liveMax == Integer.MAX_VALUE
                && storageRefusal.isEmpty()
                && !context.now().isBefore(notBefore);
    }

    /** When the pause after the last refusal ends, if it goes on. */
    Optional<Instant> pauseEnd() {
        return Optional.of(notBefore).filter(context.now()::isBefore);
    }

    /** A submission of so many items was taken. */
    void accepted(int items) {
        refusalsInARow = 0;
        storageRefusal = Optional.empty();
        batchMax = Math.min(context.policy().arrayMax(), batchMax * 2);
        if (context.state().counts().live() + items > liveMax) {
            liveMax = Integer.MAX_VALUE;
        }
        answeredAgain();
        credits.accepted();
    }

    /** After a refusal: nothing until its pause is over, but where a limit on jobs was met, what has ended since. */
    int room(int taken, int inFlight) {
        if (liveMax == Integer.MAX_VALUE) {
            return context.now().isBefore(notBefore) ? 0 : Integer.MAX_VALUE;
        }
        // Others share the limit: once the pause is over one more is tried.
        return Math.max(liveMax - taken, context.now().isBefore(notBefore) || inFlight > 0 ? 0 : 1);
    }

    /** What a refusal does to its items; those that are pending afterwards may be sent again. */
    void refused(List<Item> items, SubmitAnswer.Refused answer) {
        switch (answer.refusal()) {
            case CREDITS -> {
                liveMax = Integer.MAX_VALUE;
                giveBack(items, answer.text());
                outOfCredits(answer.text());
            }
            case TEMPORARY -> {
                batchMax = Math.max(1, Math.min(batchMax, items.size()) / 2);
                answeredAgain();
                if (items.size() > 1) {
                    // Whether a smaller one passes shows at once.
                    giveBack(items, answer.text());
                } else {
                    liveMax = context.state().counts().live();
                    pause(items, answer.text());
                }
            }
            case NO_PROCESS -> pause(items, answer.text());
            case GIVEN_BACK -> giveBack(items, answer.text());
            case UNREACHABLE -> {
                liveMax = Integer.MAX_VALUE;
                silent(answer.text());
                pause(items, answer.text());
            }
            case STORAGE -> {
                storageRefusal = storageRefusal.or(() -> Optional.of(context.now()));
                storageText = answer.text();
                pause(items, answer.text());
            }
            case NO_SCHEDULER -> noScheduler(items, answer.text());
            case EMPTY_SCRIPT -> {
                if (items.get(0).refusals() < EMPTY_SCRIPT_TRIES) {
                    pause(items, answer.text());
                } else {
                    fail(items, ItemReason.SUBMISSION_REFUSED, answer.text());
                }
            }
            case CAN_NEVER_START -> fail(items, ItemReason.CAN_NEVER_START, answer.text());
            case FOR_GOOD -> fail(items, ItemReason.SUBMISSION_REFUSED, answer.text());
            case LAUNCH_FAILURE -> fail(items, ItemReason.LAUNCH_FAILURE, answer.text());
        }
    }

    /** Where a submission was ever taken this is an outage; else nothing will ever be submitted from here. */
    private void noScheduler(List<Item> items, String text) {
        boolean wasThere = context.state().items().stream()
                .anyMatch(item -> item.attempt().jobId().isPresent());
        if (wasThere) {
            silent(text);
            pause(items, text);
            return;
        }
        giveBack(items, text);
        context.stop(new Stop(
                StopReason.SUBMISSION_REFUSED,
                Optional.of("nothing can be submitted from here: " + text),
                Optional.empty(),
                context.clock().stamp(),
                List.of(new Stop.Evidence("sbatch", context.clock().stamp(), text))));
    }

    /** They are as they were before the submission. */
    private void giveBack(List<Item> items, String text) {
        items.forEach(item -> context.emit(new ItemEvent.Refused(item.id(), text)));
    }

    private void fail(List<Item> items, ItemReason reason, String text) {
        items.forEach(item -> Verdicts.failUnstarted(context, item, reason, text));
    }

    /** They are tried again after a pause that grows with each refusal in a row. */
    private void pause(List<Item> items, String text) {
        giveBack(items, text);
        notBefore = context.now()
                .plus(Policy.min(BACKOFF_MIN.multipliedBy(1L << Math.min(refusalsInARow, 6)), BACKOFF_MAX));
        refusalsInARow++;
    }

    private void outOfCredits(String text) {
        credits.refused(new Stop(
                StopReason.OUT_OF_CREDITS,
                Optional.of("sbatch refused the submission: " + text),
                context.state().plan().credits().topupUrl(),
                context.clock().stamp(),
                List.of(new Stop.Evidence("sbatch", context.clock().stamp(), text))));
        // Waiting for credit: a submission that is refused again is the only way to ask.
        Duration pause = CREDIT_BACKOFF_MIN.multipliedBy(1L << Math.min(refusalsInARow, 6));
        notBefore = context.now().plus(Policy.min(pause, BACKOFF_MAX));
        refusalsInARow++;
    }

    /** With no job in the queue nobody asks the controller: that sbatch cannot reach it is all there is to hear. */
    void silent(String text) {
        if (!context.state().silent().containsKey(Source.SQUEUE)) {
            context.emit(new RunEvent.Silent(Source.SQUEUE, text));
        }
    }

    /** The controller has been heard. */
    void answeredAgain() {
        if (context.state().silent().containsKey(Source.SQUEUE)) {
            context.emit(new RunEvent.Answered(Source.SQUEUE));
        }
    }

    /** The end of the run once the disk has refused for so long that nothing will be submitted any more. */
    Optional<Stop> storageFailed() {
        return storageRefusal
                .filter(since -> !context.now().isBefore(since.plus(Policy.STORAGE_PATIENCE)))
                .map(since -> Stop.of(
                        StopReason.STORAGE_FAILED,
                        "nothing more could be submitted: " + storageText,
                        context.clock().stamp()));
    }

    /** The time, or sooner when the disk has refused for long enough sooner. */
    Instant wakeAt(Instant latest) {
        return storageRefusal
                .map(since -> since.plus(Policy.STORAGE_PATIENCE))
                .filter(at -> at.isBefore(latest))
                .orElse(latest);
    }
}
