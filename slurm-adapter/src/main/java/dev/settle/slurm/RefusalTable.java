package dev.settle.slurm;

import dev.settle.core.port.SubmitAnswer;
import dev.settle.core.port.SubmitAnswer.Refusal;
import dev.settle.core.port.WaitReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What sbatch says when it does not submit, and what that means (slurm.md, 20). */
final class RefusalTable {
    /** sbatch's words for a bad option: it never reached the controller. */
    private static final int EXIT_BAD_OPTION = 255;

    private static final String FAILED = "Batch job submission failed: ";

    /** What every tool says where neither a slurm.conf nor a server of one is found. */
    static final String NOT_SET_UP = "Could not establish a configuration source";

    /** The first that the text contains decides. */
    private static final List<Map.Entry<String, Refusal>> ROWS = List.of(
            Map.entry("Batch script is empty", Refusal.EMPTY_SCRIPT),
            // No slurm.conf, or a configless client whose controller is away: the job surely did not arrive.
            Map.entry(NOT_SET_UP, Refusal.NO_SCHEDULER),
            Map.entry("Unable to contact slurm controller (connect failure)", Refusal.UNREACHABLE),
            Map.entry("Slurm backup controller in standby mode", Refusal.UNREACHABLE),
            Map.entry("Resource temporarily unavailable", Refusal.TEMPORARY),
            Map.entry("Slurm temporarily unable to accept job", Refusal.TEMPORARY),
            // Only of an array, which goes out in smaller ones then.
            Map.entry("Invalid job array specification", Refusal.TEMPORARY),
            Map.entry("MaxSubmitJob", Refusal.TEMPORARY),
            Map.entry("GrpSubmitJob", Refusal.TEMPORARY),
            Map.entry("MaxJobCount", Refusal.TEMPORARY),
            Map.entry("Job violates accounting/QOS policy", Refusal.CAN_NEVER_START),
            Map.entry("Requested time limit is invalid", Refusal.CAN_NEVER_START),
            Map.entry("Requested node configuration is not available", Refusal.CAN_NEVER_START),
            Map.entry("Node count specification invalid", Refusal.CAN_NEVER_START),
            Map.entry("CPU count per node can not be satisfied", Refusal.CAN_NEVER_START),
            Map.entry("Memory required by task is not available", Refusal.CAN_NEVER_START),
            Map.entry("More processors requested than permitted", Refusal.CAN_NEVER_START),
            Map.entry("Invalid feature specification", Refusal.CAN_NEVER_START),
            // sbatch itself finds these before it asks the controller, and exits with 1 (22.05.8): GPUs where there are
            // none, and values of options. For most options it exits with 255.
            Map.entry("Invalid generic resource (gres) specification", Refusal.CAN_NEVER_START),
            Map.entry("Invalid numeric value", Refusal.FOR_GOOD),
            Map.entry("error: unrecognized --", Refusal.FOR_GOOD),
            Map.entry("Bad rlimit name", Refusal.FOR_GOOD),
            Map.entry("Could not open user environment file", Refusal.FOR_GOOD),
            Map.entry("Unable to open file", Refusal.FOR_GOOD));

    private RefusalTable() {}

    /** What an sbatch that gave no job id means. */
    static SubmitAnswer of(ToolRunner.Result result) {
        String text = words(result);
        if (result.kind() == ToolRunner.Kind.NOT_STARTED) {
            // A missing program stays missing; a process that could not be made may be made later.
            boolean missing = result.exitCode() == ToolRunner.EXIT_NO_SUCH_PROGRAM;
            return new SubmitAnswer.Refused(missing ? Refusal.NO_SCHEDULER : Refusal.TEMPORARY, text);
        }
        if (result.kind() != ToolRunner.Kind.EXITED || result.exitCode() == 0) {
            return new SubmitAnswer.Unclear(text);
        }
        String said = result.stderr() + "\n" + result.stdout();
        // "Socket timed out" does not mean that the job was not accepted.
        if (said.contains("timed out") || said.contains("Zero Bytes were transmitted")) {
            return new SubmitAnswer.Unclear(text);
        }
        if (namesCredits(said)) {
            return new SubmitAnswer.Refused(Refusal.CREDITS, text);
        }
        for (Map.Entry<String, Refusal> row : ROWS) {
            if (said.contains(row.getKey())) {
                return new SubmitAnswer.Refused(row.getValue(), text);
            }
        }
        boolean clearlyRefused = said.contains(FAILED) || result.exitCode() == EXIT_BAD_OPTION;
        return clearlyRefused ? new SubmitAnswer.Refused(Refusal.FOR_GOOD, text) : new SubmitAnswer.Unclear(text);
    }

    /** A policy refusal names its limit on a line of its own: {@code sbatch: error: QOSGrpCPUMinutesLimit}. */
    private static boolean namesCredits(String said) {
        for (String line : said.split("\n", -1)) {
            String word = line.substring(line.lastIndexOf(' ') + 1).strip();
            if (WaitReasonTable.of(word).kind() == WaitReason.Kind.CREDITS) {
                return true;
            }
        }
        return false;
    }

    /** The errors on one line, without sbatch's own prefix. */
    private static String words(ToolRunner.Result result) {
        if (result.kind() != ToolRunner.Kind.EXITED) {
            return result.lastWords("sbatch");
        }
        List<String> lines = new ArrayList<>();
        for (String line : result.stderr().split("\n", -1)) {
            String text = line.replace("sbatch: error: ", "")
                    .replace("sbatch: fatal: ", "")
                    .replace(FAILED, "")
                    .strip();
            if (!text.isEmpty() && !lines.contains(text)) {
                lines.add(text);
            }
        }
        return lines.isEmpty() ? result.lastWords("sbatch") : String.join(": ", lines);
    }
}
