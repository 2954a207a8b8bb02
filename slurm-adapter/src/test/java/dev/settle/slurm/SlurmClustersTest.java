package dev.settle.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.Resources;
import dev.settle.core.scheduler.CancelAnswer;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.core.scheduler.LookupAnswer;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.wrapper.JobWrapper;
import dev.settle.slurm.tools.ToolRunner.Kind;
import dev.settle.slurm.tools.ToolRunner.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each job is asked about, looked for and cancelled on the cluster that has it. */
final class SlurmClustersTest {
    private static final Instant NOW = Instant.parse("2026-11-21T03:14:00Z");
    private static final String OURS = "stabcdefghijkl";

    @TempDir
    private Path folder;

    private final List<List<String>> calls = new ArrayList<>();

    /** What a tool says on a cluster, by {@code TOOL CLUSTER}; nothing, successfully, where it is not here. */
    private final Map<String, Function<List<String>, Result>> said = new HashMap<>();

    private final Set<String> reached = new TreeSet<>();
    private Map<String, String> variables = Map.of();
    private SlurmClusters slurm;

    @BeforeEach
    void threeClusters() throws IOException {
        says("scontrol", "", "ClusterName             = lab\nMaxArraySize            = 1001\n");
        says("sacctmgr", "", "lab\nlab2\nlab3\n");
        slurm = clusters();
    }

    private SlurmClusters clusters() throws IOException {
        SlurmClusters.Reach reach = new SlurmClusters.Reach(access(), name -> {
            reached.add(name);
            return access();
        });
        return SlurmClusters.of(
                reach,
                JobWrapper.install(folder),
                folder,
                variables,
                Clock.fixed(NOW, ZoneOffset.UTC),
                new SlurmUser("games", "5"));
    }

    private SlurmScheduler.Access access() {
        return new SlurmScheduler.Access(this::run, Optional.empty(), new Random(7));
    }

    private Result run(List<String> argv, Duration limit) {
        calls.add(argv);
        String cluster = argv.size() > 1 && argv.get(1).startsWith("--clusters=")
                ? argv.get(1).substring("--clusters=".length())
                : "";
        return said.getOrDefault(argv.get(0) + " " + cluster, words -> new Result(Kind.EXITED, 0, "", ""))
                .apply(argv);
    }

    private void says(String tool, String cluster, String stdout) {
        said.put(tool + " " + cluster, argv -> new Result(Kind.EXITED, 0, stdout, ""));
    }

    private void fails(String tool, String cluster, String stderr) {
        said.put(tool + " " + cluster, argv -> new Result(Kind.EXITED, 1, "", stderr));
    }

    private void hasInQueue(String cluster, String id, String name) {
        SlurmRows rows = new SlurmRows();
        rows.inQueue(id, id, "RUNNING", name);
        said.put("squeue " + cluster, argv -> rows.run(argv, Duration.ZERO));
    }

    /** @param header what is printed before the table */
    private void hasInAccounting(String cluster, String header, String id, String state, String code) {
        SlurmRows rows = new SlurmRows();
        rows.inAccounting(id, id, state, code);
        rows.printing(text -> header + text);
        said.put("sacct " + cluster, argv -> rows.run(argv, Duration.ZERO));
    }

    private List<String> calls(String tool) {
        return calls.stream()
                .filter(argv -> argv.get(0).equals(tool))
                .map(argv -> String.join(" ", argv))
                .toList();
    }

    private SubmitRequest request(String... extra) {
        SubmitRequest.Task task = new SubmitRequest.Task(
                "train",
                1,
                "true",
                Optional.empty(),
                folder,
                Map.of(),
                folder.resolve("out"),
                folder.resolve("err"),
                folder.resolve("train.1"),
                Optional.empty());
        Resources none = Resources.NONE;
        Resources resources = new Resources(
                none.cpus(),
                none.memoryBytes(),
                none.gpus(),
                none.gres(),
                none.timeLimit(),
                none.partition(),
                none.account(),
                none.qos(),
                none.constraint(),
                List.of(extra));
        return new SubmitRequest(new SubmitToken(OURS), "train", resources, List.of(task), 0);
    }

