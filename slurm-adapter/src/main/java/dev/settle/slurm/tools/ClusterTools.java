package dev.settle.slurm.tools;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Slurm's tools for another cluster than the default one: each is asked about it with {@code --clusters}, and the line
 * {@code CLUSTER: NAME} that some of them then print before their answer is left out.
 */
public final class ClusterTools implements ToolRunner {
    private static final Set<String> TOOLS =
            Set.of("sbatch", "squeue", "sacct", "scontrol", "scancel", "sshare", "sinfo");

    private static final String HEADER = "CLUSTER: ";

    private final ToolRunner tools;
    private final String clusters;

    /** @param clusters a name; for a submission also several with commas, of which sbatch chooses one */
    public ClusterTools(ToolRunner tools, String clusters) {
        this.tools = tools;
        this.clusters = clusters;
    }

    @Override
    public Result run(List<String> argv, Duration limit) {
        if (!TOOLS.contains(argv.get(0))) {
            return tools.run(argv, limit);
        }
        List<String> there = new ArrayList<>(argv);
        there.add(1, "--clusters=" + clusters);
        Result result = tools.run(there, limit);
        return result.stdout().contains(HEADER)
                ? new Result(result.kind(), result.exitCode(), withoutHeader(result.stdout()), result.stderr())
                : result;
    }

    private String withoutHeader(String text) {
        StringBuilder rest = new StringBuilder(text.length());
        for (int from = 0; from < text.length(); ) {
            int newline = text.indexOf('\n', from);
            int end = newline < 0 ? text.length() : newline + 1;
            if (!isHeader(text.substring(from, end).strip())) {
                rest.append(text, from, end);
            }
            from = end;
        }
        return rest.toString();
    }

    private boolean isHeader(String line) {
        return line.startsWith(HEADER)
                && line.substring(HEADER.length()).strip().equalsIgnoreCase(clusters);
    }
}
