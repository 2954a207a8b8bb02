package dev.settle.slurm;

import dev.settle.core.port.Charge;
import dev.settle.core.port.JobId;
import dev.settle.core.port.SpendAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Asks Slurm whether the allocation behind a job is spent: its account and those above it, its user, its QOS. */
final class SpendQuestion {
    private static final Duration TOOL_LIMIT = Duration.ofSeconds(10);

    /** Accounts above the job's own that are looked at; deeper trees are rare. */
    private static final int LEVELS_MAX = 8;

    /** Limits that fit in a sentence. */
    private static final int TOLD_MAX = 3;

    private final ToolRunner tools;
    private final String user;

    /**
     * A question.
     *
     * @param user whose jobs they are, where the job itself is not known any more
     */
    SpendQuestion(ToolRunner tools, String user) {
        this.tools = tools;
        this.user = user;
    }

    /** Who pays for a job. */
    private record Payer(Optional<String> account, Optional<String> qos, String user, Optional<String> partition) {}

    /** Asks; three short commands as a rule. */
    SpendAnswer ask(Charge charge) {
        Payer payer = payer(charge);
        List<SpendTable.Limit> limits = new ArrayList<>();
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
            SpendTable.Table table = SpendTable.associations(result.stdout(), payer.partition());
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
    private SpendAnswer shares(Payer payer, int rows, String trouble) {
        List<String> argv =
                new ArrayList<>(List.of("sshare", "-P", "-o", "Account,User,RawUsage,GrpTRESMins,GrpTRESRaw"));
        payer.account().ifPresent(name -> argv.addAll(List.of("-A", name)));
        ToolRunner.Result result = tools.run(argv, TOOL_LIMIT);
        SpendTable.Table table = SpendTable.shares(result.isGood() ? result.stdout() : "", Optional.of(payer.user()));
        if (!table.limits().isEmpty()) {
            return answer("sshare", table.limits());
        }
        return rows + table.rows() > 0
                ? SpendAnswer.BelowLimit.NONE
                : new SpendAnswer.NoAnswer(trouble.isEmpty() ? result.lastWords("sshare") : trouble);
    }

    private static SpendAnswer answer(String source, List<SpendTable.Limit> limits) {
        List<SpendTable.Limit> reached =
                limits.stream().filter(SpendTable.Limit::isReached).toList();
        return reached.isEmpty()
                ? new SpendAnswer.BelowLimit(source, told(limits))
                : new SpendAnswer.AtLimit(source, told(reached));
    }

    private static String told(List<SpendTable.Limit> limits) {
        return limits.stream()
                .map(SpendTable.Limit::text)
                .distinct()
                .limit(TOLD_MAX)
                .collect(Collectors.joining("; "));
    }

    private Payer payer(Charge charge) {
        Map<String, String> job =
                charge.job().map(id -> JobRecord.of(tools, id, TOOL_LIMIT)).orElse(Map.of());
        Map<String, String> known =
                !job.isEmpty() ? job : charge.job().map(this::books).orElse(Map.of());
        String whose = word(known, "UserId").orElse(user);
        return new Payer(
                word(known, "Account").or(charge::account).or(() -> defaultAccount(whose)),
                word(known, "QOS").or(charge::qos),
                whose,
                word(known, "Partition"));
    }

    /** The account of jobs that name none. */
    private Optional<String> defaultAccount(String whose) {
        ToolRunner.Result result =
                tools.run(List.of("scontrol", "-o", "show", "assoc_mgr", "users=" + whose, "flags=assoc"), TOOL_LIMIT);
        return result.isGood()
                ? SpendTable.associations(result.stdout(), Optional.empty()).defaultAccount()
                : Optional.empty();
    }

    private static Optional<String> word(Map<String, String> record, String key) {
        String value = record.getOrDefault(key, "");
        int bracket = value.indexOf('(');
        String word = bracket == 0 ? "" : bracket > 0 ? value.substring(0, bracket) : value;
        return word.isBlank() || word.equals("N/A") ? Optional.empty() : Optional.of(word);
    }

    /** Of a job that the controller has forgotten accounting knows who pays. */
    private Map<String, String> books(JobId job) {
        ToolRunner.Result result = tools.run(
                List.of("sacct", "-X", "-P", "-n", "-j", job.value(), "-o", "Account,QOS,User,Partition"), TOOL_LIMIT);
        Map<String, String> record = new HashMap<>();
        for (String line : result.isGood() ? result.stdout().split("\n", -1) : new String[0]) {
            String[] cells = line.split("\\|", -1);
            if (cells.length == 4) {
                record.put("Account", cells[0]);
                record.put("QOS", cells[1]);
                record.put("UserId", cells[2]);
                record.put("Partition", cells[3]);
            }
        }
        return record;
    }
}
