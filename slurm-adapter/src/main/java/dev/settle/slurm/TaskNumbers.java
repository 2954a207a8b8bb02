package dev.settle.slurm;

import dev.settle.core.scheduler.JobId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Slurm's own numbers of tasks of arrays, those that were learnt last: they matter for seconds after a task's end. */
final class TaskNumbers {
    private static final int KEPT_MAX = 4_000;

    private final Map<JobId, JobId> numbers = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<JobId, JobId> eldest) {
            return size() > KEPT_MAX;
        }
    };

    synchronized void put(JobId task, JobId number) {
        numbers.put(task, number);
    }

    synchronized Map<JobId, JobId> of(Set<JobId> tasks) {
        Map<JobId, JobId> known = new HashMap<>();
        for (JobId task : tasks) {
            JobId number = numbers.get(task);
            if (number != null) {
                known.put(task, number);
            }
        }
        return known;
    }
}
