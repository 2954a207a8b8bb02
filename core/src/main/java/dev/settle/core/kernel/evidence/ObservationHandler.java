package dev.settle.core.kernel.evidence;

import dev.settle.core.kernel.polling.Polling;
import dev.settle.core.kernel.state.KernelContext;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.Source.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Takes answers in: what is new becomes evidence, and moves items that have not ended along their lives. */
public final class ObservationHandler {
    /** An answer that is older than the one before by more than this was given by a clock that was set back. */
    private static final Duration LATE_ANSWER_MAX = Duration.ofMinutes(2);

    /** The scheduler's own count of restarts is believed up to here. */
    private static final int RESTARTS_MAX = 1000;

    private final KernelContext context;
    private final Polling polling;
    private final LiveItems liveItems;
    private final SqueueUpdates controller;
    private final SacctUpdates accounting;
    private final Map<Role, Instant> answeredAt = new EnumMap<>(Role.class);

    public ObservationHandler(KernelContext context, LiveItems liveItems, Polling polling) {
        this.context = context;
        this.polling = polling;
        this.liveItems = liveItems;
        this.controller = new SqueueUpdates(context, liveItems, polling);
        this.accounting = new SacctUpdates(context, liveItems, polling, controller);
    }

    /**
     * Takes an answer in.
     *
     * @return the items to judge
     */
    public List<Item> take(QueryAnswer answer) {
        return switch (answer.kind()) {
            case ANSWERED -> answered((QueryAnswer.Answered) answer);
            case NO_ANSWER -> silent((QueryAnswer.NoAnswer) answer);
            case NOT_KEPT -> notKept((QueryAnswer.NotKept) answer);
            case BY_CLUSTER -> byCluster((QueryAnswer.ByCluster) answer);
        };
    }

    private List<Item> answered(QueryAnswer.Answered answer) {
        answersAgain(answer.source().role());
        return isInTime(answer) ? rows(answer) : List.of();
    }

    /** The clusters that answer set the pace; of those that do not only their own jobs hear nothing. */
    private List<Item> byCluster(QueryAnswer.ByCluster answer) {
        Optional<QueryAnswer.NoAnswer> silent = Optional.empty();
        for (QueryAnswer part : answer.parts()) {
            silent = part instanceof QueryAnswer.NoAnswer no ? Optional.of(no) : silent;
        }
        if (silent.isPresent()) {
            fallsSilent(silent.get());
        } else {
            answersAgain(answer.source().role());
        }
        if (!isInTime(answer)) {
            return List.of();
        }
        List<Item> touched = new ArrayList<>();
        for (QueryAnswer part : answer.parts()) {
            if (part instanceof QueryAnswer.Answered one) {
                touched.addAll(rows(one));
            } else if (part instanceof QueryAnswer.NoAnswer no) {
                touched.addAll(unanswered(no));
            }
        }
        return touched;
    }

    /** A query of ours waits; told once until its source has answered. */
    public void heldBack(Source source, Instant until, String why) {
        Optional<RunEvent.HeldBack> before = context.state().heldBack(source);
        if (before.filter(each -> !each.until().isBefore(until)).isEmpty()) {
            context.emit(new RunEvent.HeldBack(source, until, why));
        }
    }

    private void answersAgain(Role role) {
        Set<Source> sources = EnumSet.noneOf(Source.class);
        sources.addAll(context.state().silent().keySet());
        sources.addAll(context.state().heldBack().keySet());
        for (Source source : sources) {
            if (source.role() == role) {
                context.emit(new RunEvent.Answered(source));
            }
        }
    }

    /** Sets the pace first: what the answer makes urgent comes on top of it. */
    private boolean isInTime(QueryAnswer answer) {
        Role role = answer.source().role();
        if (role == Role.CONTROLLER) {
            polling.controller().answered();
        } else {
            polling.accounting().answered();
        }
        if (isLate(answer)) {
            return false;
        }
        answeredAt.put(role, answer.at());
        return true;
    }