    private static List<JobId> jobs(SubmitAnswer answer) {
        assertThat(answer).isInstanceOf(SubmitAnswer.Accepted.class);
        return ((SubmitAnswer.Accepted) answer).jobs();
    }

    private LookupAnswer find(String... extra) {
        return slurm.find(request(extra), NOW.minusSeconds(60));
    }

    private static Phase phase(QueryAnswer answer, JobId job) {
        assertThat(answer).isInstanceOf(QueryAnswer.Answered.class);
        return ((QueryAnswer.Answered) answer)
                .observations().stream()
                        .filter(each -> each.jobId().equals(job))
                        .findFirst()
                        .orElseThrow()
                        .state()
                        .phase();
    }

    @Test
    void clusterThatSbatchNamesBelongsToTheJob() {
        says("sbatch", "", "12;lab2\n");
        assertThat(jobs(slurm.submit(request()))).containsExactly(new JobId("12").on("lab2"));
    }

    @Test
    void clusterOfTheConfigurationByItsNameIsTheDefaultOne() {
        says("sbatch", "", "12;lab\n");
        assertThat(jobs(slurm.submit(request()))).containsExactly(new JobId("12"));
        assertThat(slurm.normal(Set.of(new JobId("7").on("LAB")))).containsExactly(new JobId("7"));
    }

    @Test
    void jobsOfOneClusterCostNoLookAtTheConfiguration() {
        says("sbatch", "", "12\n");
        assertThat(jobs(slurm.submit(request()))).containsExactly(new JobId("12"));
        slurm.learn(new JobId("12_1").on("lab"), new JobId("13"));
        slurm.query(Source.Role.CONTROLLER, Set.of(new JobId("12")));
        assertThat(calls("scontrol")).isEmpty();
        assertThat(reached).isEmpty();
    }

    @Test
    void submissionToOneClusterIsThereEvenWhenSbatchPrintsTheIdAlone() {
        says("sbatch", "lab2", "12\n");
        assertThat(jobs(slurm.submit(request("--clusters=lab2")))).containsExactly(new JobId("12").on("lab2"));
    }

    @Test
    void environmentOfTheJobsChoosesTheClusterUnlessAnOptionDoes() throws IOException {
        variables = Map.of("SBATCH_CLUSTERS", "lab3", "SLURM_CLUSTERS", "lab2");
        slurm = clusters();
        says("sbatch", "lab2", "12;lab2\n");
        says("sbatch", "lab3", "13;lab3\n");
        assertThat(jobs(slurm.submit(request()))).containsExactly(new JobId("12").on("lab2"));
        assertThat(jobs(slurm.submit(request("--clusters=lab3")))).containsExactly(new JobId("13").on("lab3"));
    }

    @Test
    void ofSeveralClustersTheOneThatSbatchNamesHasTheJob() {
        says("sbatch", "lab2,lab3", "12;lab3\n");
        assertThat(jobs(slurm.submit(request("--clusters=lab2,lab3")))).containsExactly(new JobId("12").on("lab3"));
    }

    @Test
    void idWithoutAClusterIsUnclearWhereSeveralWereAllowed() {
        says("sbatch", "lab2,lab3", "12\n");
        assertThat(slurm.submit(request("--clusters=lab2,lab3"))).isInstanceOf(SubmitAnswer.Unclear.class);
    }

    @Test
    void unclearSubmissionIsLookedForOnEveryClusterThatMayHaveIt() {
        fails("sbatch", "lab2,lab3", "sbatch: error: Socket timed out on send/recv operation");
        assertThat(slurm.submit(request("--clusters=lab2,lab3"))).isInstanceOf(SubmitAnswer.Unclear.class);
        hasInQueue("lab3", "4711", "train." + OURS);
        // A job of that number and name on a cluster that was not named is none of ours.
        hasInQueue("", "4711", "train." + OURS);
        assertThat(find("--clusters=lab2,lab3"))
                .isEqualTo(new LookupAnswer.Found(List.of(new JobId("4711").on("lab3"))));
    }

