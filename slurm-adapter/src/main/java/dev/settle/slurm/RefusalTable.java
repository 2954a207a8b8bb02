package dev.settle.slurm;

import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.scheduler.SubmitAnswer.Ending;
import dev.settle.core.scheduler.SubmitAnswer.Refusal;
import dev.settle.core.scheduler.WaitReason;
import dev.settle.slurm.parse.WaitReasonTable;
import dev.settle.slurm.tools.ToolRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What sbatch says when it gives no job id, and what that means (slurm.md, 20).
 *
 * <p>Only sbatch's own words in a form that is known to be final are a refusal, whatever the exit status: its complaints
 * about options and scripts, which come before it asks the controller, and {@code Batch job submission failed:} with an
 * answer of the controller. The text behind it may also be of the connection, on which the request may have arrived. A
 * wrapper, a plugin or ssh can say anything with any status: all that is unclear.
 */
final class RefusalTable {
    private static final String FAILED = "Batch job submission failed: ";

    /** What every tool says where neither a slurm.conf nor a server of one is found. */
    static final String NOT_SET_UP = "Could not establish a configuration source";

    /** From here on a status is a shell's way to name a signal. */
    private static final int EXIT_BY_SIGNAL = 128;

    /** The status of ssh when it fails itself, and of timeout. */
    private static final List<Integer> EXITS_OF_CARRIERS = List.of(255, 124);

    /** sbatch about its options and script; recorded with 22.05.8, all with exit status 255 or 1. */
    private static final List<Pattern> BEFORE_SENDING = List.of(
            Pattern.compile("sbatch: (unrecognized|invalid) option .*"),
            Pattern.compile(
                    "sbatch: option '.*' (doesn't allow|requires) an argument|sbatch: option requires an argument.*"),
            Pattern.compile("sbatch: option '.*' is ambiguous.*"),
            Pattern.compile("sbatch: error: [Ii]nvalid --[a-z0-9-]+.*"),
            Pattern.compile("sbatch: error: Invalid numeric value .* for .*"),
            Pattern.compile("sbatch: error: [Uu]nrecognized --[a-z0-9-]+ argument .*"),
            Pattern.compile("sbatch: error: --[a-z0-9-]+=.* is not valid\\.?"),
            Pattern.compile("sbatch: error: Invalid generic resource \\(gres\\) specification"),
            Pattern.compile("sbatch: error: Could not open user environment file .*"),
            Pattern.compile("sbatch: error: Unable to open file .*"),
            Pattern.compile("sbatch: error: slurm_allocate_resources error opening file .*"),
            Pattern.compile("sbatch: error: Batch script is empty!"),
            Pattern.compile("sbatch: error: Batch script contains DOS line breaks .*"),
            Pattern.compile("sbatch: error: This does not look like a batch script\\..*"),
            // Of another cluster: it is unknown or away; or accounting is, which has its address (slurm.md, 16).
            Pattern.compile("sbatch: error: '.*' can't be reached now, or it is an invalid entry for --cluster\\..*"),
            Pattern.compile("sbatch: error: There is a problem talking to the database: .*"),
            Pattern.compile("sbatch: (error|fatal): " + NOT_SET_UP + ".*"));

    private static final Pattern FROM_CONTROLLER = Pattern.compile("sbatch: (error|fatal): " + FAILED + "(.*)");

