package dev.settle.core.plan;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A metered step queue that feeds the run.
 *
 * @param url base URL of the service, ending in {@code /v1}
 * @param run a run of the service to attach to; absent means to start one
 * @param tokenEnv the environment variable that holds the token; the token itself is never stored
 * @param steps how many steps to ask for
 * @param workingDir the directory whose scratch copies the steps run in
 * @param files the files that are sent as the source code, relative to the working directory
 * @param command what evaluates a candidate
 * @param timeout limit of one evaluation
 * @param metric name of the metric in the command's output
 * @param maximize whether a larger metric is better
 * @param autoResume whether a run of the service that has ended is flipped back to running when attaching to it
 * @param step every step's item but for its id and its directory, the run file's defaults included
 * @param keeping what the command line asked to be kept
 */
public record QueueSpec(
        String url,
        Optional<String> run,
        Optional<String> tokenEnv,
        OptionalInt steps,
        Optional<String> workingDir,
        List<String> files,
        String command,
        Optional<Duration> timeout,
        String metric,
        boolean maximize,
        Optional<String> topupUrl,
        Duration poll,
        boolean autoResume,
        PlanItem step,
        Keeping keeping) {

    public QueueSpec {
        files = List.copyOf(files);
    }

    /**
     * What is kept beside the run's own folder.
     *
     * @param saveLogs the directory of {@code --save-logs}, absolute
     * @param applyBest whether the best step's files go into the working directory after a run that completed
     */
    public record Keeping(Optional<String> saveLogs, boolean applyBest) {
        public static final Keeping NOTHING = new Keeping(Optional.empty(), false);
    }

    /** The same queue with what the command line asked to be kept. */
    public QueueSpec withKeeping(Keeping other) {
        return new QueueSpec(
                url,
                run,
                tokenEnv,
                steps,
                workingDir,
                files,
                command,
                timeout,
                metric,
                maximize,
                topupUrl,
                poll,
                autoResume,
                step,
                other);
    }
}
