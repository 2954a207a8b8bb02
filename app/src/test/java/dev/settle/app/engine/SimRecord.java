package dev.settle.app.engine;

import java.util.Locale;

/** The exit record that a run's wrapper leaves, as the wrapper writes it. */
public final class SimRecord {
    private SimRecord() {}

    /** What a run writes down before it starts the item's command. */
    public static String start(SimJob job, SimJob.Run run, String token, String name) {
        return who(job, run, token, name) + ",\"kind\":\"start\",\"mode\":\"slurm\"}\n";
    }

    private static String who(SimJob job, SimJob.Run run, String token, String name) {
        int dot = name.lastIndexOf('.');
        return String.format(
                Locale.ROOT,
                "{\"settle_record\":1,\"token\":\"%s\",\"index\":%d,\"item\":\"%s\",\"attempt\":%s,\"restart\":%d,"
                        + "\"slurm_job\":\"%s\",\"host\":\"n1\",\"boot\":\"b-1\",\"pid\":123,\"start_ticks\":456,"
                        + "\"started_at\":\"%s\",\"timeout_s\":null%s",
                token,
                Math.max(0, job.task),
                name.substring(0, dot),
                name.substring(dot + 1),
                run.restart,
                job.id(),
                run.start,
                job.task < 0 ? "" : ",\"slurm_number\":\"" + job.raw + "\"");
    }

    public static String text(SimJob job, SimJob.Run run, String token, String name) {
        String end =
                switch (run.fate.record) {
                    case CODE -> "\"exit_code\":" + run.fate.codes.split(":")[0] + ",\"signal\":null";
                    case SIGNAL ->
                        "\"exit_code\":null,\"signal\":" + run.fate.codes.split(":")[1];
                    case TERMINATED -> "\"exit_code\":null,\"signal\":15,\"terminated\":true";
                    case TRAPPED -> "\"exit_code\":0,\"signal\":null,\"terminated\":true";
                    case NONE -> throw new IllegalArgumentException(run.fate + " leaves no record");
                };
        return start(job, run, token, name) + who(job, run, token, name) + ",\"kind\":\"end\"," + end
                + ",\"ended_at\":\"" + run.end + "\",\"cpu_s\":0.25,\"max_rss_bytes\":4096}\n";
    }
}
