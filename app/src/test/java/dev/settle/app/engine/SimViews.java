package dev.settle.app.engine;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What the controller and accounting would say of the cluster's jobs at a time, row by row and column by column. */
final class SimViews {
    private static final Duration TIME_LIMIT = Duration.ofMinutes(5);

    private final SimCluster cluster;

    SimViews(SimCluster cluster) {
        this.cluster = cluster;
    }

    /** Whether the controller still has the job. */
    boolean inQueue(SimJob job, Instant at) {
        SimJob.Run last = job.last();
        Instant purged = last.end
                .plus(last.completing)
                .plus(cluster.minJobAge)
                .plusMillis(Math.floorMod(job.raw.hashCode(), 7_000));
        return !at.isBefore(job.first().submit)
                && at.isBefore(job.forgottenAt)
                && at.isBefore(job.vanishedAt)
                && at.isBefore(purged);
    }

    List<Map<String, String>> queue(Predicate<SimJob> asked, Instant at) {
        List<Map<String, String>> rows = new ArrayList<>();
        Map<String, List<SimJob>> waiting = new TreeMap<>();
        for (SimJob job : cluster.jobs) {
            if (!asked.test(job) || !inQueue(job, at)) {
                continue;
            }
            SimJob.Run run = job.runAt(at);
            if (job.task >= 0 && run.restart == 0 && at.isBefore(run.start)) {
                waiting.computeIfAbsent(job.base, base -> new ArrayList<>()).add(job);
            } else {
                rows.add(queueRow(job, run, job.id(), job.raw, at));
            }
        }
        waiting.forEach((base, tasks) ->
                rows.add(queueRow(tasks.get(0), tasks.get(0).first(), base + "_[" + list(tasks) + "]", base, at)));
        return rows;
    }

