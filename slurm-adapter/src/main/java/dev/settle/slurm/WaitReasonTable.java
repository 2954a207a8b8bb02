package dev.settle.slurm;

import dev.settle.core.port.WaitReason;
import dev.settle.core.port.WaitReason.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Slurm's pending reasons and what they mean to us (SchedMD, JOB REASON CODES, 22.05 to 25.11).
 *
 * <p>Most pass by themselves. A reason that is not here is shown raw and waited for.
 */
final class WaitReasonTable {
    private static final Map<String, Kind> ROWS = rows();

    private WaitReasonTable() {}

    /** What a reason column says. */
    static WaitReason of(String raw) {
        String word = raw.strip();
        // (ReqNodeNotAvail, UnavailableNodes:n1): the reason is what stands before the comma.
        int comma = word.indexOf(',');
        String reason = comma < 0 ? word : word.substring(0, comma);
        Kind known = ROWS.get(reason);
        return new WaitReason(word, known != null ? known : limit(reason));
    }

    /** The limits by resource, level and scope; their names are put together from parts. */
    private static Kind limit(String reason) {
        boolean assocOrQos = reason.startsWith("Assoc") || reason.startsWith("QOS");
        if (!assocOrQos) {
            return Kind.UNKNOWN;
        }
        // Bounds what runs at once and frees itself: AssocGrpCPURunMinutesLimit, AssocGrpMemRunMinutes.
        if (reason.contains("RunMinutes")) {
            return Kind.PASSES;
        }
        boolean minutes = reason.endsWith("Minutes") || reason.endsWith("MinutesLimit");
        if (minutes && reason.contains("Grp")) {
            return Kind.CREDITS;
        }
        if (reason.endsWith("PerJobLimit") || reason.endsWith("PerJob") || reason.contains("MinutesPerJob")) {
            return Kind.NEVER;
        }
        if (reason.endsWith("PerNode") || reason.endsWith("PerNodeLimit")) {
            return Kind.NEVER;
        }
        return Kind.PASSES;
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
                "PartitionDown",
                "PartitionInactive",
                "ReqNodeNotAvail",
                "NodeDown",
                "Cleaning",
                "Prolog",
                "FrontEndDown",
                "JobArrayTaskLimit",
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
                "DelayBoot",
                "DeadlineBlocked",
                "DeadLine",
                "ReservationDeleted",
                "SchedDefer",
                "SystemFailure",
                "TimeLimit",
                "WaitingForScheduling",
                "Nodes_required_for_job_are_DOWN",
                "JobHoldMaxRequeue",
                "MaxRequeue",
                "RequeueDelay",
                "BlockMaxError",
                "BlockFreeAction",
                "PartitionConfig",
                "AccountingPolicy",
                "FedJobLock",
                "NoReason",
                "OutOfMemory",
                "MaxMemPerLimit",
                "MaxPoweredUpNodes",
                "PowerNotAvail",
                "PowerReserved",
                "QosUsageThreshold",
                "JobLaunchFailure",
                "NonZeroExitCode");
        put(rows, Kind.HELD_BY_USER, "JobHeldUser");
        put(
                rows,
                Kind.HELD_BY_ADMIN,
                "JobHeldAdmin",
                "launch_failed_requeued_held",
                "LaunchFailedRequeuedHeld",
                "job_requeued_in_held_state");
        put(
                rows,
                Kind.NEVER,
                "PartitionNodeLimit",
                "PartitionTimeLimit",
                "BadConstraints",
                "InvalidAccount",
                "InvalidQOS",
                "QOSNotAllowed",
                "AccountNotAllowed",
                "Constraints",
                "NodeNotInPartition",
                "AssocMaxWallDurationPerJobLimit",
                "AssocMaxCpuPerJobLimit",
                "AssocMaxCPUMinutesPerJobLimit",
                "AssocMaxNodePerJobLimit",
                "AssocMaxMemPerJob",
                "AssocMaxGRESPerJob",
                "AssocMaxBillingMinutesPerJob",
                "QOSMaxWallDurationPerJobLimit",
                "QOSMaxCpuPerJobLimit",
                "QOSMaxCpuMinutesPerJobLimit",
                "QOSMaxNodePerJobLimit",
                "QOSMaxMemoryPerJob",
                "QOSMaxGRESPerJob",
                "QOSMaxGRESMinutesPerJob",
                "QOSMinCpuNotSatisfied",
                "QOSMinGRES",
                "QOSMinMemory",
                "QOSMinNode",
                "QOSMinBB",
                "QOSMinBilling",
                "BurstBufferError");
        put(rows, Kind.DEPENDENCY_NEVER, "DependencyNeverSatisfied");
        put(
                rows,
                Kind.CREDITS,
                "AssocGrpCPUMinutesLimit",
                "AssocGrpBillingMinutes",
                "AssocGrpMemMinutes",
                "AssocGrpNodeMinutes",
                "AssocGrpGRESMinutes",
                "AssocGrpEnergyMinutes",
                "AssocGrpLicenseMinutes",
                "AssocGrpBBMinutes",
                "QOSGrpCPUMinutesLimit",
                "QOSGrpBillingMinutes",
                "QOSGrpMemoryMinutes",
                "QOSGrpNodeMinutes",
                "QOSGrpGRESMinutes",
                "QOSGrpEnergyMinutes",
                "QOSGrpLicenseMinutes",
                "QOSGrpBBMinutes");
        return Collections.unmodifiableMap(rows);
    }

    private static void put(Map<String, Kind> rows, Kind kind, String... words) {
        for (String word : words) {
            rows.put(word, kind);
        }
    }

    /** The table as text, for its golden. */
    static String render() {
        List<String> lines = new ArrayList<>();
        ROWS.forEach((word, kind) -> lines.add(word + " | " + kind));
        return String.join("\n", lines) + "\n";
    }
}
