package dev.settle.core.drive;

import dev.settle.core.item.Item;
import dev.settle.core.item.ItemEvent;
import dev.settle.core.item.ItemState;
import dev.settle.core.plan.ItemReason;
import dev.settle.core.port.JobId;
import dev.settle.core.port.WaitReason;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the reasons of waiting jobs mean: most pass, some never will, some say that the allocation is spent. */
final class Waiting {
    /** A reason is believed when it stands in so many answers in a row. */
    private static final int ANSWERS_MIN = 2;

    private Waiting() {}

    static void check(Board board, List<Item> seen) {
        Set<JobId> hopeless = new HashSet<>();
        for (Item item : seen) {
            if (item.state() != ItemState.QUEUED || item.waitReason().isEmpty()) {
                continue;
            }
            WaitReason why = item.waitReason().get();
            Track track = board.track(item);
            boolean matters = why.kind() == WaitReason.Kind.CREDITS
                    || why.kind() == WaitReason.Kind.NEVER
                    || why.kind() == WaitReason.Kind.DEPENDENCY_NEVER;
            track.creditAnswers = matters ? track.creditAnswers + 1 : 0;
            if (track.creditAnswers < ANSWERS_MIN) {
                continue;
            }
            if (why.kind() == WaitReason.Kind.CREDITS) {
                exhausted(board, item, why);
            } else if (board.state.opened().watched() || item.cancelAskedBy().isEmpty()) {
                hopeless(board, item, why, hopeless);
            }
        }
        if (!hopeless.isEmpty()) {
            board.perform(new Command.Cancel(hopeless));
        }
        Credits.checkBack(board);
    }

    private static void exhausted(Board board, Item item, WaitReason why) {
        if (board.isStopping()) {
            return;
        }
        String account = item.plan()
                .resources()
                .account()
                .map(a -> " (account " + a + ")")
                .orElse("");
        Credits.exhausted(
                board,
                new Stop(
                        StopReason.OUT_OF_CREDITS,
                        Optional.of("squeue says that " + item.id() + " waits for " + why.raw() + account),
                        board.state.plan().credits().topupUrl(),
                        board.now(),
                        List.of(new Stop.Evidence("squeue", board.now(), why.raw()))));
    }

    /** Our own job is cancelled, somebody else's is left; the item fails either way. */
    private static void hopeless(Board board, Item item, WaitReason why, Set<JobId> cancel) {
        boolean dependency = why.kind() == WaitReason.Kind.DEPENDENCY_NEVER;
        Optional<JobId> job = item.attempt().jobId();
        board.emit(new ItemEvent.Settled(
                item.id(),
                Starter.neverRan(
                        ItemState.FAILED,
                        dependency ? ItemReason.DEPENDENCY_NEVER_SATISFIED : ItemReason.CAN_NEVER_START,
                        "squeue says " + why.raw())));
        if (!board.state.opened().watched()) {
            job.ifPresent(cancel::add);
        }
    }
}
