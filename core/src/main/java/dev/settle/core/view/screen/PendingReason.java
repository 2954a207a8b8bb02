package dev.settle.core.view.screen;

import dev.settle.core.scheduler.WaitReason;
import java.util.Map;
import java.util.Optional;

/**
 * Why Slurm lets a job wait, in words: the reasons that users meet most (slurm.schedmd.com/job_reason_codes.html), and the
 * limits by the parts of their names. Slurm's own word stands with it, since it is what sites document.
 */
final class PendingReason {
    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("Priority", "jobs of higher priority are ahead"),
            Map.entry("Resources", "no free nodes yet"),
            Map.entry("Dependency", "waiting for another job"),
            Map.entry("BeginTime", "its begin time has not come"),
            Map.entry("Licenses", "no free licenses"),
            Map.entry("Reservation", "its reservation has not begun"),
            Map.entry("PartitionDown", "the partition is down"),
            Map.entry("PartitionInactive", "the partition is inactive"),
            Map.entry("PartitionConfig", "outside the partition's limits"),
            Map.entry("PartitionNodeLimit", "more nodes than the partition allows"),
            Map.entry("PartitionTimeLimit", "more time than the partition allows"),
            Map.entry("ReqNodeNotAvail", "a node that it needs is not available"),
            Map.entry("NodeDown", "a node that it needs is down"),
            Map.entry("Cleaning", "being cleaned up before it runs again"),
            Map.entry("Prolog", "its prolog is running"),
            Map.entry("JobArrayTaskLimit", "the array's limit of running tasks"),
            Map.entry("BurstBufferResources", "no free burst buffer"),
            Map.entry("BurstBufferStageIn", "data is being staged in"),
            Map.entry("JobHeldUser", "held by its owner"),
            Map.entry("JobHeldAdmin", "held by an administrator"),
            Map.entry("JobHoldMaxRequeue", "held after too many requeues"),
            Map.entry("BadConstraints", "no node can satisfy its constraints"),
            Map.entry("InvalidAccount", "the account is not valid"),
            Map.entry("InvalidQOS", "the QOS is not valid"),
            Map.entry("DependencyNeverSatisfied", "its dependency can never be satisfied"));

    private PendingReason() {}

    /** {@code jobs of higher priority are ahead (Priority)}; empty where the scheduler gives no reason. */
    static Optional<String> inWords(Optional<WaitReason> reason) {
        if (reason.isEmpty() || reason.get().isNone()) {
            return Optional.empty();
        }
        String raw = reason.get().raw();
        String word = raw.indexOf(',') < 0 ? raw : raw.substring(0, raw.indexOf(','));
        String known = WORDS.get(word);
        String words = known != null ? known : ofKind(reason.get().kind(), word);
        return Optional.of(words.isEmpty() ? raw : words + " (" + raw + ")");
    }

    private static String ofKind(WaitReason.Kind kind, String word) {
        return switch (kind) {
            case CREDITS -> "out of credits";
            case NEVER, DEPENDENCY_NEVER -> "can never start";
            case HELD_BY_USER -> "held by its owner";
            case HELD_BY_ADMIN -> "held by an administrator";
            case PASSES, UNKNOWN ->
                word.startsWith("QOS")
                        ? "a limit of the QOS"
                        : word.startsWith("Assoc") || word.endsWith("PerAccount") ? "a limit of the account" : "";
        };
    }
}
