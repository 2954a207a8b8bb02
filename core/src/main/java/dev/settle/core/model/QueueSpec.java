package dev.settle.core.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
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
 * @param command what evaluates a candidate; absent means what the service's run says, as for metric, maximize and steps
 * @param timeout limit of one evaluation
 * @param metric name of the metric in the command's output
 * @param maximize whether a larger metric is better
 * @param autoResume whether a run of the service that has ended is flipped back to running when attaching to it
 * @param step every step's item but for its id and its directory, the run file's defaults included
 * @param asked what the command line asked for beyond the run file
 */
public record QueueSpec(
        String url,
        Optional<String> run,
        Optional<String> tokenEnv,
        OptionalInt steps,
        Optional<String> workingDir,
        List<String> files,
        Optional<String> command,
        Optional<Duration> timeout,
        Optional<String> metric,
        Optional<Boolean> maximize,
        Optional<String> topupUrl,
        Duration poll,
        boolean autoResume,
        PlanItem step,
        Asked asked) {

    /** Stands in the step's script where the service's command goes. */
    public static final String COMMAND_OF_SERVICE = ": the command of the step queue";

    public QueueSpec {
        files = List.copyOf(files);
    }

    /** The same queue, with what the service's run says where the run file says nothing. */
    public QueueSpec with(QueueObjective objective) {
        Optional<String> evaluates = command.or(objective::command);
        PlanItem whole = command.isPresent() || evaluates.isEmpty()
                ? step
                : step.withScript(step.script().replace(COMMAND_OF_SERVICE, evaluates.get()));
        return new QueueSpec(
                url,
                run,
                tokenEnv,
                steps.isPresent() ? steps : objective.steps(),
                workingDir,
                files,
                evaluates,
                timeout,
                metric.or(objective::metric),
                maximize.or(objective::maximize),
                topupUrl,
                poll,
                autoResume,
                whole,
                asked);
    }

    /** Whether a larger metric is better; so it is where nobody says otherwise. */
    public boolean maximizes() {
        return maximize.orElse(true);
    }

    /**
     * What the command line asked for beyond the run file.
     *
     * @param saveLogs the directory of {@code --save-logs}, absolute
     * @param applyBest whether the best step's files go into the working directory after a run that completed
     * @param requireCredits the run does not begin while the service clearly has less
     */
    public record Asked(Optional<String> saveLogs, boolean applyBest, OptionalDouble requireCredits) {
        public static final Asked NOTHING = new Asked(Optional.empty(), false, OptionalDouble.empty());
    }

    /** The same queue with what the command line asked for. */
    public QueueSpec withAsked(Asked other) {
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
