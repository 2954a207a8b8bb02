package dev.settle.slurm;

import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.slurm.parse.ArrayIds;
import dev.settle.slurm.parse.ColumnMark;
import dev.settle.slurm.parse.MarkedTable;
import dev.settle.slurm.parse.SacctParser;
import dev.settle.slurm.parse.SlurmTimes;
import dev.settle.slurm.tools.ToolRunner;
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
 * The names of jobs, and whose submissions they are: the token is in the path of the batch script, which the queue keeps as
 * the job's command and accounting at the end of sbatch's command line, and in the comment where the user gave none.
 *
 * <p>All of this is somebody's free text, so no row that a verdict rests on holds it: it is asked for by itself, once for each
 * job and submit time, and says nothing else. It makes no job of another user ours.
 */
public final class JobNames {
    private static final List<String> QUEUE =
            List.of("JobArrayID", "JobID", "SubmitTime", "UserID", "Name", "Command", "Comment");
    private static final List<String> BOOKS =
            List.of("JobID", "JobIDRaw", "Submit", "UID", "QOS", "TimelimitRaw", "JobName", "SubmitLine", "Comment");
    /** Before 21.08. */
    private static final List<String> BOOKS_WITHOUT_LINE =
            List.of("JobID", "JobIDRaw", "Submit", "UID", "QOS", "TimelimitRaw", "JobName", "Comment");

    private static final String NO_SUCH_COLUMN = "Invalid field requested";
    private static final int SUBMIT = 2;
    private static final int USER = 3;

    private static final int KEPT_MAX = 20_000;

