package dev.settle.core.kernel.evidence;

import dev.settle.core.kernel.polling.Polling;
import dev.settle.core.kernel.state.ItemFiles;
import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.kernel.state.KernelContext;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.kernel.state.Verdicts;
import dev.settle.core.model.Expect;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.PlanItem;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.Source.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From a ruling to the verdict: what the item's files, its expectations, its retries and its credits add. */
public final class VerdictAssigner {
    private final KernelContext context;
    private final Polling polling;
    private final LiveItems liveItems;
    private final CreditEvidence credits;

    public VerdictAssigner(KernelContext context, LiveItems liveItems, Polling polling, CreditEvidence credits) {
        this.context = context;
        this.liveItems = liveItems;
        this.polling = polling;
        this.credits = credits;
    }

    /** Gives the item's verdict if its evidence suffices, and asks for what is lacking. */
    public void judge(Item item) {
        if (item.state().isEnd()) {
            correct(item);
        } else if (item.state() == ItemState.SETTLING || item.state() == ItemState.SUBMITTED) {
            ruling(item).ifPresent(ruling -> settle(item, ruling));
        }
    }

    private Optional<Outcome> ruling(Item item) {
        return Rules.judge(
                new Evidence(context, liveItems, item, polling.accounting().warmAt()));
    }

    private void settle(Item item, Outcome ruling) {
        LiveItemState live = liveItems.of(item);
        if (!hasReadRecords(item, ruling, live) || takenBack(item, ruling)) {
            return;
        }
        if (live.end().output().files().isEmpty() && needsFiles(item, ruling)) {
            if (live.end().output().request()) {
                context.perform(new KernelCommand.ReadFiles(item.id()));
            }
            return;
        }
        ItemFiles files = live.end().output().files().orElse(ItemFiles.NONE);
        Optional<Outcome> checked = credits.check(item, ruling, files);
        if (checked.isEmpty()) {
            return;
        }
        Outcome outcome = expected(item, checked.get(), files.metrics());
        if (!hasGenerated(item, outcome)) {
            return;
        }
        outcome =
                files.stop().isPresent() ? stopAsked(item, outcome, files.stop().get()) : outcome;
        if (!files.metrics().isEmpty() && item.metrics().isEmpty()) {
            context.emit(new ItemEvent.MetricsRead(item.id(), files.metrics()));
        }
        give(item, outcome);
    }

    /** Before a verdict that nobody confirms, the job's own records are looked for once more. */
    private boolean hasReadRecords(Item item, Outcome ruling, LiveItemState live) {
        boolean needed = !ruling.isConfirmed()
                && item.attempt().token().isPresent()
                && item.attempt().latest(Role.EXIT_RECORD).isEmpty()
                && context.policy().backend() != BackendName.LOCAL;
        if (!needed || live.end().hasReadRecords()) {
            return true;
        }
        if (live.end().requestRecords()) {
            context.perform(new KernelCommand.ReadRecords(item.id()));
        }
        return false;
    }

    /** The records of an item were looked for once more; what was found has been taken in. */
    public void recordsRead(Item item) {
        if (item.state().isLive() && liveItems.of(item).end().recordsRead()) {
            judge(item);
        }
    }

    /** A record of an item came in: its verdict may follow from it, and one that nobody confirmed may contradict it. */
    public void recordCame(Item item) {
        judge(item);
        if (!item.isUnconfirmed()) {
            return;
        }
        Outcome given = item.attempt().outcome().orElseThrow();
        boolean saidLittle = given.reason() == ItemReason.LOST
                || given.reason() == ItemReason.UNCONFIRMED
                || given.reason() == ItemReason.CANCELLED_WHILE_PENDING;
        ruling(item)
                .filter(ruling -> saidLittle)
                .filter(ruling -> ruling.state() != given.state()
                        || ruling.reason() != given.reason()
                        || !ruling.rule().equals(given.rule()))
                .ifPresent(ruling -> context.emit(new ItemEvent.Corrected(item.id(), ruling)));
    }

