package dev.settle.app.session;

import java.util.Locale;

/** The exit record that a run's wrapper leaves, as the wrapper writes it. */
final class SimRecord {
    private SimRecord() {}

    static String text(SimJob job, SimJob.Run run, String token, String name) {
        int dot = name.lastIndexOf('.');
        String who = String.format(
                Locale.ROOT,
                "{\"settle_record\":1,\"token\":\"%s\",\"index\":%d,\"item\":\"%s\",\"attempt\":%s,\"restart\":%d,"
                        + "\"slurm_job\":\"%s\",\"host\":\"n1\",\"boot\":\"b-1\",\"pid\":123,\"start_ticks\":456,"
                        + "\"started_at\":\"%s\",\"timeout_s\":null",
                token,
                Math.max(0, job.task),
                name.substring(0, dot),
                name.substring(dot + 1),
                run.restart,
                job.id(),
                run.start);
        String end =
                switch (run.fate.record) {
                    case CODE -> "\"exit_code\":" + run.fate.codes.split(":")[0] + ",\"signal\":null";
                    case SIGNAL ->
                        "\"exit_code\":null,\"signal\":" + run.fate.codes.split(":")[1];
                    case TERMINATED -> "\"exit_code\":null,\"signal\":15,\"terminated\":true";
                    case TRAPPED -> "\"exit_code\":0,\"signal\":null,\"terminated\":true";
                    case NONE -> throw new IllegalArgumentException(run.fate + " leaves no record");
                };
        return who + ",\"kind\":\"start\",\"mode\":\"slurm\"}\n" + who + ",\"kind\":\"end\"," + end + ",\"ended_at\":\""
                + run.end + "\",\"cpu_s\":0.25,\"max_rss_bytes\":4096}\n";
    }
}
