package dev.settle.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.scheduler.ChargedAllocation;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobOutput;
import dev.settle.core.scheduler.LimitUsageAnswer;
import dev.settle.slurm.parse.LimitUsageTable;
import dev.settle.slurm.tools.ToolRunner;
import dev.settle.testdata.SlurmOutput;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Who has spent how much of which limit, from what scontrol and sshare 22.05.8 printed. */
final class SpendTest {
    private static final ChargedAllocation OF_THE_JOB =
            new ChargedAllocation(Optional.of(new JobId("17")), Optional.empty(), Optional.empty());

    /** A recorded answer without the lines that say how it was come by. */
    private static String recorded(String... path) throws IOException {
        String text = Files.readString(TestData.path("slurm", String.join("/", path)));
        int from = text.indexOf("--- stdout\n") + "--- stdout\n".length();
        return text.substring(from, text.indexOf("--- stderr", from));
    }

    private static String[] usage() throws IOException {
        String both = recorded("traces", "22.05.8", "limits-c-running-nosafe", "18-usage.txt");
        int at = both.indexOf("Current Association");
        return new String[] {both.substring(0, at), both.substring(at)};
    }

    private static List<String> texts(LimitUsageTable.Table table) {
        return table.limits().stream().map(LimitUsageTable.Limit::text).toList();
    }

    @Test
    void spentAccountIsAtItsLimit() throws IOException {
        LimitUsageTable.Table table = LimitUsageTable.associations(usage()[1], Optional.empty());
        assertThat(texts(table)).containsExactly("account broke has spent 8 of 1 cpu minutes");
        assertThat(table.limits()).allMatch(LimitUsageTable.Limit::isReached);
        assertThat(table.parents()).containsEntry("broke", "root");
    }

    @Test
    void sharesWithoutMinutesByResourceAreCountedByTheirRawUsage() throws IOException {
        assertThat(texts(LimitUsageTable.shares(usage()[0], Optional.empty())))
                .containsExactly("account broke has spent 8 of 1 cpu minutes");
    }

    @Test
    void sharesSayTheSpendOfEachResource() throws IOException {
        LimitUsageTable.Table table =
                LimitUsageTable.shares(recorded("spend", "sshare-spent.txt"), Optional.of("games"));
        assertThat(texts(table)).containsExactly("account spent has spent 0 of 0 cpu minutes");
        assertThat(table.limits()).allMatch(LimitUsageTable.Limit::isReached);
    }

    @Test
    void limitsOfAccountAndQosAreReadTogetherAndNoLimitIsNone() throws IOException {
        LimitUsageTable.Table table =
                LimitUsageTable.associations(recorded("spend", "assoc-mgr-poor-qmins.txt"), Optional.empty());
        assertThat(texts(table))
                .containsExactly(
                        "account poor has spent 0 of 1 billing minutes", "QOS qmins has spent 0 of 1 cpu minutes");
        assertThat(table.limits()).noneMatch(LimitUsageTable.Limit::isReached);
    }

    @Test
    void defaultAccountIsThatOfTheUsersAssociation() throws IOException {
        assertThat(LimitUsageTable.associations(recorded("spend", "assoc-mgr-of-user.txt"), Optional.empty())
                        .defaultAccount())
                .hasValue("lab");
    }

    @Test
    void nonsenseHasNoLimits() {
        assertThat(LimitUsageTable.associations(
                                "all is well\nAccount=x GrpTRESMins=cpu=many(8),mem\n", Optional.empty())
                        .limits())
                .isEmpty();
        assertThat(LimitUsageTable.shares("", Optional.empty()).rows()).isZero();
        assertThat(LimitUsageTable.shares("Account|User\nbroke|\n", Optional.empty())
                        .limits())
                .isEmpty();
    }

    @Test
    void outputOfAJobMayHaveBlanksInItsPath() throws IOException {
        Map<String, String> record = JobRecord.parse(recorded("spend", "show-job.txt"));
        Optional<JobOutput> output = JobRecord.output(record);
        assertThat(output.map(JobOutput::stdout).map(Path::getParent)).hasValue(Path.of("/tmp/stops work"));
        assertThat(output.map(JobOutput::stderr)).isEqualTo(output.map(JobOutput::stdout));
    }

    /** Tools that print what was recorded; what nobody recorded fails. */
    private static final class Recorded implements ToolRunner {
        final List<String> asked = new ArrayList<>();
        private final Map<String, Function<List<String>, String>> answers = new HashMap<>();

        Recorded answer(String beginning, String text) {
            answers.put(beginning, argv -> text);
            return this;
        }

        Recorded inQueue(Map<String, String> row) {
            answers.put("squeue", argv -> SlurmOutput.squeue(argv, List.of(row)));
            return this;
        }

        Recorded inAccounting(Map<String, String> row) {
            answers.put("sacct", argv -> SlurmOutput.sacct(argv, List.of(row)));
            return this;
        }

