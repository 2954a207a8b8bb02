package dev.settle.core.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One item as it will be run: matrix expanded, wildcards resolved, defaults merged.
 *
 * @param id unique in its run
 * @param name what people call it; the id when the file gives none
 * @param script the text that runs: shell text, or a whole script when it begins with {@code #!}
 * @param deps the items that must complete first, in the order of the file
 * @param workingDir absolute, or relative to where the run was created; absent means there
 * @param env set in the item's environment, in this order
 * @param setup shell text that runs first in the same shell
 * @param timeout our own limit on the running time; the whole process tree is ended
 * @param generatesSource file with further items, relative to the working directory
 * @param output where stdout goes instead of the run's folder
 * @param error where stderr goes instead of the run's folder
 * @param jobId the job that somebody else submitted, for watched jobs
 * @param arguments what a script that begins with {@code #!} is started with
 * @param sbatch what the sbatch script that the item comes from says of its job
 */
public record PlanItem(
        ItemId id,
        String name,
        String script,
        List<ItemId> deps,
        Optional<String> workingDir,
        Map<String, String> env,
        Optional<String> setup,
        Resources resources,
        Optional<Duration> timeout,
        Retries retries,
        Optional<String> generatesSource,
        Optional<String> output,
        Optional<String> error,
        Expect expect,
        Optional<String> jobId,
        List<String> arguments,
        Optional<SbatchJob> sbatch) {

    public PlanItem {
        deps = List.copyOf(deps);
        env = Variables.copyOf(env);
        arguments = List.copyOf(arguments);
    }

    /** An item whose script takes no arguments. */
    public PlanItem(
            ItemId id,
            String name,
            String script,
            List<ItemId> deps,
            Optional<String> workingDir,
            Map<String, String> env,
            Optional<String> setup,
            Resources resources,
            Optional<Duration> timeout,
            Retries retries,
            Optional<String> generatesSource,
            Optional<String> output,
            Optional<String> error,
            Expect expect,
            Optional<String> jobId) {
        this(
                id,
                name,
                script,
                deps,
                workingDir,
                env,
                setup,
                resources,
                timeout,
                retries,
                generatesSource,
                output,
                error,
                expect,
                jobId,
                List.of(),
                Optional.empty());
    }

    /** The same item with other arguments. */
    public PlanItem withArguments(List<String> others) {
        return new PlanItem(
                id,
                name,
                script,
                deps,
                workingDir,
                env,
                setup,
                resources,
                timeout,
                retries,
                generatesSource,
                output,
                error,
                expect,
                jobId,
                others,
                sbatch);
    }

    /** The same item that runs another text. */
    PlanItem withScript(String other) {
        return new PlanItem(
                id,
                name,
                other,
                deps,
                workingDir,
                env,
                setup,
                resources,
                timeout,
                retries,
                generatesSource,
                output,
                error,
                expect,
                jobId,
                arguments,
                sbatch);
    }

    /** The same item that asks for something else. */
    public PlanItem withResources(Resources others) {
        return new PlanItem(
                id,
                name,
                script,
                deps,
                workingDir,
                env,
                setup,
                others,
                timeout,
                retries,
                generatesSource,
                output,
                error,
                expect,
                jobId,
                arguments,
                sbatch);
    }

    /** The same item with other dependencies. */
    public PlanItem withDeps(List<ItemId> others) {
        return new PlanItem(
                id,
                name,
                script,
                others,
                workingDir,
                env,
                setup,
                resources,
                timeout,
                retries,
                generatesSource,
                output,
                error,
                expect,
                jobId,
                arguments,
                sbatch);
    }

    /**
     * An item for a job that somebody else submitted: settle watches it and runs nothing.
     *
     * @param job the scheduler's id of it, {@code ID} or {@code ID;CLUSTER}; the item's id is {@code ID} or {@code
     *     ID@CLUSTER}
     */
    public static PlanItem watched(String job) {
        return watched(job, job.replace(';', '@'));
    }

    /** @param name of the job in Slurm */
    public static PlanItem watched(String job, String name) {
        PlanItem bare = command(new ItemId(job.replace(';', '@')), "");
        return new PlanItem(
                bare.id,
                name,
                bare.script,
                bare.deps,
                bare.workingDir,
                bare.env,
                bare.setup,
                bare.resources,
                bare.timeout,
                bare.retries,
                bare.generatesSource,
                bare.output,
                bare.error,
                bare.expect,
                Optional.of(job));
    }

    /** An item that only runs a command. */
    public static PlanItem command(ItemId id, String script) {
        return new PlanItem(
                id,
                id.value(),
                script,
                List.of(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                Resources.NONE,
                Optional.empty(),
                Retries.NONE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Expect.ZERO,
                Optional.empty());
    }
}