    private static String list(List<SimJob> tasks) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < tasks.size(); i++) {
            int from = i;
            while (i + 1 < tasks.size() && tasks.get(i + 1).task == tasks.get(i).task + 1) {
                i++;
            }
            text.append(text.length() > 0 ? "," : "").append(tasks.get(from).task);
            text.append(i > from ? "-" + tasks.get(i).task : "");
        }
        return text.toString();
    }

    private Map<String, String> queueRow(SimJob job, SimJob.Run run, String id, String raw, Instant at) {
        boolean waits = at.isBefore(run.start);
        boolean ended = !at.isBefore(run.end.plus(run.completing));
        String word = run.fate.word;
        String reason = run.fate.reason;
        if (waits && at.isBefore(run.end)) {
            word = "PENDING";
            boolean spent = cluster.faults().is(SimFaults.Fault.CREDITS_SPENT, at);
            reason = run.restart > 0 ? "BeginTime" : spent ? "AssocGrpBillingMinutes" : "Priority";
        } else if (at.isBefore(run.end)) {
            word = "RUNNING";
            reason = "None";
        } else if (!ended) {
            word = "COMPLETING";
            reason = "None";
        }
        Map<String, String> row = new LinkedHashMap<>();
        row.put("JobArrayID", id);
        row.put("ArrayJobID", job.base);
        row.put("JobID", raw);
        row.put("State", word);
        row.put("Reason", reason);
        row.put("exit_code", ended ? exitCode(run.fate.codes) : "0");
        row.put("SubmitTime", text(run.submit));
        row.put("StartTime", waits && at.isBefore(run.end) ? "N/A" : text(run.start));
        row.put("EndTime", at.isBefore(run.end) ? "N/A" : text(run.end));
        row.put("TimeLimit", "5:00");
        row.put("TimeUsed", waits ? "0:00" : elapsed(run, at));
        row.put("NodeList", waits || run.neverStarted() ? "" : "n1");
        row.put("NumCPUs", "1");
        row.put("UserID", SimTools.UID);
        row.put("Name", job.name);
        row.put("Command", command(job));
        row.put("Comment", "(null)");
        return row;
    }

    private static String command(SimJob job) {
        return job.token.isEmpty() ? "/home/ada/" + job.name : "/home/ada/.settle/scripts/" + job.token + ".sh";
    }

    /** A wait status up to 22.05, two numbers later. */
    private String exitCode(String codes) {
        if (cluster.version25) {
            return codes;
        }
        String[] parts = codes.split(":");
        return Integer.toString(Integer.parseInt(parts[0]) << 8 | Integer.parseInt(parts[1]) & 0x7f);
    }

    private static String elapsed(SimJob.Run run, Instant at) {
        Instant until = at.isBefore(run.end) ? at : run.end;
        long seconds = Math.max(0, Duration.between(run.start, until).toSeconds());
        return seconds / 60 + ":" + String.format("%02d", seconds % 60);
    }

    List<Map<String, String>> accounting(Predicate<SimJob> asked, Instant at) {
        List<Map<String, String>> rows = new ArrayList<>();
        Map<String, List<SimJob>> waiting = new TreeMap<>();
        for (SimJob job : cluster.jobs) {
            if (!asked.test(job)) {
                continue;
            }
            for (SimJob.Run run : job.runs) {
                boolean vanished = !at.isBefore(job.vanishedAt);
                boolean stale = vanished && job.staleInBooks && run.restart == 0 && !at.isBefore(run.pendingHeard);
                boolean known = known(run, at) && !vanished;
                boolean inRange = job.task >= 0 && run.restart == 0 && at.isBefore(run.stepHeard);
                boolean untold = inRange && at.isBefore(run.startHeard) && at.isBefore(run.endHeard);
                if (stale || (known && untold)) {
                    waiting.computeIfAbsent(job.base, base -> new ArrayList<>()).add(job);
                } else if (known) {
                    booked(job, run, at, rows);
                }
            }
        }
        waiting.forEach((base, tasks) -> rows.add(bookRow(
                tasks.get(0), tasks.get(0).first(), base + "_[" + list(tasks) + "]", base, "PENDING", "0:0", at)));
        for (SimCluster.CancelledRange range : cluster.ranges) {
            cluster.jobs.stream()
                    .filter(job -> job.base.equals(range.base()) && asked.test(job) && at.isAfter(range.end()))
                    .findFirst()
                    .ifPresent(job -> rows.add(cancelledRange(job, range, at)));
        }
        return rows;
    }

    private static boolean known(SimJob.Run run, Instant at) {
        return !at.isBefore(run.pendingHeard)
                || !at.isBefore(run.stepHeard)
                || !at.isBefore(run.startHeard)
                || !at.isBefore(run.endHeard);
    }

    private void booked(SimJob job, SimJob.Run run, Instant at, List<Map<String, String>> rows) {
        boolean ended = !at.isBefore(run.endHeard) && !at.isBefore(run.end);
        boolean started = !at.isBefore(run.startHeard) && !at.isBefore(run.start) && !run.neverStarted();
        boolean stepped = !at.isBefore(run.stepHeard) && !at.isBefore(run.start) && !run.neverStarted();
        String word =
                ended ? run.fate.word + (run.uid.isEmpty() ? "" : " by " + run.uid) : started ? "RUNNING" : "PENDING";
        Map<String, String> row = bookRow(job, run, job.id(), job.raw, word, ended ? run.fate.codes : "0:0", at);
        boolean partial = !started && at.isBefore(run.pendingHeard);
        if (partial) {
            row.put("JobName", "allocation");
            row.put("QOS", "Unknown");
            row.put("TimelimitRaw", "");
        }
        row.put("Start", started || stepped || ended ? text(run.start) : "Unknown");
        row.put("End", ended ? text(run.end) : "Unknown");
        row.put("NodeList", (started || stepped || ended) && !run.neverStarted() ? "n1" : "None assigned");
        rows.add(row);
        boolean batchEnded = ended && !run.fate.batchWord.isEmpty() && !run.neverStarted();
        if (batchEnded || (stepped && !ended)) {
            Map<String, String> step = new LinkedHashMap<>(row);
            step.put("JobID", job.id() + ".batch");
            step.put("JobIDRaw", job.raw + ".batch");
            step.put("JobName", "batch");
            step.put("State", batchEnded ? run.fate.batchWord : "RUNNING");
            step.put("ExitCode", batchEnded ? run.fate.batchCodes : "0:0");
            step.put("DerivedExitCode", "");
            step.put("QOS", "");
            step.put("MaxRSS", ended ? "4912K" : "");
            rows.add(step);
        }
    }

    private Map<String, String> bookRow(
            SimJob job, SimJob.Run run, String id, String raw, String word, String codes, Instant at) {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("JobID", id);
        row.put("JobIDRaw", raw);
        row.put("State", word);
        row.put("ExitCode", codes);
        row.put("DerivedExitCode", "0:0");
        row.put("Submit", text(run.submit));
        row.put("Start", "Unknown");
        row.put("End", "Unknown");
        Instant until = at.isBefore(run.end) ? at : run.end;
        row.put(
                "ElapsedRaw",
                Long.toString(Math.max(0, Duration.between(run.start, until).toSeconds())));
        row.put("AllocCPUS", "1");
        row.put("TotalCPU", "00:00.004");
        row.put("MaxRSS", "");
        row.put("NodeList", "None assigned");
        row.put("TimelimitRaw", Long.toString(TIME_LIMIT.toMinutes()));
        row.put("QOS", "normal");
        row.put("User", "ada");
        row.put("Account", "lab");
        row.put("UID", SimTools.UID);
        row.put("JobName", job.name);
        // Some sites keep no command lines (slurm.md, 25).
        row.put("SubmitLine", cluster.version25 ? "sbatch " + command(job) : "");
        row.put("Comment", cluster.version25 ? "" : job.token);
        return row;
    }

    private Map<String, String> cancelledRange(SimJob job, SimCluster.CancelledRange range, Instant at) {
        List<SimJob> tasks = cluster.jobs.stream()
                .filter(each -> each.base.equals(range.base()) && range.tasks().contains(each.task))
                .toList();
        Map<String, String> row = bookRow(
                job,
                job.first(),
                range.base() + "_[" + list(tasks) + "]",
                range.base(),
                "CANCELLED by " + range.uid(),
                "0:0",
                at);
        row.put("Submit", text(range.submit()));
        row.put("Start", text(range.end()));
        row.put("End", text(range.end()));
        return row;
    }

    static String text(Instant time) {
        String text =
                LocalDateTime.ofInstant(SimJob.seconds(time), ZoneOffset.UTC).toString();
        return text.length() == 16 ? text + ":00" : text;
    }
}
