package dev.settle.slurm;

import dev.settle.core.port.JobId;
import dev.settle.core.port.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The names of jobs, which carry our tokens. A name is somebody's free text, so no row that a verdict rests on holds one:
 * names are asked for by themselves, once for each job and submit time, and say nothing but a name.
 */
final class JobNames {
    private static final List<String> QUEUE = List.of("JobArrayID", "JobID", "SubmitTime", "Name");
    private static final List<String> BOOKS = List.of("JobID", "JobIDRaw", "Submit", "QOS", "TimelimitRaw", "JobName");
    private static final int SUBMIT = 2;
    private static final int QOS = 3;
    private static final int LIMIT = 4;

    private static final int KEPT_MAX = 20_000;

    private final ToolRunner tools;
    private final RandomGenerator random;
    private final Map<Run, String> names = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Run, String> eldest) {
            return size() > KEPT_MAX;
        }
    };

    JobNames(ToolRunner tools, RandomGenerator random) {
        this.tools = tools;
        this.random = random;
    }

    /** A job or an array, and when it was submitted: all tasks of an array that were not started again share a name. */
    private record Run(String job, Optional<Instant> submittedAt) {
        static Run of(Sighting sighting) {
            JobId id = sighting.jobId();
            return new Run(id.isTask() ? id.base() : id.value(), sighting.submittedAt());
        }
    }

    /**
     * What a question for names brought.
     *
     * @param base the job's id without its task
     * @param id as displayed
     */
    record Named(String id, String base, Optional<Instant> submittedAt, String name) {}

    /** Named jobs and how many rows could not be read; empty where the tool did not answer. */
    record Answer(ToolRunner.Result result, List<Named> named, int unreadable) {}

    /** The names that are known; a job without one is not in the answer. */
    synchronized List<Sighting> named(List<Sighting> sightings) {
        List<Sighting> named = new ArrayList<>(sightings.size());
        for (Sighting sighting : sightings) {
            String name = sighting.partial() ? "" : names.get(Run.of(sighting));
            if (sighting.partial()) {
                // The name of an incomplete row is none (slurm.md, 5).
                named.add(sighting);
            } else if (name != null) {
                named.add(sighting.toBuilder().jobName(Optional.of(name)).build());
            }
        }
        return named;
    }

    boolean knows(List<Sighting> sightings) {
        return unnamed(sightings).isEmpty();
    }

    /** The ids of jobs whose names are not known. */
    private synchronized Set<String> unnamed(List<Sighting> sightings) {
        Set<String> ids = new LinkedHashSet<>();
        for (Sighting sighting : sightings) {
            if (!sighting.partial() && !names.containsKey(Run.of(sighting))) {
                ids.add(sighting.jobId().base());
            }
        }
        return ids;
    }

    private synchronized void keep(List<Named> found) {
        Map<Run, String> read = new HashMap<>();
        Set<Run> contradicted = new LinkedHashSet<>();
        for (Named each : found) {
            Run run = new Run(each.base(), each.submittedAt());
            String before = read.putIfAbsent(run, each.name());
            if (before != null && !before.equals(each.name())) {
                contradicted.add(run);
            }
        }
        read.forEach((run, name) -> names.putIfAbsent(run, contradicted.contains(run) ? "" : name));
    }

    /** Asks the queue for those that are not known; returns what it said where it did not answer. */
    Optional<ToolRunner.Result> askQueue(List<Sighting> sightings, Duration limit) {
        for (List<String> ids : SlurmScheduler.chunks(List.copyOf(unnamed(sightings)))) {
            Answer answer = queue("--jobs=" + String.join(",", ids), limit);
            if (!answer.result().isGood() && !SlurmScheduler.isUnknown(answer.result())) {
                return Optional.of(answer.result());
            }
            keep(answer.named());
        }
        return Optional.empty();
    }

    /** The same of accounting. */
    Optional<ToolRunner.Result> askBooks(List<Sighting> sightings, Duration limit) {
        for (List<String> ids : SlurmScheduler.chunks(List.copyOf(unnamed(sightings)))) {
            Answer answer = books(List.of("-j", String.join(",", ids)), limit);
            if (!answer.result().isGood()) {
                return Optional.of(answer.result());
            }
            keep(answer.named());
        }
        return Optional.empty();
    }

    /** @param which jobs: an option of squeue */
    Answer queue(String which, Duration limit) {
        ColumnMark mark = ColumnMark.random(random);
        return read(
                tools.run(
                        List.of(
                                "squeue",
                                "--states=all",
                                which,
                                "--Format=" + mark.squeueFormat(MarkedTable.asked(QUEUE))),
                        limit),
                mark,
                QUEUE);
    }

    /** @param which jobs: options of sacct */
    Answer books(List<String> which, Duration limit) {
        ColumnMark mark = ColumnMark.random(random);
        List<String> argv = new ArrayList<>(List.of("sacct", "-P", "-X", "-D"));
        argv.addAll(which);
        argv.addAll(mark.sacctOptions(MarkedTable.asked(BOOKS)));
        return read(tools.run(argv, limit), mark, BOOKS);
    }

    private static Answer read(ToolRunner.Result result, ColumnMark mark, List<String> columns) {
        List<Named> named = new ArrayList<>();
        int unreadable = MarkedTable.read(result.isGood() ? result.stdout() : "", mark, columns, cells -> {
            boolean partial = columns == BOOKS && SacctParser.isPartial(cells[QOS], cells[LIMIT]);
            if (!partial) {
                String base = cells[0].indexOf('+') > 0 ? cells[0] : ArrayIds.base(cells[0]);
                named.add(new Named(cells[0], base, SlurmTimes.parseInstant(cells[SUBMIT]), cells[columns.size() - 1]));
            }
        });
        return new Answer(result, named, unreadable);
    }
}
