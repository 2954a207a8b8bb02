package dev.settle.app.queue;

import dev.settle.core.item.Item;
import dev.settle.core.plan.ItemId;
import dev.settle.core.plan.QueueSpec;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.QueueEvent.Submission;
import dev.settle.core.run.QueueState;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Decides what passes between a run and its step queue. Pure: no clock, no files, no network; an answer and a time go
 * in, facts for the journal and commands come out.
 *
 * <p>What is next follows from the journal's state alone ({@link #next}), so that a run whose driver was killed at any
 * point goes on from there: an unclear claim or submission is looked at before it is sent again, a stored result is
 * submitted and never evaluated again. One call at a time; only heartbeats run beside it.
 */
final class QueueFeeder {
    /** How this driver came to the run. */
    enum Mode {
        /** It has just been created. */
        NEW,
        /** Its driver died. */
        TAKEN_OVER,
        /** Somebody asked to go on after its end. */
        RESUMED
    }

    private static final Duration CLAIM_PAUSE_MAX = Duration.ofSeconds(30);
    /** Refused claims in a row: the service and we do not understand each other. */
    private static final int CLAIM_REFUSALS_MAX = 10;

    private final QueueSpec spec;
    private final String queueUrl;
    private final StepItems items;
    private final QueueLimits limits;
    private final Mode mode;
    private final MainCall main;
    private final QueueClosing closing;

    /** The service's run was looked at in this session. */
    private boolean looked;
    /** The service was asked to resume in this session; once is enough. */
    private boolean resumeSent;
    /** The unclear result that a look showed to be missing on the service. */
    private Optional<ItemId> mayBeSent = Optional.empty();
    /** The result whose submission was answered by 409. */
    private Optional<ItemId> conflicted = Optional.empty();
    /** The claim that may be ours although its answer was lost, or that was answered by 409. */
    private Optional<String> doubtful = Optional.empty();
    /** Claims that may be ours and were looked for when nothing else was left; once in a session is enough. */
    private final Set<String> lostLookedFor = new HashSet<>();

    /** Claimed steps without a result that an earlier driver left: the service may have given them up. */
    private final Set<ItemId> interrupted = new HashSet<>();

    private boolean reclaimed = true;
    /** Results that the service will not take under their task; they wait for the step to be offered again. */
    private final Set<ItemId> parked = new HashSet<>();

    private Optional<String> completed = Optional.empty();
    private boolean finalLook;
    private Optional<ServiceBodies.Best> servicesBest = Optional.empty();
    private List<String> ready = List.of();
    private Optional<QueueState.Step> claimingFor = Optional.empty();
    /** The result that is on its way. */
    private Optional<ItemId> sending = Optional.empty();
    /** Results for whose sake a task was claimed once more. */
    private final Set<ItemId> claimedAgain = new HashSet<>();

    private int claimConflicts;
    private Optional<Instant> idleSince = Optional.empty();
    private Instant heartbeatAt = Instant.MIN;
    private long heartbeat;
    private boolean statusDoubted;
    private Optional<Stop> withheld = Optional.empty();
    private boolean balanceSeen;
    private long sideLook;
    private Instant sideLookAt = Instant.MIN;

    /**
     * A feeder for a run as its journal left it.
     *
     * @param queueUrl the service's base URL as {@code settle credits --queue} takes it, for hints
     * @param backoff the pauses between attempts
     */
    QueueFeeder(
            QueueSpec spec,
            String queueUrl,
            StepFolders folders,
            QueueLimits limits,
            Backoff backoff,
            Mode mode,
            RunState state) {
        this.spec = spec;
        this.queueUrl = queueUrl;
        this.items = new StepItems(spec, folders);
        this.limits = limits;
        this.mode = mode;
        this.main = new MainCall(backoff, limits.attempts());
        this.closing = new QueueClosing(main, limits);
        doubtful = state.queue().claiming();
        looked = mode == Mode.NEW;
        balanceSeen = spec.asked().requireCredits().isEmpty() || mode == Mode.TAKEN_OVER;
        for (QueueState.Step step : state.queue().steps()) {
            if (step.result().isEmpty()) {
                reclaimed = false;
                state.item(step.item()).filter(StepItems::isCutShort).ifPresent(item -> interrupted.add(item.id()));
            }
        }
    }

