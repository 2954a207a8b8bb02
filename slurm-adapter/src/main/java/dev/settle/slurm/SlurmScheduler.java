package dev.settle.slurm;

import dev.settle.core.file.OwnFiles;
import dev.settle.core.scheduler.CancelAnswer;
import dev.settle.core.scheduler.ChargedAllocation;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobOutput;
import dev.settle.core.scheduler.LimitUsageAnswer;
import dev.settle.core.scheduler.LookupAnswer;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Scheduler;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.core.scheduler.Urgency;
import dev.settle.core.wrapper.JobWrapper;
import dev.settle.slurm.parse.ColumnMark;
import dev.settle.slurm.parse.JobTable;
import dev.settle.slurm.parse.Numbers;
import dev.settle.slurm.parse.QueryTargets;
import dev.settle.slurm.parse.SacctParser;
import dev.settle.slurm.parse.SlurmTimes;
import dev.settle.slurm.parse.SqueueParser;
import dev.settle.slurm.tools.PlainTable;
import dev.settle.slurm.tools.SharedAnswers;
import dev.settle.slurm.tools.SharedAnswers.Answer;
import dev.settle.slurm.tools.ToolRunner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Slurm, through its commands. Decides nothing: says what was said. */
public final class SlurmScheduler implements Scheduler {
    private static final Duration SQUEUE_LIMIT = Duration.ofSeconds(20);

    /** Of every other command. */
    static final Duration TOOL_LIMIT = Duration.ofSeconds(30);

    /** Ids of one command; their text stays far below what a command line may have. */
    public static final int IDS_MAX = 500;

    /** What accounting is searched for began no earlier, whatever this machine's clock was set to; the token is enough. */
    private static final Duration CLOCK_MARGIN = Duration.ofDays(1);

    /** What tools say of an id that the controller does not know. */
    static final String UNKNOWN_ID = "Invalid job id specified";

    private static final String ACCOUNTING_OFF = "Slurm accounting storage is disabled";

    private final ToolRunner tools;
    private final Optional<Place> place;
    private final Clock clock;
    private final LimitUsageQuery spend;
    private final UserNames names;
    private final JobNames jobNames;
    private final SlurmUser me;
    private final RandomGenerator random;
    private final SlurmQueries questions;
    private final TaskNumbers numbers = new TaskNumbers();
    private volatile Wanted wanted = new Wanted(Set.of(), List.of());

    /** What the queue was asked about last, with the ids for it: worked out once, for it is listened for each second. */
    private record Wanted(Set<JobId> jobs, List<String> ids) {}

    /** Where batch scripts lie, and what they run. */
    private record Place(JobWrapper wrapper, Path scripts) {}

    /**
     * Slurm for one run.
     *
     * @param wrapper installed where the nodes see it
     * @param scripts folder for batch scripts, absolute, seen by the nodes
     * @param me who submits, whose allocation pays
     */
    public SlurmScheduler(Access access, JobWrapper wrapper, Path scripts, Clock clock, SlurmUser me) {
        this(access, Optional.of(new Place(wrapper, scripts)), clock, me);
    }

    /**
     * How Slurm is reached.
     *
     * @param shared where other processes of the user leave answers; empty to ask alone
     * @param random what nobody can guess, to tell a tool's own words from those of others
     */
    public record Access(ToolRunner tools, Optional<SharedAnswers> shared, RandomGenerator random) {}

    private SlurmScheduler(Access access, Optional<Place> place, Clock clock, SlurmUser me) {
        this.tools = access.tools();
        this.me = me;
        this.random = access.random();
        this.jobNames = new JobNames(tools, random, me);
        this.questions = new SlurmQueries(access.shared(), clock);
        this.place = place;
        this.clock = clock;
        this.spend = new LimitUsageQuery(tools, access.random(), me.name());
        this.names = new UserNames(tools, me);
    }

    /** Slurm for questions and cancellations only: jobs that somebody else submitted. */
    public static SlurmScheduler toAsk(Access access, Clock clock, SlurmUser me) {
        return new SlurmScheduler(access, Optional.empty(), clock, me);
    }

    /** Whether the tasks of an array can have files of their own beside batch scripts in this folder. */
    public static boolean takesArrays(Path scripts) {
        return SbatchArguments.knowsPatterns(scripts);
    }

    /** Whether a tool's words say that it found neither a slurm.conf nor a server of one. */
    public static boolean isNotSetUp(String words) {
        return words.contains(RefusalTable.NOT_SET_UP);
    }

