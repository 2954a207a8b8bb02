package dev.settle.core.drive;

import dev.settle.core.item.Item;
import dev.settle.core.item.ItemState;
import dev.settle.core.plan.ItemId;
import dev.settle.core.port.JobId;
import dev.settle.core.port.Source.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
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

    private final Board board;
    private final RandomGenerator random;
    private final Set<ItemId> wanted = new LinkedHashSet<>();
    private Instant controllerDueAt;
    private boolean controllerAsked;
    private Duration controllerPause;
    private int quietAnswers;
    private Instant accountingDueAt = Instant.MAX;
    private Instant accountingAskedAt = Instant.MIN;
    private boolean accountingAsked;
    private Duration accountingGap = Policy.ACCOUNTING_GAP_MIN;
    private int controllerSilences;

    Pacing(Board board, RandomGenerator random) {
        this.board = board;
        this.random = random;
        this.controllerPause = firstPause();
        this.controllerDueAt = board.now();
    }

    /** Accounting shall be asked about the item soon. */
    void wantAccounting(Item item) {
        if (board.accountingOff()) {
            return;
        }
        if (wanted.add(item.id())) {
            accountingGap = Policy.ACCOUNTING_GAP_MIN;
        }
        accountingSoon(Policy.ACCOUNTING_FIRST);
    }

    /** The same without a pause: the item ended long ago, and accounting has had its time. */
    void wantAccountingNow(Item item) {
        if (!board.state.isAccountingOff()) {
            wanted.add(item.id());
            accountingDueAt = board.now();
        }
    }

    private void accountingSoon(Duration after) {
        Instant due = board.now().plus(after);
        if (accountingAskedAt.isAfter(Instant.MIN)) {
            Instant earliest = accountingAskedAt.plus(Policy.ACCOUNTING_GAP_MIN);
            due = due.isBefore(earliest) ? earliest : due;
        }
        accountingDueAt = due.isBefore(accountingDueAt) ? due : accountingDueAt;
    }

    void unwantAccounting(Item item) {
        wanted.remove(item.id());
    }

    /** The controller shall be asked at a time, unless its turn comes before. */
    void wantController(Instant at) {
        controllerDueAt = at.isBefore(controllerDueAt) ? at : controllerDueAt;
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

    void controllerAnswered() {
        controllerAsked = false;
        controllerSilences = 0;
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
        if (controllerSilences >= 2) {
            // The controller is away: accounting may still know of ends.
            board.byJob().values().stream().filter(i -> i.state().isLive()).forEach(i -> wanted.add(i.id()));
            accountingSoon(Policy.ACCOUNTING_FIRST);
        }
    }

    void accountingDone() {
        accountingAsked = false;
        if (wanted.isEmpty()) {
            accountingDueAt = Instant.MAX;
        } else {
            accountingDueAt = board.now().plus(accountingGap);
            accountingGap = longer(accountingGap, Policy.ACCOUNTING_GAP_MAX);
        }
    }

    void accountingOff() {
        accountingAsked = false;
        wanted.clear();
        accountingDueAt = Instant.MAX;
    }

    /** Asks what is due. */
    void ask() {
        if (!accountingAsked && !board.now().isBefore(accountingDueAt)) {
            Set<JobId> jobs = new HashSet<>();
            for (ItemId id : wanted) {
                board.item(id).attempt().jobId().ifPresent(jobs::add);
            }
            accountingDueAt = Instant.MAX;
            if (!jobs.isEmpty()) {
                accountingAsked = true;
                accountingAskedAt = board.now();
                board.perform(new Command.Ask(Role.ACCOUNTING, jobs));
            }
        }
        if (!controllerAsked
                && !board.now().isBefore(controllerDueAt)
                && board.state.counts().live() > 0) {
            Set<JobId> jobs = new HashSet<>();
            board.byJob().forEach((job, item) -> {
                if (item.state().isLive()) {
                    jobs.add(job);
                }
            });
            if (!jobs.isEmpty()) {
                controllerAsked = true;
                board.perform(new Command.Ask(Role.CONTROLLER, jobs));
            }
        }
    }

    Instant wakeAt(Instant latest) {
        Instant wake = latest;
        if (!accountingAsked && accountingDueAt.isBefore(wake)) {
            wake = accountingDueAt;
        }
        if (!controllerAsked && board.state.counts().live() > 0 && controllerDueAt.isBefore(wake)) {
            wake = controllerDueAt;
        }
        return wake;
    }

    /** A new job is looked for by the regular question, not at once: its exit record wakes us before. */
    void submitted(Item item) {
        if (item.state() == ItemState.SUBMITTED) {
            quietAnswers = 0;
            Duration pause = firstPause();
            controllerPause = pause;
            Instant due = board.now().plus(pause);
            controllerDueAt = controllerDueAt.isAfter(due) ? due : controllerDueAt;
        }
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
