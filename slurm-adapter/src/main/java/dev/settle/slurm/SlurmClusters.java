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
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.scheduler.Urgency;
import dev.settle.core.wrapper.JobWrapper;
import dev.settle.slurm.SlurmScheduler.Access;
import dev.settle.slurm.tools.ClusterTools;
import dev.settle.slurm.tools.ToolRunner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Slurm with all its clusters: each job is asked about on the cluster that has it, and nowhere else, since the job of the
 * same number on another cluster is another job. Each cluster has a {@link SlurmScheduler} of its own, which knows of no
 * other.
 */
public final class SlurmClusters implements Scheduler {
    private static final String CHOICE_SUFFIX = ".clusters";

    private final SlurmScheduler home;
    private final Reach reach;
    private final Function<Access, SlurmScheduler> scheduler;
    private final Map<String, SlurmScheduler> others = new ConcurrentHashMap<>();
    private final KnownClusters known;
    private final Map<String, String> variables;
    private final Optional<Path> scripts;

    /** Where the jobs are that the queue was asked about last; absent where there are several, or nobody asked. */
    private volatile Optional<Where> askedLast = Optional.empty();

    /** Whether this run has, or may have, jobs elsewhere. */
    private volatile boolean leavesHome;

    private volatile Optional<Listener> listener = Optional.empty();

    /** One cluster; without a name the default one. */
    private record Where(Optional<String> cluster) {
        JobId plain(JobId job) {
            return job.onDefault();
        }

        JobId here(JobId job) {
            return cluster.isPresent() && job.cluster().isEmpty() ? job.on(cluster.get()) : job;
        }
    }

    /**
     * How Slurm is reached.
     *
     * @param home the default cluster
     * @param others another one by its name: with a budget and shared answers of its own
     */
    public record Reach(Access home, Function<String, Access> others) {}

    private SlurmClusters(
            Reach reach,
            Function<Access, SlurmScheduler> scheduler,
            Map<String, String> variables,
            Optional<Path> scripts) {
        this.home = scheduler.apply(reach.home());
        this.reach = reach;
        this.scheduler = scheduler;
        this.known = new KnownClusters(reach.home().tools());
        this.variables = Map.copyOf(variables);
        this.scripts = scripts;
    }

    /**
     * Slurm for one run.
     *
     * @param wrapper installed where the nodes see it
     * @param scripts folder for batch scripts, absolute, seen by the nodes
     * @param variables that submitted jobs begin with
     * @param me who submits, whose allocation pays
     */
    public static SlurmClusters of(
            Reach reach, JobWrapper wrapper, Path scripts, Map<String, String> variables, Clock clock, SlurmUser me) {
        return new SlurmClusters(
                reach,
                access -> new SlurmScheduler(access, wrapper, scripts, clock, me),
                variables,
                Optional.of(scripts));
    }

    /** Slurm for questions and cancellations only: jobs that somebody else submitted. */
    public static SlurmClusters toAsk(Reach reach, Clock clock, SlurmUser me) {
        return new SlurmClusters(reach, access -> SlurmScheduler.toAsk(access, clock, me), Map.of(), Optional.empty());
    }

    /** The jobs, without their cluster where it is the default one by name. */
    public Set<JobId> normal(Set<JobId> jobs) {
        Set<JobId> normal = new LinkedHashSet<>();
        jobs.forEach(job -> normal.add(known.normal(job)));
        return normal;
    }

    private SlurmScheduler at(Where where) {
        if (where.cluster().isEmpty()) {
            return home;
        }
        leavesHome = true;
        return others.computeIfAbsent(where.cluster().get(), name -> {
            Access access = reach.others().apply(name);
            SlurmScheduler other = scheduler.apply(
                    new Access(new ClusterTools(access.tools(), name), access.shared(), access.random()));
            listener.ifPresent(other::listen);
            return other;
        });
    }

    /** A name as it is journalled: none for the default cluster. */
    private Where where(String name) {
        return new Where(Optional.of(name).filter(each -> !Optional.of(each).equals(known.defaultName())));
    }