    private List<Item> rows(QueryAnswer.Answered answer) {
        Role role = answer.source().role();
        RowsByItem rows = new RowsByItem(
                answer.observations(), context.byJob(), context.state().items().size());
        List<Item> touched = itemsOf(answer.about());
        for (Item item : touched) {
            List<JobObservation> ofItem = rows.of(item);
            Optional<JobObservation> observation = JobIdentity.ours(item, ofItem);
            if (role == Role.CONTROLLER) {
                controller.on(item, observation);
            } else {
                accounting.on(item, observation, ofItem);
            }
        }
        if (answer.unclear().isEmpty()) {
            return touched;
        }
        List<Item> settling = new ArrayList<>(touched);
        settling.addAll(silent(role, itemsOf(answer.unclear())));
        return settling;
    }

    /** The items in the order of the run: what follows from an answer must not depend on how a set is laid out. */
    private List<Item> itemsOf(Set<JobId> jobs) {
        BitSet places = new BitSet(context.state().items().size());
        for (JobId job : jobs) {
            for (Item item : context.byJob().of(job)) {
                if (RowsByItem.isOf(item, job)) {
                    places.set(item.index());
                }
            }
        }
        List<Item> items = new ArrayList<>(places.cardinality());
        places.stream().forEach(place -> items.add(context.state().items().get(place)));
        return items;
    }

    /** Answers may overtake each other; what an older one says is known better by now. */
    private boolean isLate(QueryAnswer answer) {
        Instant newest = answeredAt.get(answer.source().role());
        return newest != null
                && answer.at().isBefore(newest)
                && answer.at().plus(LATE_ANSWER_MAX).isAfter(newest);
    }

    /** A start record appeared: the job runs, whatever the queue said last. */
    public void started(Item item, JobRecord seen) {
        if (item.attempt().token().filter(seen.token()::equals).isEmpty()) {
            return;
        }
        if (item.isIntended()) {
            liveItems.of(item).end().keepEarlyStart(seen);
            return;
        }
        if (!takesRecord(item, seen.restarts(), seen.observation())) {
            return;
        }
        LiveItemState live = liveItems.of(item);
        live.known();
        liveItems.remember(item, seen.observation());
        boolean waits = item.state() == ItemState.SUBMITTED || item.state() == ItemState.QUEUED;
        boolean startedLater = JobIdentity.startedAfterItLeft(item, seen.observation())
                && item.attempt().latest(Role.EXIT_RECORD).isEmpty();
        if (waits || startedLater) {
            controller.running(item, seen.observation());
        }
    }

    /**
     * Whether a record is of this attempt and says anything new; one of a later run of the job tells that the scheduler
     * started it again.
     */
    private boolean takesRecord(Item item, int restarts, JobObservation record) {
        int ahead = Math.min(restarts, RESTARTS_MAX) - item.attempt().restarts();
        boolean matters = item.state().isLive() || item.isUnconfirmed();
        if (!matters || ahead < 0) {
            return false;
        }
        List<JobObservation> ofItsRun = ahead > 0 ? observationsOfRun(item, record) : List.of();
        Optional<Instant> runAt = ofItsRun.stream()
                .flatMap(observation -> observation.submittedAt().stream())
                .findFirst();
        for (int i = 0; i < ahead && item.state().isLive(); i++) {
            // The scheduler started the job again, and nobody had noticed.
            controller.requeued(item, Optional.empty(), runAt);
        }
        // It had done so before it was seen for the first time: what was seen is of this run.
        ofItsRun.forEach(observation -> context.emit(new ItemEvent.Observed(item.id(), observation)));
        return true;
    }