    @Test
    void clusterThatDoesNotAnswerMayHaveTheJob() {
        fails("sbatch", "all", "sbatch: error: Socket timed out on send/recv operation");
        slurm.submit(request("--clusters=all"));
        fails("squeue", "lab2", "slurm_load_jobs error: Unable to contact slurm controller (connect failure)");
        assertThat(find("--clusters=all")).isInstanceOf(LookupAnswer.NoAnswer.class);
        says("squeue", "lab2", "");
        assertThat(find("--clusters=all")).isInstanceOf(LookupAnswer.NotFound.class);
        assertThat(calls("sacct"))
                .anyMatch(call -> call.contains("--clusters=lab2"))
                .anyMatch(call -> call.contains("--clusters=lab3"))
                .anyMatch(call -> !call.contains("--clusters"));
    }

    @Test
    void whereASubmissionWentIsKnownAfterItsEnvironmentChanged() throws IOException {
        variables = Map.of("SBATCH_CLUSTERS", "lab2");
        slurm = clusters();
        fails("sbatch", "lab2", "sbatch: error: Socket timed out on send/recv operation");
        slurm.submit(request());
        variables = Map.of();
        slurm = clusters();
        hasInQueue("lab2", "4711", "train." + OURS);
        assertThat(find()).isEqualTo(new LookupAnswer.Found(List.of(new JobId("4711").on("lab2"))));
    }

    @Test
    void startRecordSaysOnWhichOfTheClustersTheJobRan() throws IOException {
        fails("sbatch", "lab2,lab3", "sbatch: error: Socket timed out on send/recv operation");
        slurm.submit(request("--clusters=lab2,lab3"));
        Files.writeString(
                JobWrapper.startRecord(folder.resolve("train.1")),
                "{\"settle_record\":1,\"token\":\"" + OURS + "\",\"index\":0,\"item\":\"train\",\"attempt\":1,"
                        + "\"restart\":0,\"slurm_job\":\"4711\",\"slurm_cluster\":\"lab3\",\"host\":\"n1\","
                        + "\"boot\":\"b\",\"pid\":1,\"start_ticks\":2,\"started_at\":\"2026-11-21T03:13:10Z\","
                        + "\"timeout_s\":null,\"kind\":\"start\",\"mode\":\"slurm\"}\n");
        assertThat(find("--clusters=lab2,lab3"))
                .isEqualTo(new LookupAnswer.Found(List.of(new JobId("4711").on("lab3"))));
    }

    @Test
    void jobsOfTheSameNumberOnTwoClustersAreToldApart() {
        hasInAccounting("", "", "7", "COMPLETED", "0:0");
        hasInAccounting("lab2", "", "7", "FAILED", "3:0");
        JobId here = new JobId("7");
        JobId there = here.on("lab2");
        assertThat(phase(slurm.query(Source.Role.ACCOUNTING, Set.of(there)), there))
                .isEqualTo(Phase.FAILED);
        assertThat(phase(slurm.query(Source.Role.ACCOUNTING, Set.of(here)), here))
                .isEqualTo(Phase.COMPLETED);
        QueryAnswer.ByCluster both = (QueryAnswer.ByCluster) slurm.query(Source.Role.ACCOUNTING, Set.of(here, there));
        assertThat(both.parts()).hasSize(2).allSatisfy(part -> {
            QueryAnswer.Answered answered = (QueryAnswer.Answered) part;
            JobId about = answered.about().iterator().next();
            assertThat(answered.observations()).singleElement().satisfies(observation -> assertThat(observation.jobId())
                    .isEqualTo(about));
            assertThat(phase(answered, about)).isEqualTo(about.equals(here) ? Phase.COMPLETED : Phase.FAILED);
        });
    }