    @Override
    public SubmitAnswer submit(SubmitRequest request) {
        Optional<ClusterChoice> choice = ClusterChoice.of(request.resources(), variables);
        if (choice.isEmpty()) {
            return named(home.submit(request), Optional.of(new Where(Optional.empty())));
        }
        try {
            // Before anything is sent: whoever looks for the job later must know where it can be.
            OwnFiles.writeForced(
                    choiceFile(request.token()), (choice.get().text() + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            return new SubmitAnswer.Refused(
                    SubmitAnswer.Refusal.STORAGE, "the name of its cluster could not be written: " + e.getMessage());
        }
        if (!choice.get().isLegal()) {
            return new SubmitAnswer.Refused(
                    SubmitAnswer.Refusal.FOR_GOOD, "\"" + choice.get().text() + "\" is not a name of a cluster");
        }
        List<String> names = choice.get().names();
        if (names.size() == 1) {
            Where where = where(names.get(0));
            return named(at(where).submit(request), Optional.of(where));
        }
        leavesHome = true;
        ToolRunner tools = new ClusterTools(reach.home().tools(), choice.get().text());
        return named(
                scheduler
                        .apply(new Access(tools, Optional.empty(), reach.home().random()))
                        .submit(request),
                Optional.empty());
    }

    /** @param asked the cluster that was asked; absent where sbatch chose one of several and has to say which */
    private SubmitAnswer named(SubmitAnswer answer, Optional<Where> asked) {
        if (!(answer instanceof SubmitAnswer.Accepted accepted)) {
            return answer;
        }
        List<JobId> jobs = new ArrayList<>(accepted.jobs().size());
        for (JobId job : accepted.jobs()) {
            if (job.cluster().isEmpty() && asked.isEmpty()) {
                return SubmitAnswer.Unclear.silent(
                        "sbatch does not say which cluster took the job: " + accepted.text());
            }
            jobs.add(known.normal(asked.isPresent() ? asked.get().here(job) : job));
        }
        leavesHome |= jobs.stream().anyMatch(job -> job.cluster().isPresent());
        return new SubmitAnswer.Accepted(jobs, accepted.text());
    }

    private Path choiceFile(SubmitToken token) {
        return scripts.orElseThrow(() -> new IllegalStateException("this Slurm is only asked"))
                .resolve(token.value() + CHOICE_SUFFIX);
    }

    @Override
    public LookupAnswer find(SubmitRequest request, Instant since) {
        Optional<List<Where>> candidates;
        try {
            candidates = candidates(request.token());
        } catch (IOException e) {
            return new LookupAnswer.NoAnswer("where it was submitted to cannot be read: " + e.getMessage());
        }
        if (candidates.isEmpty()) {
            return new LookupAnswer.NoAnswer("accounting does not say which clusters there are");
        }
        Optional<LookupAnswer> silent = Optional.empty();
        for (Where where : candidates.get()) {
            LookupAnswer answer = at(where).find(request, since);
            if (answer instanceof LookupAnswer.Found found) {
                return new LookupAnswer.Found(found.jobs().stream()
                        .map(where::here)
                        .map(known::normal)
                        .toList());
            }
            silent = answer.kind() == LookupAnswer.Kind.NO_ANSWER ? Optional.of(answer) : silent;
        }
        return silent.orElseGet(LookupAnswer.NotFound::new);
    }

    /** Where a submission may have gone; empty while that cannot be told. */
    private Optional<List<Where>> candidates(SubmitToken token) throws IOException {
        Path file = choiceFile(token);
        if (!Files.exists(file)) {
            return Optional.of(List.of(new Where(Optional.empty())));
        }
        ClusterChoice choice =
                new ClusterChoice(Files.readString(file, StandardCharsets.UTF_8).strip());
        Optional<Set<String>> names = choice.isAll() ? known.all() : Optional.of(new LinkedHashSet<>(choice.names()));
        return names.map(all -> all.stream().map(this::where).distinct().toList());
    }

    /** The jobs by the cluster that has them, without its name: as that cluster itself knows them. */
    private static Map<Where, Set<JobId>> byCluster(Set<JobId> jobs) {
        Map<Where, Set<JobId>> byCluster = new LinkedHashMap<>();
        Where here = new Where(Optional.empty());
        for (JobId job : jobs) {
            Where where = job.cluster().isEmpty() ? here : new Where(job.cluster());
            byCluster.computeIfAbsent(where, each -> new HashSet<>()).add(where.plain(job));
        }
        return byCluster;
    }

    @Override
    public QueryAnswer query(Source.Role role, Set<JobId> jobs, Urgency urgency) {
        Map<Where, Set<JobId>> byCluster = byCluster(jobs);
        if (role == Source.Role.CONTROLLER) {
            askedLast = byCluster.size() == 1
                    ? Optional.of(byCluster.keySet().iterator().next())
                    : Optional.empty();
        }
        List<QueryAnswer> parts = new ArrayList<>(byCluster.size());
        boolean alone = byCluster.size() == 1;
        byCluster.forEach((where, plain) -> {
            QueryAnswer answer = named(at(where).query(role, plain, urgency), where);
            parts.add(alone ? answer : about(answer, here(plain, where)));
        });
        return alone ? parts.get(0) : together(parts);
    }

    private static QueryAnswer named(QueryAnswer answer, Where where) {
        if (where.cluster().isEmpty()) {
            return answer;
        }
        if (answer instanceof QueryAnswer.Answered answered) {
            List<JobObservation> observations =
                    new ArrayList<>(answered.observations().size());
            answered.observations()
                    .forEach(each -> observations.add(
                            each.toBuilder().jobId(where.here(each.jobId())).build()));
            return new QueryAnswer.Answered(
                    answered.source(),
                    answered.at(),
                    here(answered.about(), where),
                    observations,
                    here(answered.unclear(), where));
        }
        return answer instanceof QueryAnswer.NoAnswer no
                ? new QueryAnswer.NoAnswer(
                        no.source(), no.at(), "cluster " + where.cluster().get() + ": " + no.text())
                : answer;
    }

    /** An answer of one cluster of several: what it does not say is not said of its own jobs only. */
    private static QueryAnswer about(QueryAnswer answer, Set<JobId> jobs) {
        if (answer instanceof QueryAnswer.NoAnswer no) {
            return new QueryAnswer.NoAnswer(no.source(), no.at(), no.text(), jobs);
        }
        return answer instanceof QueryAnswer.NotKept off
                ? new QueryAnswer.NoAnswer(off.source(), off.at(), off.text(), jobs)
                : answer;
    }

    private static Set<JobId> here(Set<JobId> plain, Where where) {
        Set<JobId> jobs = new HashSet<>();
        plain.forEach(job -> jobs.add(where.here(job)));
        return jobs;
    }

    private static QueryAnswer together(List<QueryAnswer> parts) {
        QueryAnswer first = parts.get(0);
        boolean silent = parts.stream().allMatch(part -> part.kind() == QueryAnswer.Kind.NO_ANSWER);
        return silent && first instanceof QueryAnswer.NoAnswer no
                ? new QueryAnswer.NoAnswer(no.source(), no.at(), no.text())
                : new QueryAnswer.ByCluster(first.source(), parts);
    }

    @Override
    public Optional<QueryAnswer> overheard() {
        return askedLast.flatMap(where -> at(where).overheard().map(answer -> named(answer, where)));
    }

    @Override
    public boolean listen(Listener told) {
        listener = Optional.of(told);
        others.values().forEach(other -> other.listen(told));
        return home.listen(told);
    }

    @Override
    public void learn(JobId task, JobId number) {
        // A run that has no job elsewhere needs no look at the configuration for each of its tasks.
        JobId job = leavesHome ? known.normal(task) : task.onDefault();
        Where where = new Where(job.cluster());
        at(where).learn(where.plain(job), number.onDefault());
    }

    @Override
    public LimitUsageAnswer spend(ChargedAllocation charge) {
        Where where = new Where(charge.job().flatMap(JobId::cluster));
        return at(where)
                .spend(new ChargedAllocation(charge.job().map(JobId::onDefault), charge.account(), charge.qos()));
    }

    @Override
    public Optional<JobOutput> output(JobId job) {
        return at(new Where(job.cluster())).output(job.onDefault());
    }

    @Override
    public CancelAnswer withdraw(Set<JobId> jobs) {
        return cancelled(jobs, SlurmScheduler::withdraw);
    }

    @Override
    public CancelAnswer cancel(Set<JobId> jobs) {
        return cancelled(jobs, SlurmScheduler::cancel);
    }

    private CancelAnswer cancelled(Set<JobId> jobs, BiFunction<SlurmScheduler, Set<JobId>, CancelAnswer> call) {
        Set<JobId> waited = new HashSet<>();
        Optional<CancelAnswer> silent = Optional.empty();
        for (Map.Entry<Where, Set<JobId>> each : byCluster(jobs).entrySet()) {
            Where where = each.getKey();
            CancelAnswer answer = call.apply(at(where), each.getValue());
            if (answer instanceof CancelAnswer.Sent sent) {
                waited.addAll(here(sent.waited(), where));
            } else {
                silent = Optional.of(answer);
            }
        }
        return silent.orElseGet(() -> new CancelAnswer.Sent(waited));
    }
}
