package dev.settle.core.scheduler;

import dev.settle.core.model.Resources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One submission: a job, or an array of alike tasks.
 *
 * @param token journalled before this request is performed
 * @param name the job's own, as the user or the item has it
 * @param fileName of the script that the user has in a file, which the batch script gets; absent where there is none
 * @param tasks one for a plain job, more for an array
 * @param indices the tasks' own in the array that the user asked for, in the order of the tasks; empty where settle makes an
 *     array, from 0, or a job
 * @param throttle at most so many tasks at once, for arrays; for a single job on this machine at most so many jobs of the
 *     scheduler, and it waits for its turn; 0 for no limit
 */
public record SubmitRequest(
        SubmitToken token,
        String name,
        Optional<String> fileName,
        Resources resources,
        List<Task> tasks,
        List<Integer> indices,
        int throttle) {
    /** A submission whose script has no file of the user's. */
    public SubmitRequest(SubmitToken token, String name, Resources resources, List<Task> tasks, int throttle) {
        this(token, name, Optional.empty(), resources, tasks, List.of(), throttle);
    }

    public SubmitRequest {
        tasks = List.copyOf(tasks);
        indices = List.copyOf(indices);
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("a submission without tasks: " + token);
        }
        if (!indices.isEmpty() && indices.size() != tasks.size()) {
            throw new IllegalArgumentException("tasks without an index: " + token);
        }
    }

    /** Whether the scheduler makes an array of it: an array of one task is one. */
    public boolean isArray() {
        return tasks.size() > 1 || !indices.isEmpty();
    }

    /** The index of a task in its array. */
    public int index(int task) {
        return indices.isEmpty() ? task : indices.get(task);
    }

    /**
     * One item's attempt.
     *
     * @param script the text that runs
     * @param setup shell text that runs first
     * @param workingDir absolute
     * @param env the item's environment, SETTLE_ variables included
     * @param stdout absolute
     * @param stderr absolute
     * @param record where the wrapper writes the exit record, absolute
     * @param timeout our own limit
     * @param grace from TERM to KILL when it is ended; absent means the wrapper's own
     * @param arguments what a script that begins with {@code #!} is started with
     */
    public record Task(
            String itemId,
            int attempt,
            String script,
            Optional<String> setup,
            Path workingDir,
            Map<String, String> env,
            Path stdout,
            Path stderr,
            Path record,
            Optional<Duration> timeout,
            Optional<Duration> grace,
            List<String> arguments) {
        public Task {
            env = Map.copyOf(env);
            arguments = List.copyOf(arguments);
        }

        /** A task without arguments. */
        public Task(
                String itemId,
                int attempt,
                String script,
                Optional<String> setup,
                Path workingDir,
                Map<String, String> env,
                Path stdout,
                Path stderr,
                Path record,
                Optional<Duration> timeout,
                Optional<Duration> grace) {
            this(itemId, attempt, script, setup, workingDir, env, stdout, stderr, record, timeout, grace, List.of());
        }

        /** A task that is ended with the wrapper's own grace. */
        public Task(
                String itemId,
                int attempt,
                String script,
                Optional<String> setup,
                Path workingDir,
                Map<String, String> env,
                Path stdout,
                Path stderr,
                Path record,
                Optional<Duration> timeout) {
            this(itemId, attempt, script, setup, workingDir, env, stdout, stderr, record, timeout, Optional.empty());
        }
    }
}