    private final ToolRunner tools;
    private final RandomGenerator random;
    private final SlurmUser me;
    private volatile boolean booksLackLine;
    private final Map<Run, Named> names = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Run, Named> eldest) {
            return size() > KEPT_MAX;
        }
    };

    JobNames(ToolRunner tools, RandomGenerator random, SlurmUser me) {
        this.me = me;
        this.tools = tools;
        this.random = random;
    }

    /** A job or an array, and when it was submitted: all tasks of an array that were not started again share a name. */
    private record Run(String job, Optional<Instant> submittedAt) {
        static Run of(JobObservation observation) {
            JobId id = observation.jobId();
            return new Run(id.isTask() ? id.base() : id.value(), observation.submittedAt());
        }
    }

    /** Where a token stands, the best witness first. */
    enum Witness {
        /** A job that another one's script submits may have its comment, but not its command. */
        COMMAND,
        COMMENT,
        /** Version 0.1 put the token into the name. */
        NAME,
        /** The job is none of this user's submissions, or the source keeps nothing that would tell. */
        NO_TOKEN
    }

    /**
     * What a question for names brought.
     *
     * @param base the job's id without its task
     * @param id as displayed
     */
    record Named(
            String id,
            String base,
            Optional<Instant> submittedAt,
            String name,
            Witness witness,
            Optional<SubmitToken> token) {
        private JobObservation of(JobObservation observation) {
            return observation.toBuilder()
                    .jobName(Optional.of(name))
                    .token(token)
                    .build();
        }

        /** What two rows of one job and submit time say that contradict each other. */
        private Named unknown() {
            return new Named(id, base, submittedAt, "", Witness.NO_TOKEN, Optional.empty());
        }

        private boolean saysTheSameAs(Named other) {
            return name.equals(other.name) && token.equals(other.token);
        }
    }

    /** Named jobs and how many rows could not be read; empty where the tool did not answer. */
    record Answer(ToolRunner.Result result, List<Named> named, int unreadable) {}

    /** The names that are known; a job without one is not in the answer. */
    synchronized List<JobObservation> named(List<JobObservation> observations) {
        List<JobObservation> named = new ArrayList<>(observations.size());
        for (JobObservation observation : observations) {
            Named name = observation.partial() ? null : names.get(Run.of(observation));
            if (observation.partial()) {
                // The name of an incomplete row is none (slurm.md, 5).
                named.add(observation);
            } else if (name != null) {
                named.add(name.of(observation));
            }
        }
        return named;
    }

    boolean knows(List<JobObservation> observations) {
        return unnamed(observations).isEmpty();
    }

    /** The ids of jobs whose names are not known. */
    private synchronized Set<String> unnamed(List<JobObservation> observations) {
        Set<String> ids = new LinkedHashSet<>();
        for (JobObservation observation : observations) {
            if (!observation.partial() && !names.containsKey(Run.of(observation))) {
                ids.add(observation.jobId().base());
            }
        }
        return ids;
    }

    private synchronized void keep(List<Named> found) {
        Map<Run, Named> read = new HashMap<>();
        Set<Run> contradicted = new LinkedHashSet<>();
        for (Named each : found) {
            Run run = new Run(each.base(), each.submittedAt());
            Named before = read.putIfAbsent(run, each);
            if (before != null && !before.saysTheSameAs(each)) {
                contradicted.add(run);
            }
        }
        read.forEach((run, name) -> names.putIfAbsent(run, contradicted.contains(run) ? name.unknown() : name));
    }

    /** Asks the queue for those that are not known; returns what it said where it did not answer. */
    Optional<ToolRunner.Result> askQueue(List<JobObservation> observations, Duration limit) {
        for (List<String> ids : SlurmScheduler.chunks(List.copyOf(unnamed(observations)))) {
            Answer answer = queue("--jobs=" + String.join(",", ids), limit);
            if (!answer.result().isGood() && !SlurmScheduler.isUnknown(answer.result())) {
                return Optional.of(answer.result());
            }
            keep(answer.named());
        }
        return Optional.empty();
    }

    /** The same of accounting. */
    Optional<ToolRunner.Result> askBooks(List<JobObservation> observations, Duration limit) {
        for (List<String> ids : SlurmScheduler.chunks(List.copyOf(unnamed(observations)))) {
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
        Answer answer = books(which, booksLackLine ? BOOKS_WITHOUT_LINE : BOOKS, limit);
        if (booksLackLine || !answer.result().stderr().contains(NO_SUCH_COLUMN)) {
            return answer;
        }
        booksLackLine = true;
        return books(which, BOOKS_WITHOUT_LINE, limit);
    }

    private Answer books(List<String> which, List<String> columns, Duration limit) {
        ColumnMark mark = ColumnMark.random(random);
        List<String> argv = new ArrayList<>(List.of("sacct", "-P", "-X", "-D"));
        argv.addAll(which);
        argv.addAll(mark.sacctOptions(MarkedTable.asked(columns)));
        return read(tools.run(argv, limit), mark, columns);
    }

    private Answer read(ToolRunner.Result result, ColumnMark mark, List<String> columns) {
        List<Named> named = new ArrayList<>();
        int unreadable = MarkedTable.read(result.isGood() ? result.stdout() : "", mark, columns, cells -> {
            int qos = columns.indexOf("QOS");
            if (qos < 0 || !SacctParser.isPartial(cells[qos], cells[qos + 1])) {
                named.add(named(columns, cells));
            }
        });
        return new Answer(result, named, unreadable);
    }

    private Named named(List<String> columns, String[] cells) {
        boolean queue = columns == QUEUE;
        String base = cells[0].indexOf('+') > 0 ? cells[0] : ArrayIds.base(cells[0]);
        String name = cells[columns.indexOf(queue ? "Name" : "JobName")];
        int at = columns.indexOf(queue ? "Command" : "SubmitLine");
        String command = at < 0 ? "" : cells[at].strip();
        Optional<SubmitToken> token = Optional.empty();
        Witness witness = Witness.NO_TOKEN;
        boolean mine = cells[USER].strip().equals(me.uid());
        if (mine && BatchScript.token(command).isPresent()) {
            token = BatchScript.token(command);
            witness = Witness.COMMAND;
        } else if (mine && SubmitToken.isLegal(cells[columns.size() - 1].strip())) {
            token = Optional.of(new SubmitToken(cells[columns.size() - 1].strip()));
            witness = Witness.COMMENT;
        } else if (mine && SubmitToken.ofJobName(name).isPresent()) {
            token = SubmitToken.ofJobName(name);
            witness = Witness.NAME;
        }
        return new Named(cells[0], base, SlurmTimes.parseInstant(cells[SUBMIT]), name, witness, token);
    }
}