    /** A job that settle took out of the queue unstarted. */
    private boolean takenBack(Item item, Outcome ruling) {
        if (item.withdrawal().isEmpty()
                || item.cancelAskedBy().isPresent()
                || ruling.reason() != ItemReason.CANCELLED_WHILE_PENDING) {
            return false;
        }
        ItemEvent.WithdrawAsked why = item.withdrawal().get();
        // Of a waiting task of an array no source has a trace; any other job that is gone without one may have run.
        boolean mayHaveRun = !ruling.isConfirmed()
                && (context.isAccountingOff()
                        || item.attempt().jobId().filter(JobId::isTask).isEmpty());
        Optional<ItemReason> reason = why.reason();
        if (reason.filter(VerdictAssigner::isHopeless).isPresent()) {
            give(item, ruling.with(ItemState.FAILED, reason.get(), Optional.of(why.message())));
        } else if (mayHaveRun) {
            give(
                    item,
                    ruling.with(
                            ruling.state(),
                            ruling.reason(),
                            Optional.of(why.message() + "; whether it had started is unknown")));
        } else {
            context.emit(new ItemEvent.Withdrawn(item.id(), reason, why.message()));
        }
        return true;
    }

    private static boolean isHopeless(ItemReason reason) {
        return reason == ItemReason.CAN_NEVER_START || reason == ItemReason.DEPENDENCY_NEVER_SATISFIED;
    }

    /** An attempt that never ran wrote none; of a foreign job only its output can be known, and is asked for if it matters. */
    private static boolean needsFiles(Item item, Outcome ruling) {
        if (item.attempt().token().isEmpty()) {
            return ruling.reason() == ItemReason.TIME_LIMIT || ruling.reason() == ItemReason.SIGNAL;
        }
        return ruling.reason() != ItemReason.CANCELLED_WHILE_PENDING && ruling.reason() != ItemReason.LOST;
    }

    private boolean hasGenerated(Item item, Outcome outcome) {
        GeneratedFile file = liveItems.of(item).end().generated();
        boolean needed = outcome.state() == ItemState.COMPLETED
                && outcome.isConfirmed()
                && item.plan().generatesSource().isPresent();
        // A driver that died between the two had them accepted already.
        if (!needed || file.isAccepted() || context.state().hasGenerated(item.id())) {
            return true;
        }
        if (file.request()) {
            context.perform(new KernelCommand.ReadGenerated(item.id()));
        }
        return false;
    }

    /**
     * The items that an item generated were read: it counts as completed only now, together with them.
     *
     * @param problems why they cannot be accepted; empty when they can
     * @return the items that are new in the run
     */
    public List<PlanItem> generated(Item item, List<PlanItem> items, List<String> problems) {
        GeneratedFile file = liveItems.of(item).end().generated();
        boolean awaited = file.isAwaited() && (item.state() == ItemState.SETTLING || item.isUnconfirmed());
        Optional<Outcome> ruling = awaited ? ruling(item).filter(Outcome::isConfirmed) : Optional.empty();
        if (ruling.isEmpty()) {
            // It is alive again, or the evidence changed: the file is read anew when it ends.
            file.disregard();
            return List.of();
        }
        if (problems.isEmpty()) {
            file.accept();
            if (!items.isEmpty()) {
                context.emit(new RunEvent.Appended(Optional.of(item.id().value()), items));
            }
            judge(item);
            return items;
        }
        Outcome bad = ruling.get()
                .with(ItemState.FAILED, ItemReason.BAD_GENERATED_SOURCE, Optional.of(String.join("; ", problems)));
        if (item.state().isEnd()) {
            context.emit(new ItemEvent.Corrected(item.id(), bad));
        } else {
            give(item, bad);
        }
        return List.of();
    }