    @Test
    void clusterInSilenceKeepsItsOwnJobsUnknownAndNoOthers() {
        hasInAccounting("", "", "7", "COMPLETED", "0:0");
        fails("sacct", "lab2", "sacct: error: Problem talking to the database: Connection refused");
        JobId here = new JobId("7");
        JobId there = here.on("lab2");
        QueryAnswer.ByCluster answer = (QueryAnswer.ByCluster) slurm.query(Source.Role.ACCOUNTING, Set.of(here, there));
        assertThat(answer.parts())
                .anySatisfy(part -> assertThat(phase(part, here)).isEqualTo(Phase.COMPLETED));
        assertThat(answer.parts()).anySatisfy(part -> {
            assertThat(part).isInstanceOf(QueryAnswer.NoAnswer.class);
            assertThat(((QueryAnswer.NoAnswer) part).about()).containsExactly(there);
            assertThat(((QueryAnswer.NoAnswer) part).text()).contains("lab2", "Connection refused");
        });
    }

    @Test
    void headerOfTheClusterBeforeAnAnswerIsNoRow() {
        hasInAccounting("lab2", "CLUSTER: lab2\n", "7", "FAILED", "3:0");
        JobId there = new JobId("7").on("lab2");
        assertThat(phase(slurm.query(Source.Role.ACCOUNTING, Set.of(there)), there))
                .isEqualTo(Phase.FAILED);
    }

    @Test
    void jobsWhoseRowsCannotBeReadStayUnclearOnTheirCluster() {
        SlurmRows rows = new SlurmRows();
        rows.inAccounting("7", "7", "FAILED", "3:0");
        rows.inAccounting("8", "8", "FAILED", "3:0");
        rows.printing(text -> text.replaceFirst("\n8(.)", "\n8"));
        said.put("sacct lab2", argv -> rows.run(argv, Duration.ZERO));
        JobId seven = new JobId("7").on("lab2");
        JobId eight = new JobId("8").on("lab2");
        QueryAnswer answer = slurm.query(Source.Role.ACCOUNTING, Set.of(seven, eight));
        assertThat(phase(answer, seven)).isEqualTo(Phase.FAILED);
        assertThat(((QueryAnswer.Answered) answer).unclear()).containsExactly(eight);
    }

    @Test
    void cancellationReachesEachJobOnItsCluster() {
        assertThat(slurm.cancel(Set.of(new JobId("7"), new JobId("8").on("lab2"))))
                .isInstanceOf(CancelAnswer.Sent.class);
        assertThat(calls("scancel")).containsExactlyInAnyOrder("scancel 7", "scancel --clusters=lab2 8");
        assertThat(calls("squeue"))
                .anyMatch(call -> call.contains("--clusters=lab2") && call.contains("--jobs=8"))
                .anyMatch(call -> !call.contains("--clusters") && call.contains("--jobs=7"));
    }

    @Test
    void eachClusterHasAnAccessOfItsOwn() {
        slurm.query(Source.Role.CONTROLLER, Set.of(new JobId("7"), new JobId("8").on("lab2")));
        slurm.query(Source.Role.CONTROLLER, Set.of(new JobId("9").on("lab3")));
        assertThat(reached).containsExactly("lab2", "lab3");
    }

    @Test
    void clustersThatAccountingDoesNotKnowAreRefused() {
        KnownClusters known = new KnownClusters(this::run);
        assertThat(known.trouble(new ClusterChoice("lab2"))).isEmpty();
        assertThat(known.trouble(new ClusterChoice("all"))).isEmpty();
        assertThat(known.trouble(new ClusterChoice("lab2,nope")).orElseThrow()).contains("nope", "lab, lab2, lab3");
        assertThat(known.trouble(new ClusterChoice("a b"))).isPresent();
        assertThat(known.trouble(new ClusterChoice(","))).isPresent();
        fails("sacctmgr", "", "sacctmgr: error: You are not running a supported accounting_storage plugin");
        assertThat(known.trouble(new ClusterChoice("lab2")).orElseThrow()).contains("none is kept here");
        fails("sacctmgr", "", "sacctmgr: error: Sending PersistInit msg: Connection refused");
        assertThat(known.trouble(new ClusterChoice("nope"))).isEmpty();
    }
}