    /** Takes an answer in. What it decides must be folded before {@link #advance} is asked. */
    Feed take(QueueInput input, RunState state, Instant now) {
        Feed feed = new Feed();
        if (input.kind() == QueueInput.Kind.HEARTBEAT_ANSWERED) {
            heartbeatAnswered(feed, (QueueInput.HeartbeatAnswered) input, state, now);
            return feed;
        }
        if (input.call() == sideLook) {
            sideLook = 0;
            sideLooked(feed, (QueueInput.Looked) input, state);
            return feed;
        }
        if (!main.ends(input.call())) {
            return feed;
        }
        if (closing.take(feed, input)) {
            return feed;
        }
        switch (input.kind()) {
            case BALANCE_SEEN -> balanceSeen(feed, ((QueueInput.BalanceSeen) input).answer(), now);
            case STARTED -> started(feed, ((QueueInput.Started) input).answer(), now);
            case LOOKED -> lookedAt(feed, (QueueInput.Looked) input, state, now);
            case TASKS_SEEN -> tasksSeen(feed, ((QueueInput.TasksSeen) input).answer(), state, now);
            case CLAIM_ANSWERED -> claimAnswered(feed, ((QueueInput.ClaimAnswered) input).answer(), state, now);
            case PREPARED -> prepared(feed, ((QueueInput.Prepared) input).refused(), state);
            case STORED -> stored(feed, (QueueInput.Stored) input, state);
            case TAKEN -> taken(feed, ((QueueInput.Taken) input).answer(), state, now);
            case RESUME_ANSWERED -> resumeAnswered(feed, ((QueueInput.ResumeAnswered) input).answer(), state, now);
            case CHECKED_OUT -> checkedOut(feed, ((QueueInput.CheckedOut) input).link());
            case BEST_KEPT -> {
                ((QueueInput.BestKept) input).kept().ifPresent(feed::event);
                feed.event(new QueueEvent.Closed(completed.orElse(RunStatus.COMPLETED)));
            }
            case STORAGE_FAILED ->
                stop(feed, Stop.of(StopReason.STORAGE_FAILED, ((QueueInput.StorageFailed) input).text(), now));
            case FAREWELL_SAID, HEARTBEAT_ANSWERED ->
                throw new IllegalStateException("not an answer of the main line: " + input.kind());
        }
        return feed;
    }

    /** What is to be done now, if anything. */
    Feed advance(RunState state, Instant now) {
        Feed feed = new Feed();
        if (state.ended().isPresent() || state.queue().closed().isPresent()) {
            return feed;
        }
        if (state.stopping().isPresent() || state.cancelAskedBy().isPresent()) {
            if (!QueueClosing.isUrgent(state)) {
                heartbeat(feed, state, now);
            }
            closing.advance(feed, state, now, BestStep.of(state, servicesBest, spec), openStep(state));
            return feed;
        }
        heartbeat(feed, state, now);
        if (main.isFlying()) {
            lookWhileWaiting(feed, state, now);
        } else if (withheld.isEmpty() && !main.isPausing(now)) {
            next(feed, state, now);
        }
        return feed;
    }

