package dev.settle.core.kernel;

/**
 * Decisions about evidence beside the {@link Rule}s. Each can be switched off, and the tests have to notice: a decision
 * that no test misses is one that nobody needs.
 */
enum Check {
    /** A row is ours only if its name carries our token (contract.md, 4.10). */
    TOKEN_AGREES,
    /** A row of an earlier run of the job, or of an earlier job of that id, says nothing of this run. */
    SUBMIT_TIME_AGREES,
    /** The same job with a later submit time has been started again by the scheduler. */
    LATER_SUBMIT_IS_REQUEUE,
    /** A job that was started again before it was seen has a row in accounting of each run. */
    EACH_RUN_HAS_A_ROW,
    /** An incomplete row may be of another job until its submit time is known to agree. */
    PARTIAL_ROW_IS_NO_WITNESS,
    /** A job that is seen alive after its end was said goes back to what it is. */
    LIFE_OVERRULES_END,
    /** What was asked before an end was said cannot overrule it. */
    OLDER_QUESTION_OVERRULES_NOTHING,
    /** NODE_FAIL and PREEMPTED stand only when no requeue shows in time. */
    REQUEUE_WINDOW,
    /** FAILED of the queue waits a little for the exit code, CANCELLED for who it was. */
    DETAIL_WINDOW,
    /** An exit code that accounting may have cut is asked of the controller, where no record tells it. */
    WHOLE_CODE,
    /** Of two sources that disagree the worse one holds. */
    WORSE_OF_TWO,
    /** COMPLETED is success only with the exit code 0. */
    SUCCESS_NEEDS_EXIT_CODE,
    /** A run that began after its record's end is another run. */
    RECORD_OF_SAME_RUN,
    /** What the controller said of an earlier run says nothing of the one that accounting has. */
    CONTROLLER_OF_SAME_RUN,
    /** A record says nothing of a run that was started after it was written. */
    RECORD_OF_THIS_RESTART,
    /** What the job's own start record says is known: no verdict contradicts it. */
    START_RECORD_HOLDS,
    /** Records are looked for once more before a verdict that nobody confirms. */
    RECORDS_ONCE_MORE,
    /** A record that comes after an unconfirmed verdict corrects what it contradicts. */
    LATE_RECORD_CORRECTS,
    /** A failure that is confirmed late is tried again as one that was confirmed at once. */
    LATE_FAILURE_IS_RETRIED,
    /** The output is read again before an early TIMEOUT is a time limit: Slurm's line may come late. */
    OUTPUT_ONCE_MORE,
    /** A good record of a job that was asked to end while it ran is not enough alone. */
    TERMINATED_RECORD_IS_NO_WITNESS,
    /** That the controller's answers lack a job has to stand for a while before it counts. */
    ABSENCE_STANDS,
    /** That a job which settle cancelled is gone without a trace confirms nothing, unless it waited right before. */
    WAITED_WHEN_CANCELLED,
    /** A job that was taken back unseen, where it may have run unseen, is not told as one that never started. */
    TAKEN_BACK_WAITED,
    /** COMPLETING, RUNNING and PENDING of the controller stop the settle clock. */
    LIFE_STOPS_THE_CLOCK,
    /** A row of accounting that tells of a start after the job was missed in the queue is no stale one. */
    LATER_START_IS_LIFE,
    /** The settle clock ends only with a question that was asked after it ran out. */
    LAST_WORD,
    /** The first answers of accounting after an outage may lack rows (slurm.md, 9). */
    ACCOUNTING_WARMS_UP,
    /** Deadlines count the time that passed, not what the machine's clock was set by. */
    STEADY_DEADLINES,
    /** The settle clock counts what this driver lived through, not the time in which nobody drove the run. */
    OWN_TIME_ONLY,
    /** A job is lost only while accounting answers as well that it does not know it. */
    LOST_NEEDS_BOTH,
    /** A job that has just been submitted may be unknown for a while. */
    SUBMIT_GRACE,
    /** Another attempt is made only of what cannot start again by itself. */
    RETRY_ONLY_WHAT_IS_OVER,
    /** A reason to wait is believed in the second answer. */
    WAIT_REASON_TWICE,
    /** An early TIMEOUT is out of credits only with Slurm's line or a spend at its limit. */
    CREDITS_NEED_A_WITNESS,
    /** A submission of unknown fate is looked up, not sent again. */
    LOOK_UP_BEFORE_SENDING,
    /** The search for a submission counts only the time in which it was answered. */
    SEARCH_COUNTS_ANSWERS,
    /** Dependents start only after a confirmed completion. */
    CONFIRMED_BEFORE_DEPENDENTS,
    /** Generated items are read before their item counts as completed. */
    GENERATED_BEFORE_COMPLETED
}
