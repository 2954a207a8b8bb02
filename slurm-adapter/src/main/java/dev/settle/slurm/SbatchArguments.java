package dev.settle.slurm;

import dev.settle.core.model.Resources;
import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.slurm.parse.SlurmTimes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of one sbatch. */
final class SbatchArguments {
    private static final long BYTES_A_MEGABYTE = 1 << 20;

    private SbatchArguments() {}

    /**
     * What is run.
     *
     * @param script the batch script, whose path has the token in it
     * @param scripts the folder in which the tasks of an array write
     */
    static List<String> of(SubmitRequest request, Path script, Path scripts) {
        List<String> argv = new ArrayList<>(List.of("sbatch", "--parsable"));
        argv.add("--job-name=" + jobName(request.name()));
        SubmitRequest.Task first = request.tasks().get(0);
        if (request.isArray()) {
            String throttle = request.throttle() > 0 ? "%" + request.throttle() : "";
            argv.add("--array=" + indices(request) + throttle);
        }
        if (request.tasks().size() > 1) {
            // One pattern for all tasks, beside the script; the wrapper leads each item's own path there.
            String pattern = literal(scripts.resolve(request.token().value())) + ".%a.";
            argv.add("--output=" + pattern + "out");
            argv.add("--error=" + pattern + "err");
        } else {
            argv.add("--output=" + literal(first.stdout()));
            if (!first.stderr().equals(first.stdout())) {
                argv.add("--error=" + literal(first.stderr()));
            }
        }
        argv.add("--chdir=" + directory(request));
        // A site may keep comments and not command lines; the user's own comment stays.
        if (request.resources().extra().stream().noneMatch(each -> each.startsWith("--comment"))) {
            argv.add("--comment=" + request.token().value());
        }
        resources(request.resources(), argv);
        argv.add(script.toString());
        return argv;
    }

    /** {@code 0-3,7}. */
    private static String indices(SubmitRequest request) {
        StringBuilder text = new StringBuilder();
        int tasks = request.tasks().size();
        for (int from = 0, to = 0; from < tasks; from = ++to) {
            while (to + 1 < tasks && request.index(to + 1) == request.index(to) + 1) {
                to++;
            }
            text.append(from == 0 ? "" : ",").append(request.index(from));
            text.append(to == from ? "" : "-" + request.index(to));
        }
        return text.toString();
    }

    /** As it is, but without what would break a line of Slurm's answers in two. */
    private static String jobName(String name) {
        return name.replaceAll("\\p{Cntrl}", "_");
    }

    /**
     * Where relative paths of the user's own options lead, and what Slurm shows. A --chdir to a missing folder runs in /tmp
     * (slurm.md, 18); the wrapper goes to the item's own folder itself, and nowhere else.
     */
    private static Path directory(SubmitRequest request) {
        Path first = request.tasks().get(0).workingDir();
        boolean common =
                request.tasks().stream().allMatch(task -> task.workingDir().equals(first));
        return common && Files.isDirectory(first) ? first : Path.of("/");
    }

    /**
     * A path in which sbatch replaces nothing: {@code %} begins a pattern. Where there is a backslash sbatch knows no
     * patterns at all and takes one backslash of two away (22.05.8).
     */
    private static String literal(Path path) {
        String text = path.toString();
        return knowsPatterns(path) ? text.replace("%", "%%") : text.replace("\\", "\\\\");
    }

    /** Whether {@code %a} of an array can follow this path. */
    static boolean knowsPatterns(Path path) {
        return path.toString().indexOf('\\') < 0;
    }

    private static void resources(Resources resources, List<String> argv) {
        resources.cpus().ifPresent(cpus -> argv.add("--cpus-per-task=" + cpus));
        resources
                .memoryBytes()
                .ifPresent(bytes ->
                        argv.add("--mem=" + Math.max(1, (bytes + BYTES_A_MEGABYTE - 1) / BYTES_A_MEGABYTE) + "M"));
        resources.gpus().ifPresent(gpus -> argv.add("--gpus=" + gpus));
        resources.gres().ifPresent(gres -> argv.add("--gres=" + gres));
        resources.timeLimit().ifPresent(limit -> argv.add("--time=" + SlurmTimes.formatLimit(limit)));
        resources.partition().ifPresent(partition -> argv.add("--partition=" + partition));
        resources.account().ifPresent(account -> argv.add("--account=" + account));
        resources.qos().ifPresent(qos -> argv.add("--qos=" + qos));
        resources.constraint().ifPresent(constraint -> argv.add("--constraint=" + constraint));
        argv.addAll(resources.extra());
    }
}
