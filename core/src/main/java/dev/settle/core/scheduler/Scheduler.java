package dev.settle.core.scheduler;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A scheduler as we need it. Calls block, each within a bound of the adapter's; trouble is an answer, not an
 * exception. One thread may submit or cancel while another asks.
 */
public interface Scheduler extends AutoCloseable {

    /** Sends one submission, once. */
    SubmitAnswer submit(SubmitRequest request);

    /**
     * Sends one submission, once, and tells what became of it as soon as that is known: for a job that waits for a free
     * place when it starts.
     *
     * @param answer is called once, on any thread
     */
    default void submit(SubmitRequest request, Consumer<SubmitAnswer> answer) {
        answer.accept(submit(request));
    }

    /** How many submissions may be sent at once; with one they arrive in the order of the items. */
    default int submitsAtOnce() {
        return 2;
    }

    /**
     * Takes back those of the submissions that wait for a free place; they are answered {@code GIVEN_BACK}. All others
     * are answered as if nobody had asked.
     */
    default void recall(Set<SubmitToken> tokens) {}

    /**
     * Looks for a submission whose fate is unclear.
     *
     * @param request what was sent, or may have been
     * @param since nothing was sent before
     */
    LookupAnswer find(SubmitRequest request, Instant since);

    /** Asks one role about jobs; a routine query may be held back first ({@link Listener#heldBack}). */
    QueryAnswer query(Source.Role role, Set<JobId> jobs, Urgency urgency);

    /** The same for an answer that somebody waits for. */
    default QueryAnswer query(Source.Role role, Set<JobId> jobs) {
        return query(role, jobs, Urgency.AWAITED);
    }

    /**
     * What the controller has just said to somebody else of the jobs that it was asked about last; asks nobody, and says
     * the same thing once.
     */
    default Optional<QueryAnswer> overheard() {
        return Optional.empty();
    }

    /**
     * Takes notice of the number by which the scheduler's books may know a task of an array before they know that it is
     * one. A help: nothing depends on it.
     */
    default void learn(JobId task, JobId number) {}

    /** Is told what a scheduler notices by itself, on any thread; must not block. */
    interface Listener {
        /** A job's exit record is on disk. */
        void ended(JobId job, Path record);

        /** The controller's word about jobs that nobody asked about. */
        void seen(QueryAnswer answer);

        /**
         * A query of this run waits for the budget of commands.
         *
         * @param until when it is sent at the latest
         * @param why in words, without the time
         */
        default void heldBack(Source source, Instant until, String why) {}
    }

    /**
     * Has somebody told what the scheduler notices by itself.
     *
     * @return whether the end of each job that is submitted from now on is told
     */
    default boolean listen(Listener listener) {
        return false;
    }

    /** Asks whether the allocation behind a job is used up; backends without credits answer that it is not. */
    default LimitUsageAnswer spend(ChargedAllocation charge) {
        return LimitUsageAnswer.BelowLimit.NONE;
    }

    /** Where a job that somebody else submitted writes; empty where nobody knows, or knows any more. */
    default Optional<JobOutput> output(JobId job) {
        return Optional.empty();
    }

    /**
     * Asks for those of the jobs that still wait to be taken out of the queue; what runs is left alone. A backend
     * whose jobs never wait has nothing to do.
     */
    CancelAnswer withdraw(Set<JobId> jobs);

    /** Asks for jobs to be ended. */
    CancelAnswer cancel(Set<JobId> jobs);

    /** Lets go of what it holds in this process; jobs go on. */
    @Override
    default void close() {}
}
