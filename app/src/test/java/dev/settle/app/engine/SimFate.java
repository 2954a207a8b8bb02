package dev.settle.app.engine;

import dev.settle.core.model.ItemReason;
import dev.settle.core.run.ItemState;

/** How a run of a job truly ends, and what each source says of it then (slurm.md, 18). */
public enum SimFate {
    OK("COMPLETED", "None", "0:0", "COMPLETED", "0:0", Record.CODE, ItemState.COMPLETED, ItemReason.OK),
    EXIT_3("FAILED", "NonZeroExitCode", "3:0", "FAILED", "3:0", Record.CODE, ItemState.FAILED, ItemReason.EXIT_CODE),
    SEGV("FAILED", "JobLaunchFailure", "0:11", "CANCELLED", "0:11", Record.SIGNAL, ItemState.FAILED, ItemReason.SIGNAL),
    TIMEOUT(
            "TIMEOUT",
            "TimeLimit",
            "0:0",
            "CANCELLED",
            "0:15",
            Record.TERMINATED,
            ItemState.FAILED,
            ItemReason.TIME_LIMIT),
    /** The script traps TERM and exits with 0. */
    TIMEOUT_TRAPPED(
            "TIMEOUT", "TimeLimit", "0:0", "COMPLETED", "0:0", Record.TRAPPED, ItemState.FAILED, ItemReason.TIME_LIMIT),
    /** Slurm ends it because the allocation is spent, and says so in its output alone. */
    CREDITS_SPENT(
            "TIMEOUT",
            "TimeLimit",
            "0:0",
            "CANCELLED",
            "0:15",
            Record.TERMINATED,
            ItemState.FAILED,
            ItemReason.OUT_OF_CREDITS),
    OUT_OF_MEMORY(
            "OUT_OF_MEMORY",
            "OutOfMemory",
            "0:125",
            "OUT_OF_MEMORY",
            "0:125",
            Record.NONE,
            ItemState.FAILED,
            ItemReason.OUT_OF_MEMORY),
    NODE_FAIL("NODE_FAIL", "NodeDown", "0:0", "CANCELLED", "", Record.NONE, ItemState.FAILED, ItemReason.NODE_FAILURE),
    PREEMPTED(
            "PREEMPTED", "None", "0:0", "CANCELLED", "0:15", Record.TERMINATED, ItemState.FAILED, ItemReason.PREEMPTED),
    DEADLINE(
            "DEADLINE",
            "DeadLine",
            "1:0",
            "CANCELLED",
            "0:15",
            Record.TERMINATED,
            ItemState.FAILED,
            ItemReason.DEADLINE),
    BOOT_FAIL("BOOT_FAIL", "None", "0:0", "", "", Record.NONE, ItemState.FAILED, ItemReason.BOOT_FAILURE),
    NO_OUTPUT_FOLDER(
            "FAILED", "JobLaunchFailure", "0:53", "", "", Record.NONE, ItemState.FAILED, ItemReason.LAUNCH_FAILURE),
    /** A word of a later Slurm. */
    ODD_WORD("IMPLODED", "None", "0:0", "COMPLETED", "0:0", Record.NONE, ItemState.FAILED, ItemReason.UNKNOWN_STATE),
    CANCELLED(
            "CANCELLED",
            "None",
            "0:0",
            "CANCELLED",
            "0:15",
            Record.TERMINATED,
            ItemState.CANCELLED,
            ItemReason.CANCELLED_BY_OTHER),
    /** It starts again: the rows of this run are history. */
    NODE_FAIL_REQUEUED(
            "NODE_FAIL", "NodeDown", "0:0", "CANCELLED", "", Record.NONE, ItemState.FAILED, ItemReason.NODE_FAILURE),
    PREEMPTED_REQUEUED(
            "PREEMPTED", "None", "0:0", "CANCELLED", "0:15", Record.TERMINATED, ItemState.FAILED, ItemReason.PREEMPTED),
    REQUEUED("REQUEUED", "None", "0:0", "CANCELLED", "0:15", Record.TERMINATED, ItemState.FAILED, ItemReason.LOST);

    /** What the wrapper can still write down. */
    enum Record {
        CODE,
        SIGNAL,
        TERMINATED,
        TRAPPED,
        NONE
    }

    final String word;
    final String reason;
    final String codes;
    final String batchWord;
    final String batchCodes;
    final Record record;
    final ItemState state;
    final ItemReason verdict;

    SimFate(
            String word,
            String reason,
            String codes,
            String batchWord,
            String batchCodes,
            Record record,
            ItemState state,
            ItemReason verdict) {
        this.word = word;
        this.reason = reason;
        this.codes = codes;
        this.batchWord = batchWord;
        this.batchCodes = batchCodes;
        this.record = record;
        this.state = state;
        this.verdict = verdict;
    }

    boolean isRequeue() {
        return this == NODE_FAIL_REQUEUED || this == PREEMPTED_REQUEUED || this == REQUEUED;
    }
}
