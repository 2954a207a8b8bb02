package dev.settle.slurm.tools;

import java.time.Duration;
import java.util.List;

/** Runs one external command within a time and an output limit. */
public interface ToolRunner {
    /** A shell's and {@code timeout}'s exit code for a program that is not there. */
    int EXIT_NO_SUCH_PROGRAM = 127;

    /**
     * What became of a command.
     *
     * @param exitCode meaningless unless the kind is {@code EXITED}; {@link #EXIT_NO_SUCH_PROGRAM} beside {@code
     *     NOT_STARTED} where the program is not there
     * @param stdout what it wrote, cut at the runner's limit
     * @param stderr the same
     */
    record Result(Kind kind, int exitCode, String stdout, String stderr) {
        /** Whether the command ended by itself with exit code 0. */
        public boolean isGood() {
            return kind == Kind.EXITED && exitCode == 0;
        }

        /** What it said last, for people. */
        public String lastWords(String tool) {
            return switch (kind) {
                case NOT_STARTED -> tool + " could not be started: " + stderr;
                case TIMED_OUT -> tool + " did not answer in time and was ended";
                case CUT -> tool + " wrote more than settle reads";
                case HELD_OPEN -> tool + " ended, but something that it started keeps its output open";
                case SHORTAGE -> tool + " was given up for want of room for another thread: " + stderr;
                case EXITED -> {
                    String words = stderr.isBlank() ? stdout.strip() : stderr.strip();
                    String last = words.substring(words.lastIndexOf('\n') + 1);
                    yield last.isEmpty() ? tool + " exited with " + exitCode + " and said nothing" : last;
                }
            };
        }
    }

    /** How a command came to its end. */
    enum Kind {
        EXITED,
        TIMED_OUT,
        /** It was ended because it wrote more than the runner keeps. */
        CUT,
        /** It ended, but a process of its own still holds its stdout: more of the answer may come. */
        HELD_OPEN,
        /** There was no room for a thread that reads its answer; it may have been started, and was ended. */
        SHORTAGE,
        NOT_STARTED
    }

    /** Runs a command and waits for its end or its limit, whichever comes first. */
    Result run(List<String> argv, Duration limit);
}