    /**
     * Answers of the controller to a submission (slurm_errno.c of 22.05 to 26.05): it has read the request and has no job.
     * One that is missing here costs a short search for the token.
     */
    private static final List<String> ANSWERS = List.of(
            "Access denied to requested reservation",
            "Access/permission denied",
            "Batch script is empty!",
            "Burst Buffer permission denied",
            "Burst Buffer request invalid",
            "Burst Buffer resource limit exceeded",
            "CPU count per node can not be satisfied",
            "CPU count specification invalid",
            "Cannot request more threads per core than the job allocation",
            "Circular job dependency",
            "Core count for reservation node list is not consistent!",
            "Dependency is invalid",
            "Environment is missing in job",
            "I/O error writing script/environment to file",
            "Immediate execution impossible",
            "Invalid GRES specification",
            "Invalid Trackable RESource (TRES) specification",
            "Invalid account or account/partition combination specified",
            "Invalid feature specification",
            "Invalid generic resource (gres) specification",
            "Invalid group id",
            "Invalid job array specification",
            "Invalid job name specified",
            "Invalid license specification",
            "Invalid mcs_label specified",
            "Invalid node name specified",
            "Invalid --nice value",
            "Invalid partition name specified",
            "Invalid preferred feature specification",
            "Invalid qos specification",
            "Invalid time specified",
            "Invalid time-min specification",
            "Invalid user id",
            "Invalid wckey specification",
            "Job --batch option is invalid or not a subset of --constraints",
            "Job dependency problem",
            "Job script not specified",
            "Job size specification needs to be provided",
            "Job violates accounting/QOS policy",
            "MaxJobCount",
            "Memory required by task is not available",
            "More processors requested than permitted",
            "Multiple KNL NUMA and/or MCDRAM constraints require use of a heterogeneous job",
            "Multiple partition job request not supported when a partition is set in the association",
            "No eligible clusters for federated job",
            "No partition specified or system default partition",
            "Node count specification invalid",
            "Only batch jobs are accepted or processed",
            "Partition in DOWN state",
            "Pathname of a file, directory or other parameter too long",
            "Required node not available (down, drained or reserved)",
            "Required partition not available (inactive or drain)",
            "Requested GRES option unsupported by configured SelectType plugin",
            "Requested account has breached requested QOS usage threshold",
            "Requested more tasks than available processors",
            "Requested node configuration is not available",
            "Requested nodes are busy",
            "Requested nodes not in this partition",
            "Requested operation is presently disabled",
            "Requested operation not supported on this system",
            "Requested partition configuration not available now",
            "Requested reservation is in use",
            "Requested reservation is invalid",
            "Requested reservation not usable now",
            "Requested time limit is invalid (missing or exceeds some limit)",
            "Requires more ports than can be reserved",
            "Slurm backup controller in standby mode",
            "Controller is in standby mode, try a different controller",
            "System submissions disabled",
            "Task count specification invalid",
            "Task distribution specification invalid",
            "Time limit specification required, but not provided",
            "Unable to contact slurm controller (connect failure)",
            "Unable to create job record, try again",
            "User's group not permitted to use this partition",
            "X11 forwarding not available");

    /** Words of a connection on which the request may have arrived: the scheduler may read it yet. */
    private static final Pattern CUT_OFF = Pattern.compile(
            "timed out|Zero Bytes were transmitted|Unable to contact slurm controller|Message (send|receive) failure"
                    + "|Communication (connection|shutdown) failure|Unexpected message received|[Bb]roken pipe"
                    + "|[Cc]onnection (reset|closed|refused|to )|disconnect|client_loop|kex_exchange|ssh:");

    private static final Pattern NOT_ANSWERED = Pattern.compile("timed out|Zero Bytes were transmitted");

