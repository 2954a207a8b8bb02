package dev.settle.core.drive;

import dev.settle.core.item.Item;
import dev.settle.core.item.ItemState;
import dev.settle.core.plan.ItemId;
import dev.settle.core.port.JobId;
import dev.settle.core.port.Source.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * When to ask whom: one question to the controller for all jobs, slower when nothing changes; accounting only for what
 * settles or is unclear, batched.
 */
final class Pacing {
    /** Quiet answers before the pause between questions doubles. */
    private static final int QUIET_ANSWERS = 4;

    private static final Duration WATCHED_PAUSE_MIN = Duration.ofSeconds(2);
    private static final double JITTER = 0.1;

    /** Silences of the controller in a row after which accounting is asked about what lives. */
    private static final int SILENCES_MAX = 2;

    private static final Duration CONTROLLER_GAP_MIN = Duration.ofSeconds(1);

    /** A question whose answer has not come after so long is asked again: the answer was lost. */
    private static final Duration ANSWER_MAX = Duration.ofMinutes(10);

    private static final Duration NEWCOMERS_GAP = Duration.ofSeconds(10);

    /** A minute of many ends slows the questions to accounting down to one in five seconds. */
    private static final int ACCOUNTING_BURST = 20;

    private static final Duration BURST_TIME = Duration.ofMinutes(1);
    private static final Duration BURST_GAP = Duration.ofSeconds(5);

    /** Pause between questions about verdicts that are given already. */
    private static final Duration AFTERWARDS_GAP_MAX = Duration.ofMinutes(10);

    private final Board board;
    private final RandomGenerator random;

    private Instant controllerDueAt;
    private Optional<Instant> controllerWish = Optional.empty();
    private Instant controllerAskedAt = Instant.MIN;
    private boolean controllerAsked;
    private Duration controllerPause;
    private int quietAnswers;
    private Instant quietCountedAt = Instant.EPOCH;
    private int controllerSilences;

    private final Set<ItemId> wanted = new LinkedHashSet<>();
    private final Set<String> siblingsAsked = new HashSet<>();
    private final Set<ItemId> siblings = new LinkedHashSet<>();
    private final Deque<Instant> accountingQuestions = new ArrayDeque<>();
    private Instant accountingDueAt = Instant.MAX;
    private Instant accountingAskedAt = Instant.MIN;
    private boolean accountingAsked;
    private Duration accountingGap = Policy.ACCOUNTING_GAP_MIN;
    private boolean accountingWasSilent;
    private Instant accountingWarmAt = Instant.MIN;
    private boolean lastLook;

    Pacing(Board board, RandomGenerator random) {
        this.board = board;
        this.random = random;
        this.controllerPause = firstPause();
        this.controllerDueAt = board.now();
    }

    // The controller.

    /** The controller shall be asked at a time, unless its turn comes before. */
    void wantController(Instant at) {
        if (controllerWish.isEmpty() || at.isBefore(controllerWish.get())) {
            controllerWish = Optional.of(at);
        }
    }

    /** A job that nobody has seen yet shall be looked for, with others of its kind. */
    void wantNewcomers() {
        Duration pause = Policy.min(board.policy.interval(), NEWCOMERS_GAP);
        Instant earliest = controllerAskedAt.equals(Instant.MIN) ? board.now() : controllerAskedAt.plus(pause);
        wantController(earliest.isBefore(board.now()) ? board.now() : earliest);
    }

    /** Our own jobs wake us by their exit records; somebody else's have none, and are looked at sooner at first. */
    private Duration firstPause() {
        Duration interval = board.policy.interval();
        boolean watched = board.state.isOpened() && board.state.opened().watched();
        return watched && interval.compareTo(WATCHED_PAUSE_MIN) > 0 ? WATCHED_PAUSE_MIN : interval;
    }

    /** Something changed: the pause is the regular one again. */
    void changed() {
        quietAnswers = 0;
        controllerPause = firstPause();
    }

    /**
     * A new job is looked for by the regular question, not at once: its exit record wakes us before. A job that was found
     * without a token of ours wakes nobody.
     */
    void submitted(Item item) {
        if (item.state() == ItemState.SUBMITTED) {
            changed();
            if (item.attempt().token().isEmpty()) {
                wantController(board.now());
            } else if (!controllerAsked) {
                // No wish: what another run of the user asks until then is as good.
                Instant regular = board.now().plus(controllerPause);
                controllerDueAt = regular.isBefore(controllerDueAt) ? regular : controllerDueAt;
            }
        }
    }

