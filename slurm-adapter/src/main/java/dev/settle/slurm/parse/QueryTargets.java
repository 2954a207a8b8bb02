package dev.settle.slurm.parse;

import dev.settle.core.scheduler.JobId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of one question, and which row of the answer belongs to which of them.
 *
 * <p>A row belongs to the job it names ({@code 29_1}), to the array or heterogeneous job that was asked about by its
 * base id ({@code 29}), or to the job asked about by the raw id that Slurm also knows it by ({@code 32}). Accounting
 * names a task of an array by that number alone until it has the array's record, up to 5 s later (slurm.md, 5).
 */
public final class QueryTargets {
    private final Set<JobId> jobs;
    /** Each under itself: rows are told by the same object, so that it is kept once. */
    private final Map<JobId, JobId> byId;

    /** The tasks asked about one by one, by their array's id; made when the first row for many tasks comes. */
    private @Nullable Map<String, List<JobId>> tasks;

    private final Map<JobId, JobId> numbers;
    private final Map<JobId, JobId> byNumber = new HashMap<>();

    public QueryTargets(Set<JobId> jobs) {
        this(jobs, Map.of());
    }

    /** @param numbers of those of the jobs that are tasks with a number that is known */
    public QueryTargets(Set<JobId> jobs, Map<JobId, JobId> numbers) {
        this.jobs = jobs;
        this.numbers = numbers;
        numbers.forEach((task, number) -> byNumber.put(number, task));
        byId = new HashMap<>(2 * jobs.size());
        for (JobId job : jobs) {
            byId.put(job, job);
        }
    }

    public Set<JobId> jobs() {
        return jobs;
    }

    /** The ids to put on the command line, each once: an array goes by its base id, whatever its number of tasks. */
    public List<String> baseIds() {
        Set<String> ids = new LinkedHashSet<>();
        for (JobId job : jobs) {
            ids.add(job.base());
        }
        return List.copyOf(ids);
    }

    /** The same, but tasks whose number is known go by it. */
    public List<String> numbersAndBaseIds() {
        Set<String> ids = new LinkedHashSet<>();
        for (JobId job : jobs) {
            JobId number = numbers.get(job);
            ids.add(number == null ? job.base() : number.value());
        }
        return List.copyOf(ids);
    }

    /**
     * The job that a row speaks of.
     *
     * @param id as displayed: {@code 29_1}, {@code 4711}, {@code 123+0}
     * @param raw Slurm's own number of it
     * @return null when nobody asked
     */
    @Nullable
    JobId match(String id, String raw) {
        JobId shown = JobId.isLegal(id) ? new JobId(id) : null;
        JobId job = shown == null ? null : byId.get(shown);
        if (job == null && shown != null) {
            job = byNumber.get(shown);
        }
        if (job == null) {
            String base = ArrayIds.base(id);
            if (base.length() < id.length() && asked(base) != null) {
                job = shown;
            } else if (!raw.equals(base)) {
                // The last task of an array inherits the array's raw id: then it is no name of the task.
                job = asked(raw);
            }
        }
        return job;
    }

    private @Nullable JobId asked(String id) {
        return JobId.isLegal(id) ? byId.get(new JobId(id)) : null;
    }

    /**
     * The jobs that a row such as {@code 29_[2-7%2]} speaks of: those asked about one by one, or all of them when the
     * array was asked about.
     */
    void matchRange(String base, ArrayIds range, Consumer<JobId> each) {
        if (asked(base) != null) {
            range.forEach(task -> each.accept(new JobId(base + "_" + task)));
            return;
        }
        for (JobId job : tasksOf(base)) {
            OptionalInt task = ArrayIds.taskOf(job.value());
            if (task.isPresent() && range.contains(task.getAsInt())) {
                each.accept(job);
            }
        }
    }

    private List<JobId> tasksOf(String base) {
        Map<String, List<JobId>> known = tasks;
        if (known == null) {
            known = new HashMap<>();
            for (JobId job : jobs) {
                if (job.isTask()) {
                    known.computeIfAbsent(job.base(), each -> new ArrayList<>()).add(job);
                }
            }
            tasks = known;
        }
        return known.getOrDefault(base, List.of());
    }
}