    @Override
    public SubmitAnswer submit(SubmitRequest request) {
        Path script;
        try {
            script = write(request);
        } catch (IOException e) {
            return new SubmitAnswer.Refused(
                    SubmitAnswer.Refusal.STORAGE, "its batch script could not be written: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            return new SubmitAnswer.Refused(
                    SubmitAnswer.Refusal.LAUNCH_FAILURE, "its batch script could not be written: " + e.getMessage());
        }
        Path scripts = place.orElseThrow().scripts();
        ToolRunner.Result result = tools.run(SbatchArguments.of(request, script, scripts), TOOL_LIMIT);
        String id = jobId(result.stdout());
        if (result.isGood() && !id.isEmpty()) {
            return new SubmitAnswer.Accepted(ids(id, request), result.stdout().strip());
        }
        if (!id.isEmpty()) {
            // Beside trouble a number may be anything; the token's job is the one that counts.
            return SubmitAnswer.Unclear.silent("sbatch named job " + id + " and failed: " + RefusalTable.words(result));
        }
        return withFigures(RefusalTable.of(result), request);
    }

    /** sbatch names the limit that refused; how much of it is spent stands elsewhere. */
    private SubmitAnswer withFigures(SubmitAnswer answer, SubmitRequest request) {
        if (!(answer instanceof SubmitAnswer.Refused refused) || refused.refusal() != SubmitAnswer.Refusal.CREDITS) {
            return answer;
        }
        String figures = spend(new ChargedAllocation(
                        Optional.empty(),
                        request.resources().account(),
                        request.resources().qos()))
                .figures();
        return figures.isEmpty()
                ? answer
                : new SubmitAnswer.Refused(refused.refusal(), refused.text() + "; " + figures);
    }

    private Path write(SubmitRequest request) throws IOException {
        Place here = place.orElseThrow(() -> new IllegalStateException("this Slurm is only asked"));
        Path jobs = here.scripts().resolve(request.token().value() + ".jobs");
        Path script = BatchScript.of(here.scripts(), request);
        here.wrapper().writeJobs(request, JobWrapper.Mode.SLURM, jobs);
        if (request.fileName().isPresent()) {
            OwnFiles.makeFolder(here.scripts().resolve(request.token().value()));
        }
        // A script that is not on the file server yet is an empty one to sbatch on a slow file system (nextflow#4154).
        OwnFiles.writeForced(
                script,
                ("#!/bin/sh\n" + here.wrapper().shellLine(request, jobs) + "\n").getBytes(StandardCharsets.UTF_8));
        return script;
    }

    /**
     * {@code ID} or {@code ID;CLUSTER} on the last line that looks so: sites print banners around it. A line without its
     * end may be half an id; the token's job is looked up then.
     */
    static String jobId(String stdout) {
        String found = "";
        String whole = stdout.substring(0, stdout.lastIndexOf('\n') + 1);
        for (String line : whole.split("\n", -1)) {
            String text = line.strip();
            int semicolon = text.indexOf(';');
            String id = semicolon < 0 ? text : text.substring(0, semicolon);
            String cluster = semicolon < 0 ? "" : text.substring(semicolon + 1);
            if (Numbers.parseLong(id).orElse(-1) > 0 && (cluster.isEmpty() || JobId.isClusterName(cluster))) {
                found = cluster.isEmpty() ? id : text;
            }
        }
        return found;
    }

    /** @param base {@code ID} or {@code ID;CLUSTER} */
    private static List<JobId> ids(String base, SubmitRequest request) {
        JobId whole = JobId.of(base);
        if (!request.isArray()) {
            return List.of(whole);
        }
        List<JobId> ids = new ArrayList<>(request.tasks().size());
        for (int i = 0; i < request.tasks().size(); i++) {
            JobId task = new JobId(whole.base() + "_" + request.index(i));
            ids.add(whole.cluster().map(task::on).orElse(task));
        }
        return ids;
    }

    @Override
    public LookupAnswer find(SubmitRequest request, Instant since) {
        JobNames.Answer queue = jobNames.queue("--user=" + me.uid(), SQUEUE_LIMIT);
        JobSearch inQueue = JobSearch.in(queue, request.token());
        if (inQueue.isFound() && !inQueue.isDoubtful()) {
            return new LookupAnswer.Found(ids(inQueue.base(), request));
        }
        String from = SlurmTimes.format(since.minus(CLOCK_MARGIN));
        JobNames.Answer books = jobNames.books(List.of("-u", me.uid(), "-S", from), TOOL_LIMIT);
        JobSearch inBooks = JobSearch.in(books, request.token());
        JobSearch anywhere = inQueue.and(inBooks);
        if (anywhere.isFound()) {
            return new LookupAnswer.Found(ids(anywhere.base(), request));
        }
        // A job that ended may be forgotten by the controller, and where nobody keeps accounting only its records tell.
        try {
            Optional<JobId> recorded = StartedJob.jobOf(request);
            if (recorded.isPresent()) {
                return new LookupAnswer.Found(ids(recorded.get().whole().toString(), request));
            }
        } catch (IOException e) {
            return new LookupAnswer.NoAnswer("a record of the submission cannot be read: " + e.getMessage());
        }
        boolean off = books.result().stderr().contains(ACCOUNTING_OFF);
        if (!queue.result().isGood() || inQueue.garbled()) {
            return new LookupAnswer.NoAnswer(words(queue.result(), "squeue"));
        }
        boolean answered = books.result().isGood() && !inBooks.garbled();
        return answered || off
                ? new LookupAnswer.NotFound()
                : new LookupAnswer.NoAnswer(words(books.result(), "sacct"));
    }