    /** An exit record appeared. */
    public void ended(Item item, JobRecord seen) {
        if (item.attempt().token().filter(seen.token()::equals).isEmpty()) {
            return;
        }
        if (item.isIntended()) {
            // A quick job ends before sbatch's answer is through.
            liveItems.of(item).end().keepEarlyEnd(seen);
            return;
        }
        if (!takesRecord(item, seen.restarts(), seen.observation())) {
            return;
        }
        LiveItemState live = liveItems.of(item);
        live.known();
        live.end().output().found(seen.files());
        live.end().reported(context.now());
        if (item.state() != ItemState.SETTLING) {
            // Whether the controller still has it is asked anew: it may know more than the record.
            live.disregardAbsence();
        }
        liveItems.remember(item, seen.observation());
        controller.left(item, "exit record found");
    }

    /** What is known of the run that left a record; not of a run that started at another time, or had a record of its own. */
    private static List<JobObservation> observationsOfRun(Item item, JobObservation record) {
        List<JobObservation> known = new ArrayList<>();
        Optional<JobObservation> earlier =
                item.attempt().latest(Role.EXIT_RECORD).or(() -> item.attempt().latest(Role.START_RECORD));
        for (JobObservation observation : item.attempt().observations()) {
            boolean reported = observation.source().role() == Role.CONTROLLER
                    || observation.source().role() == Role.ACCOUNTING;
            boolean ofEarlier = earlier.isPresent() && JobIdentity.isSubmittedBeforeStart(observation, earlier.get());
            if (reported && !ofEarlier && JobIdentity.isOfRecordsRun(observation, record)) {
                known.add(observation);
            }
        }
        return known;
    }

    /** The job that an item runs as, by a record that came before the answer to its submission. */
    public Optional<JobId> startedAs(Item item) {
        return liveItems.of(item).endIfAny().flatMap(EndEvidence::startedAs);
    }

    /** A start record that was there before the answer to the item's submission, once. */
    public Optional<JobRecord> takeEarlyStart(Item item) {
        return liveItems.of(item).endIfAny().flatMap(EndEvidence::takeEarlyStart);
    }

    /** An exit record that was there before the answer to the item's submission, once. */
    public Optional<JobRecord> takeEarlyEnd(Item item) {
        return liveItems.of(item).endIfAny().flatMap(EndEvidence::takeEarlyEnd);
    }

    private List<Item> silent(QueryAnswer.NoAnswer answer) {
        fallsSilent(answer);
        if (answer.source().role() == Role.CONTROLLER) {
            polling.controllerSilent();
        } else {
            polling.accounting().silent();
        }
        return unanswered(answer);
    }

    private void fallsSilent(QueryAnswer.NoAnswer answer) {
        if (!context.state().silent().containsKey(answer.source())) {
            context.emit(new RunEvent.Silent(answer.source(), answer.text()));
        }
    }

    private List<Item> unanswered(QueryAnswer.NoAnswer answer) {
        List<Item> items = new ArrayList<>();
        for (Item item : context.byJob().all()) {
            if (answer.about().isEmpty()
                    || item.attempt().jobId().filter(answer.about()::contains).isPresent()) {
                items.add(item);
            }
        }
        return silent(answer.source().role(), items);
    }

    /** Nothing was said of these items; returns those that settle. */
    private List<Item> silent(Role role, List<Item> items) {
        List<Item> settling = new ArrayList<>();
        for (Item item : items) {
            LiveItemState live = liveItems.of(item);
            if (role == Role.CONTROLLER) {
                live.controllerSilent(context.now());
            } else {
                live.accountingSilent(context.now());
            }
            if (item.state() == ItemState.SETTLING) {
                settling.add(item);
            }
        }
        return settling;
    }

    private List<Item> notKept(QueryAnswer.NotKept answer) {
        if (answer.source() == Source.SACCT && !context.state().isAccountingOff()) {
            context.emit(new RunEvent.AccountingOff(answer.text()));
        }
        polling.accounting().off();
        List<Item> settling = new ArrayList<>();
        for (Item item : context.byJob().all()) {
            if (item.state() == ItemState.SETTLING) {
                controller.lookAgain(item, liveItems.of(item));
                settling.add(item);
            }
        }
        return settling;
    }
}
