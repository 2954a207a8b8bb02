package dev.settle.core.kernel.polling;

import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.kernel.state.KernelContext;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.Source.Role;
import dev.settle.core.scheduler.Urgency;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;

/** When to ask accounting: only about what settles or is unclear, batched. */
public final class SacctPolling {
    /** A minute of many ends slows the questions down to one in five seconds. */
    private static final int BURST = 20;

    private static final Duration BURST_TIME = Duration.ofMinutes(1);
    private static final Duration BURST_GAP = Duration.ofSeconds(5);

    /** Pause between questions about verdicts that are given already. */
    private static final Duration AFTERWARDS_GAP_MAX = Duration.ofMinutes(10);

    private final KernelContext context;
    private final SqueuePolling controller;

    /** Whether accounting may still report something about an item that matters. */
    private final Predicate<Item> mayLearn;

    private final PollTimer timer = new PollTimer();

    private final Set<ItemId> pending = new LinkedHashSet<>();
    private final Set<JobId> siblingsAsked = new HashSet<>();
    private final Set<ItemId> siblings = new LinkedHashSet<>();
    private final Deque<Instant> questions = new ArrayDeque<>();
    private Instant dueAt = Instant.MAX;
    private Duration gap = Policy.ACCOUNTING_GAP_MIN;
    private boolean wasSilent;
    private Instant warmAt = Instant.MIN;
    private boolean lastLook;

    SacctPolling(KernelContext context, SqueuePolling controller, Predicate<Item> mayLearn) {
        this.context = context;
        this.controller = controller;
        this.mayLearn = mayLearn;
    }

    /** Asks accounting about the item soon, and again until its end is known or matters no more. */
    public void want(Item item) {
        if (!context.isAccountingOff() && pending.add(item.id())) {
            gap = Policy.ACCOUNTING_GAP_MIN;
            soon(context.now().plus(Policy.ACCOUNTING_FIRST));
        }
    }

    /** Asks accounting about the item at a time, unless it is asked before. */
    public void want(Item item, Instant at) {
        if (!context.isAccountingOff()) {
            pending.add(item.id());
            soon(at);
        }
    }

    /** A task that vanished while it waited is judged by whether its siblings have rows: one of them is asked about. */
    public void wantSibling(Item item) {
        if (context.isAccountingOff()
                || item.attempt().startedAt().isPresent()
                || item.attempt().jobId().filter(JobId::isTask).isEmpty()) {
            return;
        }
        JobId array = item.attempt().jobId().orElseThrow().whole();
        if (!siblingsAsked.add(array)) {
            return;
        }
        context.byJob().all().stream()
                .filter(sibling -> sibling.state() == ItemState.RUNNING)
                .filter(sibling -> sibling.attempt()
                        .jobId()
                        .filter(job -> job.isTask() && job.whole().equals(array))
                        .isPresent())
                .findFirst()
                .ifPresent(sibling -> siblings.add(sibling.id()));
    }

    /** Asks accounting about all live items. */
    void wantLiving() {
        if (!context.isAccountingOff()) {
            context.byJob().all().stream()
                    .filter(item -> item.state().isLive())
                    .forEach(item -> pending.add(item.id()));
            soon(context.now().plus(Policy.ACCOUNTING_FIRST));
        }
    }

    private void soon(Instant at) {
        dueAt = at.isBefore(dueAt) ? at : dueAt;
    }

    /** An answer came. */
    public void answered() {
        if (wasSilent) {
            wasSilent = false;
            warmAt = context.now().plus(Policy.ACCOUNTING_WARM_UP);
        }
        done();
    }

    /** The question got no answer. */
    public void silent() {
        wasSilent = true;
        done();
    }

    private void done() {
        timer.answered(context.now());
        lastLook = false;
        Instant next = pending.isEmpty() ? Instant.MAX : context.now().plus(gap);
        // What was requested while the query was open is not what it asked.
        boolean wished = dueAt.isBefore(timer.answerLatest());
        dueAt = wished && dueAt.isBefore(next) ? dueAt : next;
        boolean afterwards =
                pending.stream().allMatch(id -> context.item(id).state().isEnd());
        gap = PollTimer.longer(gap, afterwards ? AFTERWARDS_GAP_MAX : Policy.ACCOUNTING_GAP_MAX);
    }

    /** Whether accounting has answered for so long that the lack of a row means something. */
    public boolean isWarm() {
        return !context.now().isBefore(warmAt);
    }

    /** From when on the lack of a row means something. */
    public Instant warmAt() {
        return warmAt;
    }

    /** The site keeps no accounting: nothing is asked any more. */
    public void off() {
        timer.drop();
        lastLook = false;
        pending.clear();
        dueAt = Instant.MAX;
    }

    /** An ended run is looked at once more: accounting may know by now what it did not know then. */
    public void lookOnceMore() {
        if (context.isAccountingOff()) {
            return;
        }
        for (Item item : context.state().items()) {
            if (item.isUnconfirmed()) {
                pending.add(item.id());
                lastLook = true;
            }
        }
        dueAt = lastLook ? context.now() : Instant.MAX;
    }

    /** When the query was sent that was answered last, or is open. */
    public Instant askedAt() {
        return timer.askedAt();
    }

    private Instant at() {
        if (dueAt.equals(Instant.MAX) || !timer.wasAsked()) {
            return dueAt;
        }
        Instant minuteAgo = context.now().minus(BURST_TIME);
        while (!questions.isEmpty() && questions.peekFirst().isBefore(minuteAgo)) {
            questions.removeFirst();
        }
        Duration least = questions.size() >= BURST ? BURST_GAP : Policy.ACCOUNTING_GAP_MIN;
        Instant earliest = timer.askedAt().plus(least);
        return dueAt.isBefore(earliest) ? earliest : dueAt;
    }

    /** Whether what accounting may report about the item still matters. */
    private boolean matters(Item item) {
        return mayLearn.test(item) || (item.state().isLive() && controller.isAway());
    }

    /** Asks if it is time; of an ended run only the last look. */
    void query() {
        boolean mayAsk = context.state().ended().isEmpty() || lastLook;
        if (mayAsk && !timer.isAwaited(context.now()) && !context.now().isBefore(at())) {
            queryNow();
        }
    }

    private void queryNow() {
        Set<JobId> jobs = new HashSet<>();
        Urgency urgency = Urgency.ROUTINE;
        for (Iterator<ItemId> ids = pending.iterator(); ids.hasNext(); ) {
            Item item = context.item(ids.next());
            if (matters(item)) {
                item.attempt().jobId().ifPresent(jobs::add);
                urgency = isKnownToLive(item) ? urgency : Urgency.AWAITED;
            } else {
                ids.remove();
            }
        }
        for (ItemId id : siblings) {
            context.item(id).attempt().jobId().ifPresent(jobs::add);
        }
        siblings.clear();
        dueAt = Instant.MAX;
        if (jobs.isEmpty()) {
            lastLook = false;
            return;
        }
        timer.ask(context.now());
        dueAt = timer.answerLatest();
        questions.addLast(context.now());
        context.perform(new KernelCommand.Query(Role.ACCOUNTING, jobs, urgency));
    }

    /** What is asked only because the controller is away. */
    private static boolean isKnownToLive(Item item) {
        return item.state() == ItemState.QUEUED || item.state() == ItemState.RUNNING;
    }

    /** The time, or sooner when a question is due sooner. */
    Instant wakeAt(Instant latest) {
        return !timer.isAwaited(context.now()) && at().isBefore(latest) ? at() : latest;
    }
}
