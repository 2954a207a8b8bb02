package dev.settle.slurm;

import dev.settle.core.scheduler.ChargedAllocation;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.LimitUsageAnswer;
import dev.settle.slurm.parse.ColumnMark;
import dev.settle.slurm.parse.LimitUsageTable;
import dev.settle.slurm.parse.MarkedTable;
import dev.settle.slurm.tools.ToolRunner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Asks Slurm whether the allocation behind a job is spent: its account and those above it, its user, its QOS. */
final class LimitUsageQuery {
    private static final Duration TOOL_LIMIT = Duration.ofSeconds(10);

    /** Accounts above the job's own that are looked at; deeper trees are rare. */
    private static final int LEVELS_MAX = 8;

    /** Limits that fit in a sentence. */
    private static final int TOLD_MAX = 3;

    /** Who pays for a job, in columns that hold no text that its owner can choose. */
    private static final List<String> QUEUE = List.of("JobArrayID", "JobID", "Account", "QOS", "UserName", "Partition");

    private static final List<String> ACCOUNTING = List.of("JobID", "JobIDRaw", "Account", "QOS", "User", "Partition");
    private static final int ACCOUNT = 2;
    private static final int QOS = 3;
    private static final int USER = 4;
    private static final int PARTITION = 5;

    private final ToolRunner tools;
    private final RandomGenerator random;
    private final String user;

    /**
     * A question.
     *
     * @param user whose jobs they are, where the job itself is not known any more
     */
    LimitUsageQuery(ToolRunner tools, RandomGenerator random, String user) {
        this.tools = tools;
        this.random = random;
        this.user = user;
    }

    /** Who pays for a job. */
    private record Payer(Optional<String> account, Optional<String> qos, String user, Optional<String> partition) {}

    /** Asks; three short commands as a rule. */
    LimitUsageAnswer ask(ChargedAllocation charge) {
        Payer payer = payer(charge);
        List<LimitUsageTable.Limit> limits = new ArrayList<>();
        Set<String> asked = new HashSet<>();
        Optional<String> account = payer.account();
        int rows = 0;
        String trouble = "";
        while (account.isPresent() && asked.size() < LEVELS_MAX && asked.add(account.get())) {
            ToolRunner.Result result = tools.run(associations(account.get(), payer, asked.size()), TOOL_LIMIT);
            if (!result.isGood()) {
                trouble = result.lastWords("scontrol");
                break;
            }
            LimitUsageTable.Table table = LimitUsageTable.associations(result.stdout(), payer.partition());
            rows += table.rows();
            limits.addAll(table.limits());
            account = Optional.ofNullable(table.parents().get(account.get()));
        }
        return limits.isEmpty() ? shares(payer, rows, trouble) : answer("scontrol", limits);
    }

    /** The account's own record and the user's in it; with the first account that of the QOS, too. */
    private static List<String> associations(String account, Payer payer, int level) {
        List<String> argv = new ArrayList<>(
                List.of("scontrol", "-o", "show", "assoc_mgr", "accounts=" + account, "users=" + payer.user()));
        boolean withQos = level == 1 && payer.qos().isPresent();
        if (withQos) {
            argv.add("qos=" + payer.qos().get());
        }
        argv.add(withQos ? "flags=assoc,qos" : "flags=assoc");
        return argv;
    }

    /** What sshare knows, where scontrol may not be asked or knows no limit. */
    private LimitUsageAnswer shares(Payer payer, int rows, String trouble) {
        List<String> argv =
                new ArrayList<>(List.of("sshare", "-P", "-o", "Account,User,RawUsage,GrpTRESMins,GrpTRESRaw"));
        payer.account().ifPresent(name -> argv.addAll(List.of("-A", name)));
        ToolRunner.Result result = tools.run(argv, TOOL_LIMIT);
        LimitUsageTable.Table table =
                LimitUsageTable.shares(result.isGood() ? result.stdout() : "", Optional.of(payer.user()));
        if (!table.limits().isEmpty()) {
            return answer("sshare", table.limits());
        }
        return rows + table.rows() > 0
                ? LimitUsageAnswer.BelowLimit.NONE
                : new LimitUsageAnswer.NoAnswer(trouble.isEmpty() ? result.lastWords("sshare") : trouble);
    }

    private static LimitUsageAnswer answer(String source, List<LimitUsageTable.Limit> limits) {
        List<LimitUsageTable.Limit> reached =
                limits.stream().filter(LimitUsageTable.Limit::isReached).toList();
        return reached.isEmpty()
                ? new LimitUsageAnswer.BelowLimit(source, told(limits))
                : new LimitUsageAnswer.AtLimit(source, told(reached));
    }

    private static String told(List<LimitUsageTable.Limit> limits) {
        return limits.stream()
                .map(LimitUsageTable.Limit::text)
                .distinct()
                .limit(TOLD_MAX)
                .collect(Collectors.joining("; "));
    }

    private Payer payer(ChargedAllocation charge) {
        Optional<Payer> known = charge.job().flatMap(job -> inQueue(job).or(() -> inAccounting(job)));
        String whose = known.map(Payer::user).filter(name -> !name.isEmpty()).orElse(user);
        return new Payer(
                known.flatMap(Payer::account).or(charge::account).or(() -> defaultAccount(whose)),
                known.flatMap(Payer::qos).or(charge::qos),
                whose,
                known.flatMap(Payer::partition));
    }

    /** The account of jobs that name none. */
    private Optional<String> defaultAccount(String whose) {
        ToolRunner.Result result =
                tools.run(List.of("scontrol", "-o", "show", "assoc_mgr", "users=" + whose, "flags=assoc"), TOOL_LIMIT);
        return result.isGood()
                ? LimitUsageTable.associations(result.stdout(), Optional.empty())
                        .defaultAccount()
                : Optional.empty();
    }

    private Optional<Payer> inQueue(JobId job) {
        ColumnMark mark = ColumnMark.random(random);
        String format = "--Format=" + mark.squeueFormat(MarkedTable.asked(QUEUE));
        return payer(List.of("squeue", "--states=all", "--jobs=" + job.value(), format), mark, QUEUE);
    }

    /** Of a job that the controller has forgotten accounting knows who pays. */
    private Optional<Payer> inAccounting(JobId job) {
        ColumnMark mark = ColumnMark.random(random);
        List<String> argv = new ArrayList<>(List.of("sacct", "-X", "-P", "-j", job.value()));
        argv.addAll(mark.sacctOptions(MarkedTable.asked(ACCOUNTING)));
        return payer(argv, mark, ACCOUNTING);
    }

    /** What the newest row says; tasks of an array have one payer. */
    private Optional<Payer> payer(List<String> argv, ColumnMark mark, List<String> columns) {
        ToolRunner.Result result = tools.run(argv, TOOL_LIMIT);
        List<Payer> payers = new ArrayList<>();
        MarkedTable.read(result.isGood() ? result.stdout() : "", mark, columns, cells -> {
            String whose = word(cells[USER]).orElse("");
            payers.add(new Payer(word(cells[ACCOUNT]), word(cells[QOS]), whose, word(cells[PARTITION])));
        });
        return payers.isEmpty() ? Optional.empty() : Optional.of(payers.get(payers.size() - 1));
    }

    private static Optional<String> word(String cell) {
        String word = cell.strip();
        return word.isEmpty() || word.equals("N/A") || word.equals("(null)") ? Optional.empty() : Optional.of(word);
    }
}