    void controllerAnswered() {
        boolean overheard = !controllerAsked;
        if (overheard) {
            // Somebody else's question, just asked.
            controllerAskedAt = board.now();
        }
        controllerAsked = false;
        controllerSilences = 0;
        if (overheard && board.now().isBefore(quietCountedAt.plus(controllerPause.dividedBy(2)))) {
            // Ten who ask within a minute do not make quiet times of it.
            controllerDueAt = board.now().plus(jittered(controllerPause));
            return;
        }
        quietCountedAt = board.now();
        quietAnswers++;
        if (controllerPause.compareTo(board.policy.interval()) < 0) {
            controllerPause = longer(controllerPause, board.policy.interval());
        } else if (quietAnswers >= QUIET_ANSWERS) {
            controllerPause = longer(controllerPause, board.policy.intervalMax());
        }
        controllerDueAt = board.now().plus(jittered(controllerPause));
    }

    void controllerSilent() {
        controllerAsked = false;
        controllerSilences++;
        controllerPause = longer(controllerPause, board.policy.intervalMax());
        controllerDueAt = board.now().plus(jittered(controllerPause));
        controllerWish = Optional.empty();
        if (controllerSilences >= SILENCES_MAX && !board.isAccountingOff()) {
            // The controller is away: accounting may still know of ends.
            board.byJob().all().stream().filter(item -> item.state().isLive()).forEach(item -> wanted.add(item.id()));
            accountingSoon(board.now().plus(Policy.ACCOUNTING_FIRST));
        }
    }

    /** When the question was asked that was answered last, or is on its way. */
    Instant controllerAskedAt() {
        return controllerAskedAt;
    }

    private Instant controllerAt() {
        Instant earliest = controllerAskedAt.equals(Instant.MIN)
                ? Instant.MIN
                : controllerAskedAt.plus(Policy.min(CONTROLLER_GAP_MIN, board.policy.interval()));
        Instant at =
                controllerWish.filter(wish -> wish.isBefore(controllerDueAt)).orElse(controllerDueAt);
        return at.isBefore(earliest) ? earliest : at;
    }

    // Accounting.

    /** Accounting shall be asked about the item soon, and again until it is known or of no interest any more. */
    void wantAccounting(Item item) {
        if (!board.isAccountingOff() && wanted.add(item.id())) {
            accountingGap = Policy.ACCOUNTING_GAP_MIN;
            accountingSoon(board.now().plus(Policy.ACCOUNTING_FIRST));
        }
    }

    /** Accounting shall be asked about the item at a time, unless its turn comes before. */
    void wantAccounting(Item item, Instant at) {
        if (!board.isAccountingOff()) {
            wanted.add(item.id());
            accountingSoon(at);
        }
    }

    /** A task that vanished while it waited is judged by whether its siblings have rows: one of them is asked about. */
    void wantSibling(Item item) {
        if (board.isAccountingOff()
                || item.attempt().startedAt().isPresent()
                || item.attempt().jobId().filter(JobId::isTask).isEmpty()) {
            return;
        }
        String base = item.attempt().jobId().orElseThrow().base();
        if (board.hasAccountingRowsOf(base) || !siblingsAsked.add(base)) {
            return;
        }
        board.byJob().all().stream()
                .filter(sibling -> sibling.state() == ItemState.RUNNING)
                .filter(sibling -> sibling.attempt()
                        .jobId()
                        .filter(job -> job.isTask() && job.base().equals(base))
                        .isPresent())
                .findFirst()
                .ifPresent(sibling -> siblings.add(sibling.id()));
    }

    private void accountingSoon(Instant at) {
        accountingDueAt = at.isBefore(accountingDueAt) ? at : accountingDueAt;
    }

    void accountingAnswered() {
        if (accountingWasSilent) {
            accountingWasSilent = false;
            accountingWarmAt = board.now().plus(Policy.ACCOUNTING_WARM_UP);
        }
        accountingDone();
    }

    void accountingSilent() {
        accountingWasSilent = true;
        accountingDone();
    }

    private void accountingDone() {
        if (!accountingAsked) {
            accountingAskedAt = board.now();
        }
        accountingAsked = false;
        lastLook = false;
        Instant next = wanted.isEmpty() ? Instant.MAX : board.now().plus(accountingGap);
        // What was wished for while the question was on its way is not what it asked.
        boolean wished = accountingDueAt.isBefore(accountingAskedAt.plus(ANSWER_MAX));
        accountingDueAt = wished && accountingDueAt.isBefore(next) ? accountingDueAt : next;
        boolean afterwards =
                wanted.stream().allMatch(id -> board.item(id).state().isEnd());
        accountingGap = longer(accountingGap, afterwards ? AFTERWARDS_GAP_MAX : Policy.ACCOUNTING_GAP_MAX);
    }

    /** Whether accounting has answered for so long that the lack of a row means something. */
    boolean isAccountingWarm() {
        return !board.now().isBefore(accountingWarmAt) || !board.doctrine.holds(Check.ACCOUNTING_WARMS_UP);
    }

