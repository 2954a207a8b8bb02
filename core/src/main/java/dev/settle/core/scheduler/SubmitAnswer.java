package dev.settle.core.scheduler;

import java.util.List;
import java.util.Optional;

/** What became of a submission. */
public sealed interface SubmitAnswer {
    Kind kind();

    /** Which of the three it is. */
    enum Kind {
        ACCEPTED,
        REFUSED,
        UNCLEAR
    }

    /**
     * The scheduler has the job.
     *
     * @param jobs one id for each task of the request, in its order
     */
    record Accepted(List<JobId> jobs, String text) implements SubmitAnswer {
        public Accepted {
            jobs = List.copyOf(jobs);
        }

        @Override
        public Kind kind() {
            return Kind.ACCEPTED;
        }
    }

    /** The scheduler said no, and nothing was submitted. */
    record Refused(Refusal refusal, String text) implements SubmitAnswer {
        @Override
        public Kind kind() {
            return Kind.REFUSED;
        }
    }

    /**
     * Accepted or not is not known: the token must be looked up before anything is sent again.
     *
     * @param text what was said, for people
     * @param ifNotFound what it means once no source knows the job; empty when it says nothing about that
     */
    record Unclear(String text, Ending ending, Optional<Refusal> ifNotFound) implements SubmitAnswer {
        /** The command was ended, or said nothing. */
        public static Unclear silent(String text) {
            return new Unclear(text, Ending.SILENT, Optional.empty());
        }

        @Override
        public Kind kind() {
            return Kind.UNCLEAR;
        }
    }

    /** How the command of an unclear submission ended, and so how long its job may still be on its way. */
    enum Ending {
        /** By itself, with words: what it had sent was answered, or it never sent anything. */
        REPORTED,
        /** It lost its connection, or waited in vain for an answer: the scheduler may have the request still to read. */
        CUT_OFF,
        /** It was ended, or said nothing. */
        SILENT
    }

    /** What a refusal means. */
    enum Refusal {
        /** An accounting or QOS limit on minutes: the allocation is spent. */
        CREDITS,
        /** It waited for a free place, and was taken back before it started; it can be sent again at once. */
        GIVEN_BACK,
        /** Passes by itself (a limit on submitted jobs): wait, try again. */
        TEMPORARY,
        /** The controller could not be reached and surely has no job: wait, try again, and count the silence. */
        UNREACHABLE,
        /** This machine has no room for another process or thread, so nothing was sent: wait, try again. */
        NO_PROCESS,
        /** There is no scheduler to ask from here: its tools or their configuration are missing. */
        NO_SCHEDULER,
        /** {@code Batch script is empty!}: a slow file system; tried again three times. */
        EMPTY_SCRIPT,
        /** A file of settle's own could not be written, and so nothing was sent: tried again, for a bounded time. */
        STORAGE,
        /** A limit that this request can never satisfy. */
        CAN_NEVER_START,
        /** The request itself is wrong. */
        FOR_GOOD,
        /** The item could not be started here at all: its working directory is missing, say. */
        LAUNCH_FAILURE
    }
}
