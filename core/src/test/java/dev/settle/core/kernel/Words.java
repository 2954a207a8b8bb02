package dev.settle.core.kernel;

import dev.settle.core.model.ItemReason;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.core.scheduler.WaitReason;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The scheduler's words that stories use, with their meaning. The real tables are the adapter's; a word that is not
 * here is unknown, and its meaning can be written out: {@code ODD!failed:exit_code}.
 */
final class Words {
    private static final Map<String, JobState> STATES = new LinkedHashMap<>();
    private static final Map<String, WaitReason.Kind> REASONS = new LinkedHashMap<>();

    static {
        for (String word : new String[] {"PENDING", "CONFIGURING", "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD"}) {
            alive(word, Phase.WAITING);
        }
        for (String word : new String[] {"RUNNING", "SUSPENDED", "STOPPED", "RESIZING", "SIGNALING"}) {
            alive(word, Phase.RUNNING);
        }
        alive("COMPLETING", Phase.ENDING);
        alive("STAGE_OUT", Phase.ENDING);
        end("REQUEUED", Phase.REQUEUED, ItemReason.OK);
        end("COMPLETED", Phase.COMPLETED, ItemReason.OK);
        end("FAILED", Phase.FAILED, ItemReason.EXIT_CODE);
        end("TIMEOUT", Phase.FAILED, ItemReason.TIME_LIMIT);
        end("OUT_OF_MEMORY", Phase.FAILED, ItemReason.OUT_OF_MEMORY);
        end("BOOT_FAIL", Phase.FAILED, ItemReason.BOOT_FAILURE);
        end("DEADLINE", Phase.FAILED, ItemReason.DEADLINE);
        end("LAUNCH_FAILED", Phase.FAILED, ItemReason.LAUNCH_FAILURE);
        end("NODE_FAIL", Phase.FAILED_UNLESS_REQUEUED, ItemReason.NODE_FAILURE);
        end("PREEMPTED", Phase.FAILED_UNLESS_REQUEUED, ItemReason.PREEMPTED);
        end("CANCELLED", Phase.CANCELLED, ItemReason.CANCELLED_BY_OTHER);
        for (String word : new String[] {
            "None",
            "Priority",
            "Resources",
            "BeginTime",
            "Dependency",
            "PartitionDown",
            "ReqNodeNotAvail",
            "JobArrayTaskLimit",
            "AssocMaxJobsLimit",
            "AssocGrpCPURunMinutesLimit"
        }) {
            REASONS.put(word, WaitReason.Kind.PASSES);
        }
        REASONS.put("JobHeldUser", WaitReason.Kind.HELD_BY_USER);
        REASONS.put("JobHeldAdmin", WaitReason.Kind.HELD_BY_ADMIN);
        REASONS.put("AssocGrpBillingMinutes", WaitReason.Kind.CREDITS);
        REASONS.put("AssocGrpCPUMinutesLimit", WaitReason.Kind.CREDITS);
        REASONS.put("QOSGrpCPUMinutesLimit", WaitReason.Kind.CREDITS);
        REASONS.put("PartitionTimeLimit", WaitReason.Kind.NEVER);
        REASONS.put("AssocMaxWallDurationPerJobLimit", WaitReason.Kind.NEVER);
        REASONS.put("DependencyNeverSatisfied", WaitReason.Kind.DEPENDENCY_NEVER);
    }

    private Words() {}

    private static void alive(String word, Phase phase) {
        STATES.put(word, JobState.alive(word, phase));
    }

    private static void end(String word, Phase phase, ItemReason reason) {
        STATES.put(word, new JobState(word, phase, reason));
    }

    /** {@code FAILED}, {@code FAILED!:signal} or {@code ODD!failed:exit_code}. */
    static JobState state(String text) {
        int mark = text.indexOf('!');
        if (mark < 0) {
            return STATES.getOrDefault(text, JobState.unknown(text));
        }
        String word = text.substring(0, mark);
        String[] meaning = text.substring(mark + 1).split(":", -1);
        Phase phase =
                meaning[0].isEmpty() ? STATES.get(word).phase() : Phase.valueOf(meaning[0].toUpperCase(Locale.ROOT));
        return new JobState(word, phase, ItemReason.ofWord(meaning[1]).orElseThrow());
    }

    static String text(JobState state) {
        JobState known = STATES.get(state.raw());
        if (state.equals(known) || (known == null && state.phase() == Phase.UNKNOWN)) {
            return state.raw();
        }
        boolean samePhase = known != null && known.phase() == state.phase();
        return state.raw().replace(' ', '_')
                + "!"
                + (samePhase ? "" : state.phase().name().toLowerCase(Locale.ROOT))
                + ":"
                + state.reason().word();
    }

    static WaitReason waitReason(String text) {
        int mark = text.indexOf('!');
        if (mark >= 0) {
            return new WaitReason(
                    text.substring(0, mark),
                    WaitReason.Kind.valueOf(text.substring(mark + 1).toUpperCase(Locale.ROOT)));
        }
        return new WaitReason(text, REASONS.getOrDefault(text, WaitReason.Kind.UNKNOWN));
    }

    static String text(WaitReason reason) {
        return waitReason(reason.raw()).equals(reason)
                ? reason.raw()
                : reason.raw() + "!" + reason.kind().name().toLowerCase(Locale.ROOT);
    }
}