    /** When {@link #advance} has something to do although nothing came in. */
    Instant wakeAt(RunState state, Instant now) {
        if (state.stopping().isPresent() || state.cancelAskedBy().isPresent()) {
            return closing.wakeAt(now);
        }
        Instant wake = now.plus(limits.heartbeat());
        if (mayBeat(state)) {
            wake = earlier(wake, heartbeatAt);
        }
        if (main.isFlying(QueueCommand.Kind.SUGGEST) && sideLook == 0) {
            wake = earlier(wake, sideLookAt);
        } else if (!main.isFlying() && main.isPausing(now)) {
            wake = earlier(wake, main.pauseUntil());
        }
        return wake;
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    /** The next step of the main line, from the journal's state. */
    private void next(Feed feed, RunState state, Instant now) {
        QueueState queue = state.queue();
        if (!balanceSeen) {
            feed.command(new QueueCommand.Balance(main.begin(QueueCommand.Kind.BALANCE, now)));
            return;
        }
        if (queue.attached().isEmpty()) {
            if (spec.run().isPresent()) {
                look(feed, spec.run().get(), now);
            } else {
                feed.event(new QueueEvent.Starting());
                feed.command(new QueueCommand.Start(main.begin(QueueCommand.Kind.START, now)));
            }
            return;
        }
        String run = queue.attached().get().run();
        if (!looked || statusDoubted || conflicted.isPresent() || doubtful.isPresent()) {
            look(feed, run, now);
            return;
        }
        Optional<QueueState.Step> result = queue.steps().stream()
                .filter(step -> step.result().isPresent() && step.submitted().isEmpty())
                .filter(step -> !parked.contains(step.item()))
                .findFirst();
        Optional<QueueState.Step> open = openStep(state);
        if (result.isPresent()) {
            submit(feed, run, result.get(), now);
        } else if (completed.isPresent()) {
            finish(feed, run, state, now);
        } else if (open.isPresent() && reclaimed) {
            evaluate(feed, open.get(), state, now);
        } else {
            feed.command(new QueueCommand.Tasks(main.begin(QueueCommand.Kind.TASKS, now), run));
        }
    }

    private void look(Feed feed, String run, Instant now) {
        feed.command(new QueueCommand.Look(main.begin(QueueCommand.Kind.LOOK, now), run, StepQueueClient.History.WITH));
    }

    private void submit(Feed feed, String run, QueueState.Step step, Instant now) {
        if (step.isUnclear() && !mayBeSent.equals(Optional.of(step.item()))) {
            look(feed, run, now);
            return;
        }
        mayBeSent = Optional.empty();
        sending = Optional.of(step.item());
        feed.event(new QueueEvent.Sending(step.item()));
        feed.command(
                new QueueCommand.Suggest(main.begin(QueueCommand.Kind.SUGGEST, now), run, step.task(), step.number()));
        sideLookAt = now.plus(limits.lookWhileWaiting());
    }

    /** A claimed step without a result: prepare, wait, store. */
    private void evaluate(Feed feed, QueueState.Step step, RunState state, Instant now) {
        Optional<Item> item = state.item(step.item());
        boolean again = item.isPresent() && interrupted.contains(step.item());
        if (item.isEmpty() || again) {
            feed.command(new QueueCommand.Prepare(main.begin(QueueCommand.Kind.PREPARE, now), step.number()));
        } else if (item.get().state().isEnd()) {
            feed.command(new QueueCommand.Store(main.begin(QueueCommand.Kind.STORE, now), step.item(), step.number()));
        }
    }

    static Optional<QueueState.Step> openStep(RunState state) {
        return state.queue().steps().stream()
                .filter(step -> step.result().isEmpty())
                .findFirst();
    }

    /** The service has no further step for us. */
    private void finish(Feed feed, String run, RunState state, Instant now) {
        if (!parked.isEmpty()) {
            String text = "its run is completed without the results of " + parked + ", which are kept";
            stop(feed, Stop.of(StopReason.SUBMISSION_REFUSED, text, now));
            return;
        }
        if (!finalLook) {
            feed.command(new QueueCommand.Look(
                    main.begin(QueueCommand.Kind.LOOK, now), run, StepQueueClient.History.WITHOUT));
            return;
        }
        Optional<QueueCommand.Best> best = BestStep.of(state, servicesBest, spec);
        if (best.isEmpty()) {
            feed.event(new QueueEvent.Closed(completed.orElse(RunStatus.COMPLETED)));
        } else {
            feed.command(new QueueCommand.KeepBest(main.begin(QueueCommand.Kind.KEEP_BEST, now), best.get()));
        }
    }

    /** Only a service that clearly has less keeps the run from beginning. */
    private void balanceSeen(Feed feed, Answer<OptionalDouble> answer, Instant now) {
        balanceSeen = true;
        Optional<Trouble> trouble = answer.trouble();
        if (trouble.isPresent()) {
            switch (trouble.get().kind()) {
                case OUT_OF_CREDITS, NOT_AUTHORISED -> trouble(feed, trouble.get(), now);
                case CONFLICT, UNAVAILABLE, REFUSED ->
                    feed.notice("the balance cannot be asked, so --require-credits decides nothing: "
                            + trouble.get().text());
            }
            return;
        }
        OptionalDouble balance = answer.body().orElseThrow();
        double required = spec.asked().requireCredits().orElseThrow();
        if (balance.isPresent() && balance.getAsDouble() < required) {
            withhold(feed, Stops.tooFewCredits(balance.getAsDouble(), required, queueUrl, now), now);
        }
    }

    private void started(Feed feed, Answer<ServiceBodies.Started> answer, Instant now) {
        if (answer.trouble().isPresent()) {
            trouble(feed, answer.trouble().get(), now);
            return;
        }
        main.worked();
        ServiceBodies.Started started = answer.body().orElseThrow();
        closing.serviceSays(RunStatus.RUNNING);
        feed.event(new QueueEvent.Attached(started.run(), started.name(), 0));
    }

    private void lookedAt(Feed feed, QueueInput.Looked input, RunState state, Instant now) {
        if (completed.isPresent() && !finalLook) {
            // Only its best step is of interest, and that is not worth another attempt.
            finalLook = true;
            servicesBest = input.answer().body().flatMap(ServiceBodies.RunLook::best);
            return;
        }
        if (input.answer().trouble().isPresent()) {
            trouble(feed, input.answer().trouble().get(), now);
            return;
        }
        ServiceBodies.RunLook look = input.answer().body().orElseThrow();
        Optional<Trouble> tasksTrouble = input.tasks().flatMap(Answer::trouble);
        if (tasksTrouble.filter(t -> t.kind() != Trouble.Kind.UNAVAILABLE).isPresent()) {
            trouble(feed, tasksTrouble.get(), now);
            return;
        }
        Optional<ServiceBodies.Tasks> tasks = input.tasks().flatMap(Answer::body);
        int base = state.queue().attached().map(QueueEvent.Attached::step).orElse(look.step());
        Optional<QueueState.Step> unclear = unclearStep(state);
        if (unclear.isPresent() && !settleUnclear(feed, unclear.get(), state, base, look, tasks, now)) {
            tasksTrouble.ifPresent(trouble -> trouble(feed, trouble, now));
            return;
        }
        looked = true;
        main.worked();
        if (statusDoubted) {
            statusDoubted = false;
            // Two answers that contradict each other are not asked for again at once.
            main.pause(now.plus(spec.poll()));
        }
        closing.serviceSays(look.status());
        if (state.queue().attached().isEmpty()) {
            feed.event(new QueueEvent.Attached(spec.run().orElseThrow(), look.name(), look.step()));
        }
        if (RunStatus.isOver(look.status())) {
            over(feed, look, state, now);
        } else if (doubtful.isPresent()) {
            resolveClaim(feed, state, look, tasks, now);
        }
    }

    /** The result that a look has to decide about: sent without an answer, or answered by 409. */
    private Optional<QueueState.Step> unclearStep(RunState state) {
        return conflicted.flatMap(state.queue()::stepOf).or(() -> state.queue().steps().stream()
                .filter(QueueState.Step::isUnclear)
                .findFirst());
    }

    /** False when the look could not tell. */
    private boolean settleUnclear(
            Feed feed,
            QueueState.Step step,
            RunState state,
            int base,
            ServiceBodies.RunLook look,
            Optional<ServiceBodies.Tasks> tasks,
            Instant now) {
        boolean conflict = conflicted.isPresent();
        Landing landing = Landing.of(state.queue(), step, base, look, tasks);
        if (landing == Landing.UNKNOWN && !conflict) {
            return false;
        }
        conflicted = Optional.empty();
        if (landing == Landing.LANDED) {
            feed.event(
                    new QueueEvent.Submitted(step.item(), Submission.LANDED, "its answer was lost; a look shows it"));
        } else if (!conflict || RunStatus.isOver(look.status())) {
            mayBeSent = Optional.of(step.item());
        } else if (tasks.filter(t -> t.ready().contains(step.task())).isPresent() && claimedAgain.add(step.item())) {
            // The service wants the task to be claimed again before it takes the result.
            claim(feed, step.task(), tasks.get().ready(), Optional.of(step), step.number(), now);
        } else {
            feed.event(new QueueEvent.Submitted(step.item(), Submission.CONFLICT, "409 while its run goes on"));
        }
        return true;
    }

    /** The service's run has ended, or is being stopped. */
    private void over(Feed feed, ServiceBodies.RunLook look, RunState state, Instant now) {
        doubtful = Optional.empty();
        boolean nothingLeft = openStep(state).isEmpty()
                && state.queue().steps().stream()
                        .allMatch(step -> step.submitted().isPresent()
                                || unclearStep(state).filter(step::equals).isPresent()
                                || parked.contains(step.item()));
        if (look.status().equals(RunStatus.COMPLETED)) {
            if (nothingLeft) {
                completed = Optional.of(look.status());
                servicesBest = look.best();
                finalLook = true;
            } else {
                stop(feed, remote(look, now));
            }
        } else if (!resumeSent && mayResume(look.status())) {
            resumeSent = true;
            feed.command(new QueueCommand.Resume(
                    main.begin(QueueCommand.Kind.RESUME, now),
                    state.queue().attached().map(QueueEvent.Attached::run).orElseGet(() -> spec.run()
                            .orElseThrow())));
        } else if (look.endedForCredits()) {
            stop(feed, Stops.endedForCredits(look.endedBecause().orElse(look.status()), topup(), queueUrl, now));
        } else {
            stop(feed, remote(look, now));
        }
    }

    private Stop remote(ServiceBodies.RunLook look, Instant now) {
        String state = look.status().equals(RunStatus.COMPLETED) ? " while a step of ours was under way" : "";
        return Stops.stoppedRemotely(look.status(), look.endedBecause(), state, now);
    }

    private boolean mayResume(String status) {
        return switch (mode) {
            case RESUMED -> RunStatus.isEnded(status);
            // Without heartbeats the service gives a run up; a run that somebody stopped stays stopped.
            case TAKEN_OVER -> status.equals(RunStatus.ERROR);
            case NEW -> spec.autoResume() && RunStatus.isEnded(status);
        };
    }

    /** A claim whose answer was lost, or that met a 409 although nobody else should be there. */
    private void resolveClaim(
            Feed feed, RunState state, ServiceBodies.RunLook look, Optional<ServiceBodies.Tasks> tasks, Instant now) {
        String task = doubtful.orElseThrow();
        doubtful = Optional.empty();
        Optional<QueueState.Step> known = state.queue().stepOfTask(task);
        int number = known.map(QueueState.Step::number).orElseGet(() -> StepItems.nextNumber(state));
        if (tasks.filter(t -> t.ready().contains(task)).isPresent()) {
            claim(feed, task, tasks.get().ready(), known, number, now);
            return;
        }
        List<ServiceBodies.Node> pending = look.nodes().stream()
                .filter(node -> !node.evaluated() && !node.code().isEmpty())
                .filter(node -> node.task().map(task::equals).orElse(true))
                .toList();
        boolean nothingElse = tasks.filter(t -> t.ready().isEmpty()).isPresent();
        if (pending.size() == 1 && nothingElse) {
            ready = List.of(task);
            claimingFor = known;
            feed.event(new QueueEvent.Claiming(task));
            feed.command(new QueueCommand.Adopt(
                    main.begin(QueueCommand.Kind.ADOPT, now),
                    task,
                    number,
                    pending.get(0).code()));
            return;
        }
        if (!nothingElse) {
            // Which of the unevaluated candidates is ours shows when the others are through.
            feed.event(new QueueEvent.NotClaimed(task, true, "the answer was lost, and with it the candidate"));
            return;
        }
        feed.event(new QueueEvent.NotClaimed(task, true, "its candidate cannot be had any more"));
        if (!resumeSent) {
            // Resuming gives a claimed task back; a service whose run is running refuses, which does no harm.
            resumeSent = true;
            feed.command(new QueueCommand.Resume(
                    main.begin(QueueCommand.Kind.RESUME, now),
                    state.queue().attached().orElseThrow().run()));
        }
    }

    private void tasksSeen(Feed feed, Answer<ServiceBodies.Tasks> answer, RunState state, Instant now) {
        if (answer.trouble().isPresent()) {
            trouble(feed, answer.trouble().get(), now);
            return;
        }
        main.worked();
        ServiceBodies.Tasks tasks = answer.body().orElseThrow();
        if (tasks.status().filter(RunStatus::isOver).isPresent()) {
            // The look tells how and why it ended.
            statusDoubted = true;
            return;
        }
        Optional<QueueState.Step> open = openStep(state);
        if (open.isPresent() && !reclaimed) {
            reclaimed = true;
            boolean offered = tasks.ready().contains(open.get().task());
            if (!offered && (tasks.ready().isEmpty() || !resumeSent)) {
                // Our claim stands.
                return;
            }
            if (offered) {
                claim(feed, open.get().task(), tasks.ready(), open, open.get().number(), now);
                return;
            }
        }
        if (tasks.ready().isEmpty()) {
            idle(feed, state, now);
            return;
        }
        String task = tasks.ready().get(0);
        Optional<QueueState.Step> known = state.queue().stepOfTask(task);
        claim(
                feed,
                task,
                tasks.ready(),
                known,
                known.map(QueueState.Step::number).orElseGet(() -> StepItems.nextNumber(state)),
                now);
    }

    private void idle(Feed feed, RunState state, Instant now) {
        doubtful =
                state.queue().lostClaims().stream().filter(lostLookedFor::add).findFirst();
        if (doubtful.isPresent()) {
            return;
        }
        Instant since = idleSince.orElse(now);
        idleSince = Optional.of(since);
        if (!now.isBefore(since.plus(limits.idle()))) {
            stop(
                    feed,
                    Stop.of(
                            StopReason.QUEUE_UNAVAILABLE,
                            "the step queue had nothing ready for "
                                    + limits.idle().toMinutes() + " min",
                            now));
            return;
        }
        main.pause(now.plus(spec.poll()));
    }

    private void claim(
            Feed feed, String task, List<String> readyTasks, Optional<QueueState.Step> known, int number, Instant now) {
        idleSince = Optional.empty();
        ready = readyTasks;
        claimingFor = known;
        feed.event(new QueueEvent.Claiming(task));
        feed.command(new QueueCommand.Claim(main.begin(QueueCommand.Kind.CLAIM, now), task, number));
    }

    private void claimAnswered(Feed feed, Answer<QueueInput.Kept> answer, RunState state, Instant now) {
        String task = state.queue().claiming().orElseThrow();
        if (answer.trouble().isPresent()) {
            claimTrouble(feed, task, answer.trouble().get(), now);
            return;
        }
        main.worked();
        claimConflicts = 0;
        QueueInput.Kept kept = answer.body().orElseThrow();
        Optional<QueueState.Step> known = claimingFor.or(() -> state.queue().steps().stream()
                .filter(step -> step.submitted().isEmpty() && step.fingerprint().equals(kept.fingerprint()))
                .findFirst());
        known.ifPresent(step -> parked.remove(step.item()));
        int number = known.map(QueueState.Step::number).orElseGet(() -> StepItems.nextNumber(state));
        List<String> others = new ArrayList<>(ready);
        others.remove(task);
        feed.event(new QueueEvent.Claimed(
                known.map(QueueState.Step::item).orElseGet(() -> StepItems.idOf(state, number)),
                task,
                number,
                kept.revision(),
                kept.fingerprint(),
                others));
    }

    private void claimTrouble(Feed feed, String task, Trouble trouble, Instant now) {
        boolean notOurs = trouble.kind() == Trouble.Kind.CONFLICT || trouble.kind() == Trouble.Kind.REFUSED;
        if (!notOurs) {
            doubtful = trouble.kind() == Trouble.Kind.UNAVAILABLE ? Optional.of(task) : Optional.empty();
            trouble(feed, trouble, now);
            return;
        }
        main.worked();
        claimConflicts++;
        if (trouble.kind() == Trouble.Kind.REFUSED && claimConflicts >= CLAIM_REFUSALS_MAX) {
            stop(feed, Stops.of(StopReason.SUBMISSION_REFUSED, trouble, now));
            return;
        }
        feed.event(new QueueEvent.NotClaimed(task, false, trouble.status() + ", " + trouble.words()));
        Duration pause = spec.poll().multipliedBy(1L << Math.min(claimConflicts - 1, 6));
        main.pause(now.plus(pause.compareTo(CLAIM_PAUSE_MAX) < 0 ? pause : CLAIM_PAUSE_MAX));
    }

    private void prepared(Feed feed, Optional<String> refused, RunState state) {
        QueueState.Step step = openStep(state).orElseThrow();
        boolean there = state.item(step.item()).isPresent();
        interrupted.remove(step.item());
        if (!there) {
            feed.item(items.item(step));
        } else {
            feed.reopen(step.item());
        }
        refused.ifPresent(why -> feed.refuse(step.item(), why));
    }

    private void stored(Feed feed, QueueInput.Stored input, RunState state) {
        feed.event(new QueueEvent.Stored(openStep(state).orElseThrow().item(), input.result(), input.metric()));
    }

    private void taken(Feed feed, Answer<ServiceBodies.Taken> answer, RunState state, Instant now) {
        QueueState.Step step = sending.flatMap(state.queue()::stepOf).orElseThrow();
        sending = Optional.empty();
        if (answer.body().isPresent()) {
            main.worked();
            claimConflicts = 0;
            ServiceBodies.Taken taken = answer.body().get();
            feed.event(new QueueEvent.Submitted(step.item(), Submission.ACCEPTED, ""));
            if (taken.done()) {
                completed = Optional.of(RunStatus.COMPLETED);
                closing.serviceSays(RunStatus.COMPLETED);
            }
            return;
        }
        Trouble trouble = answer.trouble().orElseThrow();
        boolean unknownThere = trouble.status() == 404 || trouble.status() == 410;
        if (trouble.kind() == Trouble.Kind.CONFLICT) {
            conflicted = Optional.of(step.item());
        } else if (trouble.kind() == Trouble.Kind.REFUSED && unknownThere && mode != Mode.NEW) {
            parked.add(step.item());
            feed.notice("the result of " + step.item() + " is kept: the step queue does not know its task any more ("
                    + trouble.words() + ")");
        } else {
            trouble(feed, trouble, now);
        }
    }

    private void resumeAnswered(Feed feed, Answer<?> answer, RunState state, Instant now) {
        Optional<Trouble> trouble = answer.trouble();
        if (trouble.isEmpty()) {
            main.worked();
            closing.serviceSays(RunStatus.RUNNING);
            feed.event(state.queue()
                    .attached()
                    .orElseGet(() -> new QueueEvent.Attached(spec.run().orElseThrow(), Optional.empty(), 0)));
            return;
        }
        Trouble.Kind kind = trouble.get().kind();
        if (kind == Trouble.Kind.CONFLICT || kind == Trouble.Kind.REFUSED) {
            // It is running already, or cannot be resumed: a look tells which.
            statusDoubted = true;
        } else {
            if (kind == Trouble.Kind.UNAVAILABLE) {
                resumeSent = false;
                statusDoubted = true;
            }
            trouble(feed, trouble.get(), now);
        }
    }

    /** Not before it is known that the service's run is running, nor after it is completed. */
    private boolean mayBeat(RunState state) {
        return state.queue().attached().isPresent()
                && looked
                && heartbeat == 0
                && completed.isEmpty()
                && !main.isFlying(QueueCommand.Kind.RESUME);
    }

    private void heartbeat(Feed feed, RunState state, Instant now) {
        if (!mayBeat(state) || now.isBefore(heartbeatAt)) {
            return;
        }
        heartbeat = main.newNumber();
        heartbeatAt = now.plus(limits.heartbeat());
        feed.command(new QueueCommand.Heartbeat(
                heartbeat, state.queue().attached().get().run()));
    }

    private void heartbeatAnswered(Feed feed, QueueInput.HeartbeatAnswered input, RunState state, Instant now) {
        if (input.call() != heartbeat) {
            return;
        }
        heartbeat = 0;
        boolean over = state.stopping().isPresent() || withheld.isPresent() || completed.isPresent();
        Optional<Trouble> trouble = input.answer().trouble();
        if (trouble.isEmpty() || over) {
            return;
        }
        switch (trouble.get().kind()) {
            case OUT_OF_CREDITS, NOT_AUTHORISED -> {
                if (main.isFlying()) {
                    feed.command(new QueueCommand.Abandon(main.number()));
                    closing.abandoned(main.giveUp());
                }
                trouble(feed, trouble.get(), now);
                openStep(state)
                        .flatMap(step -> state.item(step.item()))
                        .filter(item -> !item.state().isEnd())
                        .ifPresent(item -> feed.cancel(item.id()));
            }
            case CONFLICT -> statusDoubted = true;
            // The next one is due soon, and a step under way needs no service.
            case UNAVAILABLE, REFUSED -> {}
        }
    }

    /** A submission whose answer takes long may have landed: the service answers others meanwhile. */
    private void lookWhileWaiting(Feed feed, RunState state, Instant now) {
        if (!main.isFlying(QueueCommand.Kind.SUGGEST) || sideLook != 0 || now.isBefore(sideLookAt)) {
            return;
        }
        sideLook = main.newNumber();
        sideLookAt = now.plus(limits.lookWhileWaiting());
        feed.command(new QueueCommand.Look(
                sideLook, state.queue().attached().orElseThrow().run(), StepQueueClient.History.WITH));
    }

    private void sideLooked(Feed feed, QueueInput.Looked input, RunState state) {
        Optional<QueueState.Step> step = unclearStep(state);
        if (!main.isFlying(QueueCommand.Kind.SUGGEST)
                || step.isEmpty()
                || input.answer().body().isEmpty()) {
            return;
        }
        ServiceBodies.RunLook look = input.answer().body().get();
        int base = state.queue().attached().orElseThrow().step();
        Optional<ServiceBodies.Tasks> tasks = input.tasks().flatMap(Answer::body);
        if (Landing.of(state.queue(), step.get(), base, look, tasks) == Landing.LANDED) {
            feed.command(new QueueCommand.Abandon(main.number()));
            main.giveUp();
            main.worked();
            feed.event(
                    new QueueEvent.Submitted(step.get().item(), Submission.LANDED, "no answer came; a look shows it"));
            statusDoubted = RunStatus.isOver(look.status());
        }
    }

    private void trouble(Feed feed, Trouble trouble, Instant now) {
        switch (trouble.kind()) {
            case OUT_OF_CREDITS -> outOfCredits(feed, trouble, now);
            case NOT_AUTHORISED -> {
                closing.serviceIsDeaf();
                stop(feed, Stops.of(StopReason.NOT_AUTHORISED, trouble, now));
            }
            case UNAVAILABLE -> {
                Optional<Duration> pause = main.failed(now);
                if (pause.isPresent()) {
                    feed.event(new QueueEvent.Retried(
                            trouble.call(), main.failures(), main.attemptsMax(), pause.get(), trouble.text()));
                } else {
                    stop(feed, Stops.of(StopReason.QUEUE_UNAVAILABLE, trouble, now));
                }
            }
            case CONFLICT, REFUSED -> stop(feed, Stops.of(StopReason.SUBMISSION_REFUSED, trouble, now));
        }
    }

    /** The service's own link, else where it says a top-up is paid, else the run file's. */
    private void outOfCredits(Feed feed, Trouble trouble, Instant now) {
        Stop stop = Stops.outOfCredits(trouble, trouble.link(), queueUrl, now);
        if (trouble.link().isPresent()) {
            stop(feed, stop);
        } else {
            withhold(feed, stop, now);
        }
    }

    /** The stop waits until it is known where a top-up is paid. */
    private void withhold(Feed feed, Stop stop, Instant now) {
        withheld = Optional.of(stop);
        feed.command(new QueueCommand.Checkout(main.begin(QueueCommand.Kind.CHECKOUT, now)));
    }

    private void checkedOut(Feed feed, Optional<String> link) {
        Stop stop = withheld.orElseThrow();
        withheld = Optional.empty();
        feed.stop(new Stop(stop.reason(), stop.detail(), link.or(this::topup), stop.at(), stop.evidence()));
    }

    private Optional<String> topup() {
        return spec.topupUrl();
    }

    private void stop(Feed feed, Stop stop) {
        feed.stop(stop);
    }
}