    private static String words(ToolRunner.Result result, String tool) {
        return result.isGood() ? cannotBeRead(tool) : result.lastWords(tool);
    }

    private static String cannotBeRead(String tool) {
        return tool + "'s answer has rows that cannot be read";
    }

    @Override
    public QueryAnswer query(Source.Role role, Set<JobId> jobs, Urgency urgency) {
        return switch (role) {
            case CONTROLLER -> squeue(jobs, urgency);
            case ACCOUNTING -> sacct(jobs, urgency);
            case EXIT_RECORD, START_RECORD -> throw new IllegalArgumentException("records are read, not asked for");
        };
    }

    private QueryAnswer squeue(Set<JobId> jobs, Urgency urgency) {
        QueryTargets asked = new QueryTargets(jobs);
        wanted = new Wanted(jobs, asked.baseIds());
        List<List<String>> chunks = chunks(asked.baseIds());
        List<Answer> answers = new ArrayList<>(chunks.size());
        for (List<String> ids : chunks) {
            Answer answer = chunks.size() == 1
                    ? questions.queue(urgency, ids, this::askQueue)
                    : questions.own(Source.SQUEUE, urgency, ids, this::askQueue);
            answers.add(answer);
        }
        return queueAnswer(asked, answers, this::askForNames);
    }

    /** Of jobs whose names are not known nothing is overheard: they are asked for by a question of the run's own. */
    @Override
    public Optional<QueryAnswer> overheard() {
        Wanted now = wanted;
        if (now.ids().isEmpty()) {
            return Optional.empty();
        }
        Optional<Answer> answer = questions.overheard(now.ids());
        return answer.map(heard -> queueAnswer(
                        new QueryTargets(now.jobs()),
                        List.of(heard),
                        observations -> jobNames.knows(observations) ? Optional.empty() : Optional.of(heard.result())))
                .filter(said -> said.kind() == QueryAnswer.Kind.ANSWERED);
    }

    private Optional<ToolRunner.Result> askForNames(List<JobObservation> observations) {
        return jobNames.askQueue(observations, SQUEUE_LIMIT);
    }

    private ToolRunner.Result askQueue(List<String> ids) {
        ColumnMark mark = ColumnMark.random(random);
        ToolRunner.Result result = tools.run(
                List.of("squeue", "--states=all", "--jobs=" + String.join(",", ids), SqueueParser.format(mark)),
                SQUEUE_LIMIT);
        return PlainTable.of(result, mark, SqueueParser.COLUMNS);
    }

    /** Of a single unknown id squeue says rc 1; of several it says nothing (slurm.md, 7). */
    static boolean isUnknown(ToolRunner.Result result) {
        return result.kind() == ToolRunner.Kind.EXITED
                && result.exitCode() == 1
                && result.stderr().contains(UNKNOWN_ID);
    }

    /** @param naming asks for the names of jobs; says what the tool said where it did not answer */
    private QueryAnswer queueAnswer(
            QueryTargets asked,
            List<Answer> answers,
            Function<List<JobObservation>, Optional<ToolRunner.Result>> naming) {
        List<JobObservation> observations = new ArrayList<>();
        int garbled = 0;
        Instant at = Instant.MIN;
        for (Answer answer : answers) {
            ToolRunner.Result result = answer.result();
            at = answer.at();
            boolean unknown = isUnknown(result);
            if (!result.isGood() && !unknown) {
                return new QueryAnswer.NoAnswer(Source.SQUEUE, at, result.lastWords("squeue"));
            }
            JobTable.Rows rows = SqueueParser.parse(unknown ? "" : result.stdout(), asked, at);
            garbled += rows.garbled();
            observations.addAll(rows.observations());
        }
        Optional<ToolRunner.Result> unnamed = naming.apply(observations);
        return unnamed.isPresent()
                ? new QueryAnswer.NoAnswer(Source.SQUEUE, at, unnamed.get().lastWords("squeue"))
                : answer(Source.SQUEUE, at, asked.jobs(), observations, garbled);
    }