    private static Outcome expected(Item item, Outcome outcome, Map<String, Double> metrics) {
        if (!outcome.isConfirmed()) {
            return outcome;
        }
        Expect expect = item.plan().expect();
        Outcome judged = outcome;
        boolean byCode = outcome.reason() == ItemReason.OK || outcome.reason() == ItemReason.EXIT_CODE;
        if (byCode && outcome.exitCode().isPresent()) {
            int code = outcome.exitCode().getAsInt();
            Optional<String> unexpected =
                    code == 0 ? Optional.of("exit code 0 is not among the expected ones") : Optional.empty();
            judged = expect.accepts(code)
                    ? outcome.with(ItemState.COMPLETED, ItemReason.OK, outcome.message())
                    : outcome.with(
                            ItemState.FAILED,
                            ItemReason.EXIT_CODE,
                            outcome.message().or(() -> unexpected));
        }
        if (judged.state() != ItemState.COMPLETED || expect.metric().isEmpty()) {
            return judged;
        }
        Expect.Comparison wanted = expect.metric().get();
        if (wanted.holds(metrics)) {
            return judged;
        }
        String got = metrics.containsKey(wanted.name())
                ? wanted.name() + " is " + metrics.get(wanted.name())
                : wanted.name() + " was not reported";
        return judged.with(ItemState.FAILED, ItemReason.EXIT_CODE, Optional.of(got + ", expected " + wanted));
    }

    /** The item's own SETTLE_STOP interrupts the run, whatever the plan says of waiting for credit. */
    private Outcome stopAsked(Item item, Outcome outcome, ItemFiles.StopRequest request) {
        Optional<StopReason> reason = StopReason.ofWord(request.reason()).filter(StopReason::interrupts);
        if (reason.isEmpty()) {
            return outcome.message().isPresent()
                    ? outcome
                    : outcome.with(
                            outcome.state(),
                            outcome.reason(),
                            Optional.of("SETTLE_STOP is ignored: it names no reason to stop: " + request.reason()));
        }
        String text = request.message().orElse("no message");
        context.stop(new Stop(
                reason.get(),
                Optional.of(item.id() + " asked to stop: " + text),
                request.link().or(() -> context.state().plan().credits().topupUrl()),
                context.clock().stamp(),
                List.of(Stop.Evidence.ofItem(item.id(), context.clock().stamp(), text))));
        boolean credits = reason.get() == StopReason.OUT_OF_CREDITS && outcome.state() == ItemState.FAILED;
        return credits ? outcome.with(ItemState.FAILED, ItemReason.OUT_OF_CREDITS, Optional.of(text)) : outcome;
    }

    /** Gives the item its verdict, and waits for the figures that it lacks. */
    void give(Item item, Outcome outcome) {
        boolean complete = outcome.confirmedBy() == ConfirmedBy.ACCOUNTING
                && item.attempt()
                        .latest(Role.ACCOUNTING)
                        .filter(row -> !row.partial())
                        .isPresent();
        Verdicts.give(context, item, outcome);
        boolean hasFigures = complete || context.isAccountingOff();
        if (item.state().isEnd()
                && !hasFigures
                && outcome.isConfirmed()
                && item.attempt().jobId().isPresent()) {
            liveItems.awaitFigures(item);
        }
    }

    /** What the item left in its files was read. */
    public void filesRead(Item item, ItemFiles files) {
        boolean matters = item.state().isLive() || item.isUnconfirmed();
        if (matters && liveItems.of(item).end().output().read(files)) {
            judge(item);
        }
    }

    /** An unconfirmed verdict may be confirmed or corrected once somebody knows; a confirmed one never changes. */
    private void correct(Item item) {
        if (!item.isUnconfirmed()) {
            return;
        }
        Optional<Outcome> better = ruling(item).filter(Outcome::isConfirmed);
        if (better.isEmpty()) {
            return;
        }
        Optional<Outcome> ruled = credits.checkCorrection(item, better.get());
        if (ruled.isEmpty()) {
            return;
        }
        Outcome outcome = expected(item, ruled.get(), item.metrics());
        boolean generates = outcome.state() == ItemState.COMPLETED
                && item.plan().generatesSource().isPresent();
        if (generates && context.state().ended().isPresent()) {
            // What it generated can no longer be run: a resume takes it up.
            return;
        }
        if (!hasGenerated(item, outcome)) {
            return;
        }
        if (Verdicts.isRetried(context, item, outcome) && !hasReleasedDependents(item)) {
            Verdicts.retry(context, item, outcome);
        } else {
            context.emit(new ItemEvent.Corrected(item.id(), outcome));
        }
    }

    /** Where an unconfirmed completion is good enough, its dependents may have started on it. */
    private boolean hasReleasedDependents(Item item) {
        return item.state() == ItemState.COMPLETED && context.policy().confirmation() == Policy.Confirmation.WAIVED;
    }
}