        @Override
        public Result run(List<String> argv, Duration limit) {
            String line = String.join(" ", argv);
            asked.add(line);
            return answers.entrySet().stream()
                    .filter(answer -> line.startsWith(answer.getKey()))
                    .map(answer -> new Result(Kind.EXITED, 0, answer.getValue().apply(argv), ""))
                    .findFirst()
                    .orElse(new Result(Kind.EXITED, 1, "", "cannot be asked"));
        }
    }

    @Test
    void accountAndQosOfTheJobAreAskedAboutAndTheAccountsAbove() throws IOException {
        Recorded tools = new Recorded()
                .inQueue(Map.of(
                        "JobArrayID", "17", "JobID", "17", "Account", "poor", "QOS", "qmins", "UserName", "games"))
                .answer("scontrol -o show assoc_mgr accounts=poor", recorded("spend", "assoc-mgr-poor-qmins.txt"))
                .answer(
                        "scontrol -o show assoc_mgr accounts=root",
                        usage()[1].replace("Account=broke", "Account=root"));
        LimitUsageAnswer answer = new LimitUsageQuery(tools, new Random(7), "somebody").ask(OF_THE_JOB);
        assertThat(answer)
                .isEqualTo(new LimitUsageAnswer.AtLimit("scontrol", "account root has spent 8 of 1 cpu minutes"));
        assertThat(tools.asked)
                .contains("scontrol -o show assoc_mgr accounts=poor users=games qos=qmins flags=assoc,qos");
    }

    @Test
    void creditThatIsLeftIsToldWithItsFigures() throws IOException {
        Recorded tools = new Recorded()
                .answer("scontrol -o show assoc_mgr accounts=poor", recorded("spend", "assoc-mgr-poor-qmins.txt"));
        LimitUsageAnswer answer = new LimitUsageQuery(tools, new Random(7), "games")
                .ask(new ChargedAllocation(Optional.empty(), Optional.of("poor"), Optional.of("qmins")));
        assertThat(answer.kind()).isEqualTo(LimitUsageAnswer.Kind.BELOW_LIMIT);
        assertThat(answer.figures()).contains("account poor has spent 0 of 1 billing minutes");
    }

    @Test
    void accountOfAForgottenJobIsLookedUpInTheBooks() throws IOException {
        Recorded tools = new Recorded()
                .inAccounting(
                        Map.of("JobID", "17", "JobIDRaw", "17", "Account", "spent", "QOS", "normal", "User", "games"))
                .answer("scontrol -o show assoc_mgr accounts=spent", recorded("spend", "assoc-mgr-spent.txt"));
        assertThat(new LimitUsageQuery(tools, new Random(7), "somebody")
                        .ask(OF_THE_JOB)
                        .kind())
                .isEqualTo(LimitUsageAnswer.Kind.AT_LIMIT);
    }

    @Test
    void payerIsInNoTextThatTheJobsOwnerChooses() {
        Recorded tools = new Recorded();
        new LimitUsageQuery(tools, new Random(7), "games").ask(OF_THE_JOB);
        assertThat(tools.asked)
                .filteredOn(line -> line.contains("17"))
                .hasSize(2)
                .noneMatch(
                        line -> line.startsWith("scontrol") || line.matches("(?i).*(jobname|,name|comment|command).*"));
    }

    @Test
    void requestWithoutAnAccountIsChargedToTheDefaultOne() throws IOException {
        Recorded tools = new Recorded()
                .answer("scontrol -o show assoc_mgr users=games", recorded("spend", "assoc-mgr-of-user.txt"))
                .answer("scontrol -o show assoc_mgr accounts=lab", usage()[1].replace("Account=broke", "Account=lab"));
        LimitUsageAnswer answer = new LimitUsageQuery(tools, new Random(7), "games")
                .ask(new ChargedAllocation(Optional.empty(), Optional.empty(), Optional.empty()));
        assertThat(answer.figures()).isEqualTo("account lab has spent 8 of 1 cpu minutes");
    }

    @Test
    void sshareIsAskedWhereScontrolMayNotBe() throws IOException {
        Recorded tools = new Recorded().answer("sshare", recorded("spend", "sshare-spent.txt"));
        LimitUsageAnswer answer = new LimitUsageQuery(tools, new Random(7), "games")
                .ask(new ChargedAllocation(Optional.empty(), Optional.of("spent"), Optional.empty()));
        assertThat(answer)
                .isEqualTo(new LimitUsageAnswer.AtLimit("sshare", "account spent has spent 0 of 0 cpu minutes"));
    }

    @Test
    void nobodyWhoAnswersIsNoAnswer() {
        assertThat(new LimitUsageQuery(new Recorded(), new Random(7), "games")
                        .ask(OF_THE_JOB)
                        .kind())
                .isEqualTo(LimitUsageAnswer.Kind.NO_ANSWER);
    }
}