    /**
     * What can be read counts. A row that cannot be read may be that of any job, so that the absence of a job says nothing
     * then.
     */
    private QueryAnswer answer(
            Source source, Instant at, Set<JobId> jobs, List<JobObservation> observations, int garbled) {
        List<JobObservation> named = jobNames.named(observations);
        if (garbled == 0 && named.size() == observations.size()) {
            return new QueryAnswer.Answered(source, at, jobs, named);
        }
        if (named.isEmpty()) {
            return new QueryAnswer.NoAnswer(source, at, cannotBeRead(source.word()));
        }
        Set<JobId> listed = new HashSet<>();
        named.forEach(observation -> listed.add(observation.jobId()));
        Set<JobId> unclear = new HashSet<>(jobs);
        unclear.removeAll(listed);
        Set<JobId> about = new HashSet<>(jobs);
        about.removeAll(unclear);
        return new QueryAnswer.Answered(source, at, about, named, unclear);
    }

    /** @return no: the ends of its jobs are found in their records */
    @Override
    public boolean listen(Listener listener) {
        questions.listen((tool, until, why) ->
                listener.heldBack(tool.equals(Source.SACCT.word()) ? Source.SACCT : Source.SQUEUE, until, why));
        return false;
    }

    @Override
    public void learn(JobId task, JobId number) {
        numbers.put(task, number);
    }

    private QueryAnswer sacct(Set<JobId> jobs, Urgency urgency) {
        QueryTargets asked = new QueryTargets(jobs, numbers.of(jobs));
        List<JobObservation> observations = new ArrayList<>();
        int garbled = 0;
        List<List<String>> chunks = chunks(accountingIds(asked));
        Instant at = clock.instant();
        for (List<String> ids : chunks) {
            Answer answer = chunks.size() == 1
                    ? questions.accounting(urgency, ids, this::askAccounting)
                    : questions.own(Source.SACCT, urgency, ids, this::askAccounting);
            ToolRunner.Result result = answer.result();
            at = answer.at();
            if (result.stderr().contains(ACCOUNTING_OFF)) {
                return new QueryAnswer.NotKept(Source.SACCT, at, ACCOUNTING_OFF);
            }
            if (!result.isGood()) {
                return new QueryAnswer.NoAnswer(Source.SACCT, at, result.lastWords("sacct"));
            }
            JobTable.Rows rows = SacctParser.parse(result.stdout(), asked, at);
            garbled += rows.garbled();
            rows.observations().forEach(observation -> observations.add(names.named(observation)));
        }
        Optional<ToolRunner.Result> unnamed = jobNames.askBooks(observations, TOOL_LIMIT);
        return unnamed.isPresent()
                ? new QueryAnswer.NoAnswer(Source.SACCT, at, unnamed.get().lastWords("sacct"))
                : answer(Source.SACCT, at, asked.jobs(), observations, garbled);
    }

    /** Numbers find what has ended sooner, and without its whole array; they are worth no second command. */
    private static List<String> accountingIds(QueryTargets asked) {
        List<String> ids = asked.numbersAndBaseIds();
        return ids.size() <= IDS_MAX ? ids : asked.baseIds();
    }

    private ToolRunner.Result askAccounting(List<String> ids) {
        ColumnMark mark = ColumnMark.random(random);
        List<String> argv = new ArrayList<>(List.of("sacct", "-P", "-D", "-j", String.join(",", ids)));
        argv.addAll(SacctParser.options(mark));
        return PlainTable.of(tools.run(argv, TOOL_LIMIT), mark, SacctParser.COLUMNS);
    }

    /** Ids by the command. */
    static List<List<String>> chunks(List<String> ids) {
        List<List<String>> chunks = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += IDS_MAX) {
            chunks.add(ids.subList(from, Math.min(ids.size(), from + IDS_MAX)));
        }
        return chunks;
    }

    @Override
    public LimitUsageAnswer spend(ChargedAllocation charge) {
        return spend.ask(charge);
    }

    @Override
    public Optional<JobOutput> output(JobId job) {
        return JobRecord.output(JobRecord.of(tools, job, TOOL_LIMIT));
    }

    @Override
    public CancelAnswer cancel(Set<JobId> jobs) {
        return scancel(List.of(), jobs);
    }

    @Override
    public CancelAnswer withdraw(Set<JobId> jobs) {
        return scancel(List.of("--state=PENDING"), jobs);
    }

    private CancelAnswer scancel(List<String> options, Set<JobId> jobs) {
        return new Cancellation(tools, place.map(Place::scripts), this::listedNow).send(options, jobs);
    }

    /** What the queue says of jobs at this moment; nobody else's answer. */
    private QueryAnswer listedNow(Set<JobId> jobs) {
        QueryTargets asked = new QueryTargets(jobs);
        List<Answer> answers = new ArrayList<>();
        for (List<String> ids : chunks(asked.baseIds())) {
            Instant at = clock.instant();
            answers.add(new Answer(askQueue(ids), at));
        }
        return queueAnswer(asked, answers, this::askForNames);
    }
}