    /** The first that the text contains decides. */
    private static final List<Map.Entry<String, Refusal>> ROWS = List.of(
            Map.entry("Batch script is empty", Refusal.EMPTY_SCRIPT),
            // No slurm.conf, or a configless client whose controller is away: the job surely did not arrive.
            Map.entry(NOT_SET_UP, Refusal.NO_SCHEDULER),
            Map.entry("Unable to contact slurm controller", Refusal.UNREACHABLE),
            Map.entry("known by database", Refusal.FOR_GOOD),
            Map.entry("can't be reached now, or it is an invalid entry for --cluster", Refusal.UNREACHABLE),
            Map.entry("Only local cluster communication is available", Refusal.UNREACHABLE),
            Map.entry("Slurm backup controller in standby mode", Refusal.UNREACHABLE),
            Map.entry("Controller is in standby mode", Refusal.UNREACHABLE),
            Map.entry("Resource temporarily unavailable", Refusal.TEMPORARY),
            Map.entry("Slurm temporarily unable to accept job", Refusal.TEMPORARY),
            Map.entry("Slurm job queue full", Refusal.TEMPORARY),
            Map.entry("I/O error writing script", Refusal.TEMPORARY),
            Map.entry("Unable to create job record, try again", Refusal.TEMPORARY),
            Map.entry("Socket timed out on send/recv", Refusal.TEMPORARY),
            Map.entry("Zero Bytes were transmitted", Refusal.TEMPORARY),
            Map.entry("Message send failure", Refusal.TEMPORARY),
            Map.entry("Message receive failure", Refusal.TEMPORARY),
            Map.entry("Communication connection failure", Refusal.TEMPORARY),
            Map.entry("Communication shutdown failure", Refusal.TEMPORARY),
            Map.entry("Protocol authentication error", Refusal.TEMPORARY),
            Map.entry("Munge encode failed", Refusal.TEMPORARY),
            Map.entry("Munge decode failed", Refusal.TEMPORARY),
            Map.entry("If munged is up", Refusal.TEMPORARY),
            Map.entry("munge.socket", Refusal.TEMPORARY),
            Map.entry("Failed to connect to authentication agent", Refusal.TEMPORARY),
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
            Map.entry("Invalid generic resource (gres) specification", Refusal.CAN_NEVER_START));

    private RefusalTable() {}

    /** What an sbatch that gave no job id means. */
    static SubmitAnswer of(ToolRunner.Result result) {
        String text = words(result);
        if (result.kind() == ToolRunner.Kind.NOT_STARTED) {
            // A missing program stays missing; a process that could not be made may be made later.
            boolean missing = result.exitCode() == ToolRunner.EXIT_NO_SUCH_PROGRAM;
            return new SubmitAnswer.Refused(missing ? Refusal.NO_SCHEDULER : Refusal.TEMPORARY, text);
        }
        if (result.kind() != ToolRunner.Kind.EXITED) {
            return SubmitAnswer.Unclear.silent(text);
        }
        if (result.exitCode() == 0) {
            return SubmitAnswer.Unclear.silent("sbatch succeeded without a job id: " + text);
        }
        String said = result.stderr() + "\n" + result.stdout();
        Optional<Refusal> meaning = meaning(said);
        if (isFinal(result.stderr())) {
            return new SubmitAnswer.Refused(meaning.orElse(Refusal.FOR_GOOD), text);
        }
        if (CUT_OFF.matcher(said).find() || EXITS_OF_CARRIERS.contains(result.exitCode())) {
            return new SubmitAnswer.Unclear(text, Ending.CUT_OFF, meaning);
        }
        if (said.isBlank() || result.exitCode() > EXIT_BY_SIGNAL) {
            return SubmitAnswer.Unclear.silent(text);
        }
        return new SubmitAnswer.Unclear(text, Ending.REPORTED, Optional.of(meaning.orElse(Refusal.FOR_GOOD)));
    }

    private static boolean isFinal(String stderr) {
        List<String> lines = stderr.lines().map(String::strip).toList();
        // A wrapper that sends twice may have been heard the first time.
        return lines.stream().anyMatch(RefusalTable::isFinalLine)
                && lines.stream()
                        .noneMatch(line ->
                                !isFinalLine(line) && NOT_ANSWERED.matcher(line).find());
    }

    private static boolean isFinalLine(String line) {
        var answer = FROM_CONTROLLER.matcher(line);
        return answer.matches()
                ? ANSWERS.stream().anyMatch(answer.group(2)::startsWith)
                : BEFORE_SENDING.stream().anyMatch(each -> each.matcher(line).matches());
    }

    /** What words mean once it is known that there is no job; empty for words that the table lacks. */
    private static Optional<Refusal> meaning(String said) {
        if (namesCredits(said)) {
            return Optional.of(Refusal.CREDITS);
        }
        for (Map.Entry<String, Refusal> row : ROWS) {
            if (said.contains(row.getKey())) {
                return Optional.of(row.getValue());
            }
        }
        return Optional.empty();
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
    static String words(ToolRunner.Result result) {
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
