package dev.settle.slurm;

import dev.settle.core.scheduler.CancelAnswer;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.slurm.parse.ArrayIds;
import dev.settle.slurm.tools.ToolRunner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Cancels jobs of one run and nobody else's: since it was seen last, an id may have been given to another job of the
 * same user (slurm.md, 1), which scancel would end without a word.
 */
final class Cancellation {
    /** Ranges of one array in one id of scancel: a command of such ids has 300 KB at most. */
    private static final int RANGES_MAX = 50;

    private final ToolRunner tools;
    private final Optional<Path> scripts;
    private final Function<Set<JobId>, QueryAnswer> queue;

    /**
     * A cancellation.
     *
     * @param scripts where the run's batch scripts lie; without one no job is the run's
     * @param queue asks the controller at once
     */
    Cancellation(ToolRunner tools, Optional<Path> scripts, Function<Set<JobId>, QueryAnswer> queue) {
        this.tools = tools;
        this.scripts = scripts;
        this.queue = queue;
    }

    CancelAnswer send(List<String> options, Set<JobId> jobs) {
        QueryAnswer listed = queue.apply(jobs);
        if (listed instanceof QueryAnswer.NoAnswer silent) {
            return new CancelAnswer.NoAnswer(silent.text());
        }
        QueryAnswer.Answered answered = (QueryAnswer.Answered) listed;
        Set<JobId> ours = new LinkedHashSet<>(jobs);
        // Of these the row could not be read: it may be somebody else's job.
        ours.removeAll(answered.unclear());
        Set<JobId> waited = new HashSet<>();
        for (JobObservation row : answered.observations()) {
            if (!isOurs(row)) {
                ours.remove(row.jobId());
            } else if (row.state().phase() == Phase.WAITING) {
                waited.add(row.jobId());
            }
        }
        for (List<String> chunk : SlurmScheduler.chunks(ArrayIds.compressed(ours, RANGES_MAX))) {
            List<String> argv = new ArrayList<>(List.of("scancel"));
            argv.addAll(options);
            argv.addAll(chunk);
            ToolRunner.Result result = tools.run(argv, SlurmScheduler.TOOL_LIMIT);
            if (!result.isGood() && !onlyUnknown(result)) {
                return new CancelAnswer.NoAnswer(result.lastWords("scancel"));
            }
        }
        return answered.unclear().isEmpty()
                ? new CancelAnswer.Sent(waited)
                : new CancelAnswer.NoAnswer("squeue's answer has rows that cannot be read");
    }

    /** With a filter scancel complains of jobs that have ended since (22.05.8, rc 1); without one it does not. */
    private static boolean onlyUnknown(ToolRunner.Result result) {
        return result.kind() == ToolRunner.Kind.EXITED
                && result.exitCode() == 1
                && !result.stderr().isBlank()
                && result.stderr().lines().allMatch(line -> line.isBlank() || line.contains(SlurmScheduler.UNKNOWN_ID));
    }

    /** Its token names one of the run's batch scripts. */
    private boolean isOurs(JobObservation row) {
        return scripts.isPresent()
                && row.token()
                        .filter(token -> BatchScript.isIn(scripts.get(), token))
                        .isPresent();
    }
}
