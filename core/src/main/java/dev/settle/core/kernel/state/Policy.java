package dev.settle.core.kernel.state;

import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.Plan.OnExhausted;
import java.time.Duration;
import java.util.Optional;

/**
 * What the command line, the configuration and the backend decide about driving a run.
 *
 * @param backend on the local one there is no controller but the process table: an exit record decides at once
 * @param interval the regular pause between two questions to the controller
 * @param intervalMax the pause that quiet times grow to
 * @param settleTimeout how long an item may settle before its verdict is given without confirmation
 * @param lostAfter how long a job that no answering source knows is waited for
 * @param giveUpAfter how long the scheduler may be silent before the run is left; absent for ever
 * @param maxConcurrent cap on items that are submitted and have not ended
 * @param arrayMax most tasks of one submission; 1 where the backend has no arrays
 * @param user who runs this, to tell our own cancellations from others'
 * @param uid the same as a number, as accounting writes it
 */
public record Policy(
        BackendName backend,
        Duration interval,
        Duration intervalMax,
        Duration settleTimeout,
        Duration lostAfter,
        Optional<Duration> giveUpAfter,
        int maxConcurrent,
        int arrayMax,
        OnExhausted onExhausted,
        Confirmation confirmation,
        String user,
        String uid) {

    /** Whether an unconfirmed completion is good enough for what depends on it. */
    public enum Confirmation {
        REQUIRED,
        WAIVED
    }

    /** Slurm's requeue after NODE_FAIL and PREEMPTED shows within seconds (slurm.md, 2). */
    static final Duration REQUEUE_WINDOW_MAX = Duration.ofSeconds(10);

    /** How long a failure that the queue named waits for accounting's exit code and names. */
    static final Duration DETAIL_WINDOW_MAX = Duration.ofSeconds(5);

    /**
     * How long accounting may lack the end of a job that the queue calls cancelled before that is told without a word of
     * who did it: longer than one question that hangs.
     */
    private static final Duration WHO_CANCELLED_MAX = Duration.ofSeconds(40);

    /** First question to accounting after a wake: the median lag is 0.6 s (slurm.md, 5). */
    public static final Duration ACCOUNTING_FIRST = Duration.ofMillis(700);

    /** How long an interrupted run of a queue waits for its cancelled step: such a run ends within 2 s. */
    public static final Duration STEP_CANCEL_PATIENCE = Duration.ofMillis(1_400);

    /** Least pause between two questions to accounting: 0.3 s of work for it each. */
    public static final Duration ACCOUNTING_GAP_MIN = Duration.ofMillis(1500);

    public static final Duration ACCOUNTING_GAP_MAX = Duration.ofSeconds(60);

    /** After an outage accounting's answers lacked rows for up to 12.5 s (slurm.md, 9). */
    public static final Duration ACCOUNTING_WARM_UP = Duration.ofSeconds(15);

    /** A job may be unknown to every source for so long after its submission without anybody being asked why. */
    public static final Duration SUBMIT_GRACE = Duration.ofSeconds(5);

    /** No scheduler command takes longer (contract.md, 8), with some room. */
    public static final Duration COMMAND_MAX = Duration.ofSeconds(35);

    /**
     * How long the job of a submission is looked for whose command failed with words that are no known refusal: with the
     * growing pauses between the lookups that is four answers, the last one 7 s after the first. The controller lists a
     * job from the moment in which it takes it.
     */
    public static final Duration REPORTED_SEARCH = Duration.ofSeconds(6);

    /** The same where the command lost the scheduler while it waited: a busy one may take the request later. */
    public static final Duration CUT_OFF_SEARCH = COMMAND_MAX;

    /** How long an intent that a dead driver left is looked for before it counts as never sent. */
    public static final Duration ORPHAN_INTENT_BOUND = Duration.ofSeconds(15);

    /** The same on this machine, where a process is there or is not. */
    public static final Duration ORPHAN_INTENT_BOUND_LOCAL = Duration.ofSeconds(1);

    /** How long the disk may refuse what a submission needs before the run ends for it. */
    public static final Duration STORAGE_PATIENCE = Duration.ofSeconds(60);

    /** A cancellation that did not take is sent again after so long, then ever less often. */
    public static final Duration CANCEL_AGAIN = Duration.ofSeconds(15);

    /** Items that wait on this machine for a free place, so that an end need not be known here before the next start. */
    private static final int AHEAD_MIN = 64;

    private static final int AHEAD_MAX = 256;

    /** How many items may be handed over beyond the cap, for the scheduler to start as places become free. */
    public int aheadMax() {
        return backend == BackendName.LOCAL ? Math.max(AHEAD_MIN, Math.min(AHEAD_MAX, maxConcurrent)) : 0;
    }

    public Duration requeueWindow() {
        return min(REQUEUE_WINDOW_MAX, settleTimeout);
    }

    /** The longest time between two answers of the controller in which nothing went wrong. */
    public Duration longestPause() {
        Duration longest = intervalMax.compareTo(interval) > 0 ? intervalMax : interval;
        return longest.multipliedBy(2).plus(COMMAND_MAX);
    }

    public Duration absence() {
        return min(ABSENCE_MIN, settleTimeout);
    }

    public Duration detailWindow() {
        return min(DETAIL_WINDOW_MAX, settleTimeout);
    }

    public Duration whoCancelledWindow() {
        return min(WHO_CANCELLED_MAX, settleTimeout);
    }

    /** The controller's answers may lack rows for some seconds after an outage, as accounting's do. */
    static final Duration ABSENCE_MIN = Duration.ofSeconds(15);

    /** A job that is requeued waits for two minutes; half of them for the clocks of the nodes. */
    public static final Duration REQUEUE_PAUSE_MIN = Duration.ofSeconds(60);

    /** Clocks of nodes may differ a little from the controller's. */
    public static final Duration NODE_CLOCKS_APART_MAX = Duration.ofSeconds(30);

    /** No site lets the controller forget an ended job sooner (slurm.md, 7). */
    public static final Duration MIN_JOB_AGE_MIN = Duration.ofSeconds(10);

    public static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