    Instant accountingWarmAt() {
        return accountingWarmAt;
    }

    void accountingOff() {
        accountingAsked = false;
        lastLook = false;
        wanted.clear();
        accountingDueAt = Instant.MAX;
    }

    /** An ended run is looked at once more: accounting may know by now what it did not know then. */
    void lookOnceMore() {
        if (board.isAccountingOff()) {
            return;
        }
        for (Item item : board.state.items()) {
            if (item.isUnconfirmed()) {
                wanted.add(item.id());
                lastLook = true;
            }
        }
        accountingDueAt = lastLook ? board.now() : Instant.MAX;
    }

    /** When the question was asked that was answered last, or is on its way. */
    Instant accountingAskedAt() {
        return accountingAskedAt;
    }

    private Instant accountingAt() {
        if (accountingDueAt.equals(Instant.MAX) || accountingAskedAt.equals(Instant.MIN)) {
            return accountingDueAt;
        }
        Instant minuteAgo = board.now().minus(BURST_TIME);
        while (!accountingQuestions.isEmpty() && accountingQuestions.peekFirst().isBefore(minuteAgo)) {
            accountingQuestions.removeFirst();
        }
        Duration gap = accountingQuestions.size() >= ACCOUNTING_BURST ? BURST_GAP : Policy.ACCOUNTING_GAP_MIN;
        Instant earliest = accountingAskedAt.plus(gap);
        return accountingDueAt.isBefore(earliest) ? earliest : accountingDueAt;
    }

    /** Whether what accounting may say of the item is still of interest. */
    private boolean isOfInterest(Item item) {
        if (item.state().isEnd()) {
            return item.isUnconfirmed() || board.isMeasured(item);
        }
        Track track = board.track(item);
        return item.state() == ItemState.SETTLING
                || (item.state().isLive() && controllerSilences >= SILENCES_MAX)
                || (item.state() == ItemState.SUBMITTED && track.unknownAt.isPresent());
    }

    /** Asks what is due. */
    void ask() {
        boolean over = board.state.ended().isPresent();
        if (!isAwaited(accountingAsked, accountingAskedAt)
                && !board.now().isBefore(accountingAt())
                && (!over || lastLook)) {
            askAccounting();
        }
        if (!over
                && !isAwaited(controllerAsked, controllerAskedAt)
                && board.state.counts().live() > 0
                && !board.now().isBefore(controllerAt())) {
            askController();
        }
    }

    private void askAccounting() {
        Set<JobId> jobs = new HashSet<>();
        for (Iterator<ItemId> ids = wanted.iterator(); ids.hasNext(); ) {
            Item item = board.item(ids.next());
            if (isOfInterest(item)) {
                item.attempt().jobId().ifPresent(jobs::add);
            } else {
                ids.remove();
            }
        }
        for (ItemId id : siblings) {
            board.item(id).attempt().jobId().ifPresent(jobs::add);
        }
        siblings.clear();
        accountingDueAt = Instant.MAX;
        if (jobs.isEmpty()) {
            lastLook = false;
            return;
        }
        accountingAsked = true;
        accountingAskedAt = board.now();
        accountingDueAt = board.now().plus(ANSWER_MAX);
        accountingQuestions.addLast(board.now());
        board.perform(new Command.Ask(Role.ACCOUNTING, jobs));
    }

    private void askController() {
        Set<JobId> jobs = new HashSet<>();
        for (Item item : board.byJob().all()) {
            if (item.state().isLive()) {
                item.attempt().jobId().ifPresent(jobs::add);
            }
        }
        if (!jobs.isEmpty()) {
            controllerAsked = true;
            controllerAskedAt = board.now();
            controllerWish = controllerWish.filter(wish -> wish.isAfter(board.now()));
            board.perform(new Command.Ask(Role.CONTROLLER, jobs));
        }
    }

    Instant wakeAt(Instant latest) {
        Instant wake = latest;
        if (!isAwaited(accountingAsked, accountingAskedAt) && accountingAt().isBefore(wake)) {
            wake = accountingAt();
        }
        if (!isAwaited(controllerAsked, controllerAskedAt)
                && board.state.counts().live() > 0
                && controllerAt().isBefore(wake)) {
            wake = controllerAt();
        }
        return wake;
    }

    private boolean isAwaited(boolean asked, Instant at) {
        return asked && board.now().isBefore(at.plus(ANSWER_MAX));
    }

    private Duration jittered(Duration pause) {
        long millis = pause.toMillis();
        return Duration.ofMillis(millis + (long) (millis * JITTER * (random.nextDouble() - 0.5)));
    }

    private static Duration longer(Duration pause, Duration most) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(most) <= 0 ? twice : most.compareTo(pause) >= 0 ? most : pause;
    }
}
