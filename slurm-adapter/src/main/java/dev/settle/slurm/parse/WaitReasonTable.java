package dev.settle.slurm.parse;

import dev.settle.core.scheduler.WaitReason;
import dev.settle.core.scheduler.WaitReason.Kind;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Slurm's pending reasons and what they mean to us: the manual's list (Job Reason Codes, 22.05 to 25.11), the words that
 * slurmctld puts together itself, and by their pattern the limits of resources that versions to come may add.
 *
 * <p>Most pass by themselves. A reason that is not known is shown raw and waited for. Each documented word's meaning is
 * pinned by the golden {@code slurm-wait-reasons.txt}.
 */
public final class WaitReasonTable {
    private static final Map<String, Kind> ROWS = rows();

    private WaitReasonTable() {}

    /** What a reason column says. */
    public static WaitReason of(String raw) {
        String word = raw.strip();
        // (ReqNodeNotAvail, UnavailableNodes:n1): the reason is what stands before the comma.
        int comma = word.indexOf(',');
        // 22.05 writes "launch failed requeued held", later versions put underscores between.
        String reason = (comma < 0 ? word : word.substring(0, comma)).replace(' ', '_');
        Kind known = ROWS.get(reason);
        return new WaitReason(word, known != null ? known : limit(reason));
    }

    /** The limits by level, resource and scope; their names are put together from parts. */
    private static Kind limit(String reason) {
        boolean assocOrQos = reason.startsWith("Assoc") || reason.startsWith("QOS");
        if (!assocOrQos) {
            // MaxCpuPerAccount and its kin: bound what an account has at once.
            return reason.startsWith("Max") && reason.endsWith("PerAccount") ? Kind.PASSES : Kind.UNKNOWN;
        }
        // Bounds what runs at once and frees itself: AssocGrpCPURunMinutesLimit, AssocGrpMemRunMinutes.
        if (reason.contains("RunMinutes")) {
            return Kind.PASSES;
        }
        boolean group = reason.startsWith("AssocGrp") || reason.startsWith("QOSGrp");
        if (group) {
            // Minutes are counted up and come back only by decay or by more credit; so is a group's wall time.
            boolean spent =
                    reason.endsWith("Minutes") || reason.endsWith("MinutesLimit") || reason.endsWith("WallLimit");
            return spent ? Kind.CREDITS : Kind.PASSES;
        }
        boolean ofOneJob = reason.contains("PerJob") || reason.contains("PerNode") || reason.startsWith("QOSMin");
        if (ofOneJob) {
            return Kind.NEVER;
        }
        boolean counted = reason.startsWith("AssocMax") || reason.startsWith("QOSMax");
        return counted ? Kind.PASSES : Kind.UNKNOWN;
    }

    private static Map<String, Kind> rows() {
        Map<String, Kind> rows = new TreeMap<>();
        put(
                rows,
                Kind.PASSES,
                "None",
                "Priority",
                "Resources",
                "Dependency",
                "BeginTime",
                "Licenses",
                "Reservation",
                "ReservationDeleted",
                "ReservationInvalid",
                "PartitionDown",
                "PartitionInactive",
                "PartitionConfig",
                "ReqNodeNotAvail",
                "Nodes_required_for_job_are_DOWN",
                "NodeDown",
                "FrontEndDown",
                "Cleaning",
                "Prolog",
                "JobArrayTaskLimit",
                "AccountingPolicy",
                "QOSJobLimit",
                "QOSResourceLimit",
                "QOSTimeLimit",
                "QOSUsageThreshold",
                "AssociationJobLimit",
                "AssociationResourceLimit",
                "AssociationTimeLimit",
                "BurstBufferResources",
                "BurstBufferStageIn",
                "BurstBufferOperation",
                "FedJobLock",
                "SchedDefer",
                "SystemFailure",
                "PowerNotAvail",
                "PowerReserved",
                // "Cannot be satisfied at this time": BadConstraints are those that never can.
                "Constraints",
                // Left from an earlier run of a job that was requeued.
                "DeadLine",
                "InactiveLimit",
                "JobLaunchFailure",
                "NonZeroExitCode",
                "OutOfMemory",
                "RaisedSignal",
                "TimeLimit");
        put(rows, Kind.HELD_BY_USER, "JobHeldUser", "job_requeued_in_held_state");
        put(rows, Kind.HELD_BY_ADMIN, "JobHeldAdmin", "JobHoldMaxRequeue", "launch_failed_requeued_held");
        put(
                rows,
                Kind.NEVER,
                "PartitionNodeLimit",
                "PartitionTimeLimit",
                "BadConstraints",
                "MaxMemPerLimit",
                "InvalidAccount",
                "InvalidQOS",
                "QOSNotAllowed",
                "AccountNotAllowed");
        put(rows, Kind.DEPENDENCY_NEVER, "DependencyNeverSatisfied");
        return Collections.unmodifiableMap(rows);
    }

    private static void put(Map<String, Kind> rows, Kind kind, String... words) {
        for (String word : words) {
            rows.put(word, kind);
        }
    }
}
