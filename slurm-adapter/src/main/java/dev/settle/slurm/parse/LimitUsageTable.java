package dev.settle.slurm.parse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads who has spent how much of which limit on minutes, from {@code scontrol -o show assoc_mgr} and from
 * {@code sshare -P}. Both answer from slurmctld, without slurmdbd (slurm.md, 22).
 */
public final class LimitUsageTable {
    private static final double SECONDS_A_MINUTE = 60;

    private LimitUsageTable() {}

    /**
     * One limit of an account, a user's association or a QOS.
     *
     * @param holder such as {@code account broke}
     * @param resource such as {@code cpu}
     * @param spentMinutes used up so far
     * @param limitMinutes the most that may be used
     */
    public record Limit(String holder, String resource, double spentMinutes, double limitMinutes) {
        public boolean isReached() {
            return spentMinutes >= limitMinutes;
        }

        /** For people: {@code account broke has spent 8 of 1 cpu minutes}. */
        public String text() {
            return holder + " has spent " + number(spentMinutes) + " of " + number(limitMinutes) + " " + resource
                    + " minutes";
        }

        private static String number(double minutes) {
            return minutes == Math.rint(minutes)
                    ? Long.toString((long) minutes)
                    : String.format(Locale.ROOT, "%.1f", minutes);
        }
    }

    /**
     * What an answer says.
     *
     * @param rows how many accounts, users and QOS it speaks of
     * @param parents the accounts that hold those asked about, by account
     * @param defaultAccount the account of jobs that name none
     */
    public record Table(List<Limit> limits, int rows, Map<String, String> parents, Optional<String> defaultAccount) {}

    /**
     * Reads the records of associations and of QOS, one a line.
     *
     * @param partition associations with another partition do not count
     */
    public static Table associations(String text, Optional<String> partition) {
        List<Limit> limits = new ArrayList<>();
        Map<String, String> parents = new TreeMap<>();
        Optional<String> defaultAccount = Optional.empty();
        int rows = 0;
        for (String line : text.split("\n", -1)) {
            Map<String, String> fields = fields(line);
            String account = fields.getOrDefault("Account", "");
            String qos = withoutNumber(fields.getOrDefault("QOS", ""));
            String of = fields.getOrDefault("Partition", "");
            boolean elsewhere =
                    !of.isEmpty() && partition.filter(p -> !p.equals(of)).isPresent();
            if ((account.isEmpty() && qos.isEmpty()) || elsewhere) {
                continue;
            }
            rows++;
            String user = withoutNumber(fields.getOrDefault("UserName", ""));
            String parent = withoutNumber(fields.getOrDefault("ParentAccount", ""));
            if (!account.isEmpty() && !parent.isEmpty()) {
                parents.put(account, parent);
            }
            if (!user.isEmpty() && "Yes".equals(fields.get("DefAssoc"))) {
                defaultAccount = Optional.of(account);
            }
            String holder = !qos.isEmpty()
                    ? "QOS " + qos
                    : user.isEmpty() ? "account " + account : "user " + user + " of account " + account;
            for (String each : fields.getOrDefault("GrpTRESMins", "").split(",", -1)) {
                limit(holder, each).ifPresent(limits::add);
            }
            limit(holder, "wall=" + fields.getOrDefault("GrpWall", "N(0)")).ifPresent(limits::add);
        }
        return new Table(limits, rows, parents, defaultAccount);
    }

    /** {@code KEY=VALUE} by blanks; a value may hold further equals characters. */
    private static Map<String, String> fields(String line) {
        Map<String, String> fields = new TreeMap<>();
        for (String token : line.strip().split(" +", -1)) {
            int equals = token.indexOf('=');
            if (equals > 0) {
                fields.putIfAbsent(token.substring(0, equals), token.substring(equals + 1));
            }
        }
        return fields;
    }

    /** {@code games(5)} without the number. */
    private static String withoutNumber(String name) {
        int bracket = name.indexOf('(');
        return bracket < 0 ? name : name.substring(0, bracket);
    }

    /** {@code cpu=1(8)} is 8 spent of 1; {@code N} is no limit. */
    private static Optional<Limit> limit(String holder, String text) {
        int equals = text.indexOf('=');
        int open = text.lastIndexOf('(');
        int close = text.lastIndexOf(')');
        if (equals <= 0 || open < equals || close < open) {
            return Optional.empty();
        }
        Optional<Double> limit = number(text.substring(equals + 1, open));
        Optional<Double> spent = number(text.substring(open + 1, close));
        return limit.isPresent() && spent.isPresent()
                ? Optional.of(new Limit(holder, text.substring(0, equals), spent.get(), limit.get()))
                : Optional.empty();
    }

    private static Optional<Double> number(String text) {
        try {
            double value = Double.parseDouble(text.strip());
            return value >= 0 && value < Double.MAX_VALUE ? Optional.of(value) : Optional.empty();
        } catch (NumberFormatException e) {
            // "N", or a word of a version to come: no limit that we can read.
            return Optional.empty();
        }
    }

    /**
     * Reads {@code sshare -P} by the names in its first line: Account, User, GrpTRESMins, GrpTRESRaw (minutes), and
     * where that is lacking RawUsage (seconds, of cpus unless the site weighs resources).
     */
    public static Table shares(String text, Optional<String> user) {
        String[] lines = text.split("\n", -1);
        List<String> names = Arrays.asList(lines[0].strip().split("\\|", -1));
        List<Limit> limits = new ArrayList<>();
        int rows = 0;
        for (String line : Arrays.asList(lines).subList(1, lines.length)) {
            String[] cells = line.split("\\|", -1);
            String account = cell(names, cells, "Account");
            String who = cell(names, cells, "User");
            if (account.isEmpty() || (!who.isEmpty() && user.filter(who::equals).isEmpty())) {
                continue;
            }
            rows++;
            String holder = who.isEmpty() ? "account " + account : "user " + who + " of account " + account;
            Map<String, String> spent = resources(cell(names, cells, "GrpTRESRaw"));
            Optional<Double> raw = number(cell(names, cells, "RawUsage")).map(s -> s / SECONDS_A_MINUTE);
            resources(cell(names, cells, "GrpTRESMins")).forEach((resource, limit) -> {
                boolean counted = resource.equals("cpu") || resource.equals("billing");
                Optional<Double> used = spent.isEmpty()
                        ? raw.filter(r -> counted).map(Math::floor)
                        : number(spent.getOrDefault(resource, ""));
                Optional<Double> most = number(limit);
                if (used.isPresent() && most.isPresent()) {
                    limits.add(new Limit(holder, resource, used.get(), most.get()));
                }
            });
        }
        return new Table(limits, rows, Map.of(), Optional.empty());
    }

    private static String cell(List<String> names, String[] cells, String name) {
        int at = names.indexOf(name);
        return at < 0 || at >= cells.length ? "" : cells[at].strip();
    }

    /** {@code cpu=1,mem=2}. */
    private static Map<String, String> resources(String text) {
        Map<String, String> resources = new TreeMap<>();
        for (String each : text.split(",", -1)) {
            int equals = each.indexOf('=');
            if (equals > 0) {
                resources.put(each.substring(0, equals), each.substring(equals + 1));
            }
        }
        return resources;
    }
}
