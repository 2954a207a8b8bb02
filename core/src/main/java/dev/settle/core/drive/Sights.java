package dev.settle.core.drive;

import dev.settle.core.item.Item;
import dev.settle.core.item.ItemEvent;
import dev.settle.core.item.ItemState;
import dev.settle.core.port.JobId;
import dev.settle.core.port.SightAnswer;
import dev.settle.core.port.Sighting;
import dev.settle.core.port.Source;
import dev.settle.core.port.Source.Role;
import dev.settle.core.run.RunEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Takes answers in: what is new becomes evidence, and moves items that have not ended along their lives. */
final class Sights {
    /** An answer that is older than the one before by more than this was given by a clock that was set back. */
    private static final Duration LATE_ANSWER_MAX = Duration.ofMinutes(2);

    /** The scheduler's own count of restarts is believed up to here. */
    private static final int RESTARTS_MAX = 1000;

    private final Board board;
    private final Pacing pacing;
    private final Identity identity;
    private final ControllerSights controller;
    private final AccountingSights accounting;
    private final Map<Role, Instant> answeredAt = new EnumMap<>(Role.class);

    Sights(Board board, Pacing pacing) {
        this.board = board;
        this.pacing = pacing;
        this.identity = new Identity(board.doctrine);
        this.controller = new ControllerSights(board, pacing, identity);
        this.accounting = new AccountingSights(board, pacing, identity, controller);
    }

    /**
     * Takes an answer in.
     *
     * @return the items to judge
     */
    List<Item> take(SightAnswer answer) {
        return switch (answer.kind()) {
            case ANSWERED -> answered((SightAnswer.Answered) answer);
            case NO_ANSWER -> silent((SightAnswer.NoAnswer) answer);
            case NOT_KEPT -> notKept((SightAnswer.NotKept) answer);
            case BY_CLUSTER -> byCluster((SightAnswer.ByCluster) answer);
        };
    }

    private List<Item> answered(SightAnswer.Answered answer) {
        answersAgain(answer.source().role());
        return isInTime(answer) ? heard(answer) : List.of();
    }

    /** The clusters that answer set the pace; of those that do not only their own jobs hear nothing. */
    private List<Item> byCluster(SightAnswer.ByCluster answer) {
        Optional<SightAnswer.NoAnswer> silent = Optional.empty();
        for (SightAnswer part : answer.parts()) {
            silent = part instanceof SightAnswer.NoAnswer no ? Optional.of(no) : silent;
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
        for (SightAnswer part : answer.parts()) {
            if (part instanceof SightAnswer.Answered heard) {
                touched.addAll(heard(heard));
            } else if (part instanceof SightAnswer.NoAnswer no) {
                touched.addAll(unheard(no));
            }
        }
        return touched;
    }

    private void answersAgain(Role role) {
        for (Source source : List.copyOf(board.state.silent().keySet())) {
            if (source.role() == role) {
                board.emit(new RunEvent.Answered(source));
            }
        }
    }

    /** Sets the pace first: what the answer makes urgent comes on top of it. */
    private boolean isInTime(SightAnswer answer) {
        Role role = answer.source().role();
        if (role == Role.CONTROLLER) {
            pacing.controller().answered();
        } else {
            pacing.accounting().answered();
        }
        if (isLate(answer)) {
            return false;
        }
        answeredAt.put(role, answer.at());
        return true;
    }

    private List<Item> heard(SightAnswer.Answered answer) {
        Role role = answer.source().role();
        RowsOfItems rows = new RowsOfItems(
                answer.sightings(), board.byJob(), board.state.items().size());
        List<Item> touched = itemsOf(answer.about());
        for (Item item : touched) {
            List<Sighting> ofItem = rows.of(item);
            Optional<Sighting> sighting = identity.ours(item, ofItem);
            if (role == Role.CONTROLLER) {
                controller.on(item, sighting);
            } else {
                accounting.on(item, sighting, ofItem);
            }
        }
        if (answer.unclear().isEmpty()) {
            return touched;
        }
        List<Item> heard = new ArrayList<>(touched);
        heard.addAll(silent(role, itemsOf(answer.unclear())));
        return heard;
    }

    /** The items in the order of the run: what follows from an answer must not depend on how a set is laid out. */
    private List<Item> itemsOf(Set<JobId> jobs) {
        BitSet places = new BitSet(board.state.items().size());
        for (JobId job : jobs) {
            for (Item item : board.byJob().of(job)) {
                if (RowsOfItems.isOf(item, job)) {
                    places.set(item.index());
                }
            }
        }
        List<Item> items = new ArrayList<>(places.cardinality());
        places.stream().forEach(place -> items.add(board.state.items().get(place)));
        return items;
    }

    /** Answers may overtake each other; what an older one says is known better by now. */
    private boolean isLate(SightAnswer answer) {
        Instant newest = answeredAt.get(answer.source().role());
        return newest != null
                && answer.at().isBefore(newest)
                && answer.at().plus(LATE_ANSWER_MAX).isAfter(newest);
    }

    static void remember(Board board, Item item, Sighting sighting) {
        Optional<Sighting> known = item.attempt().latest(sighting.source().role());
        if (known.isEmpty() || !known.get().saysTheSameAs(sighting)) {
            board.emit(new ItemEvent.Sighted(item.id(), sighting));
        }
    }

    /** A start record appeared: the job runs, whatever the queue said last. */
    void started(Input.StartSeen seen) {
        Item item = board.item(seen.item());
        if (item.attempt().token().filter(seen.token()::equals).isEmpty()
                || !board.doctrine.holds(Check.START_RECORD_HOLDS)) {
            return;
        }
        if (item.isIntended()) {
            board.track(item).end().earlyStart = Optional.of(seen);
            return;
        }
        if (!takesRecord(item, seen.restarts(), seen.sighting())) {
            return;
        }
        Track track = board.track(item);
        track.known();
        remember(board, item, seen.sighting());
        boolean waits = item.state() == ItemState.SUBMITTED || item.state() == ItemState.QUEUED;
        boolean startedLater = board.doctrine.holds(Check.LATER_START_IS_LIFE)
                && identity.startedAfterItLeft(item, seen.sighting())
                && item.attempt().latest(Role.EXIT_RECORD).isEmpty();
        if (waits || startedLater) {
            controller.running(item, seen.sighting());
        }
    }

    /**
     * Whether a record is of this attempt and says anything new; one of a later run of the job tells that the scheduler
     * started it again.
     */
    private boolean takesRecord(Item item, int restarts, Sighting record) {
        int ahead = Math.min(restarts, RESTARTS_MAX) - item.attempt().restarts();
        boolean matters = item.state().isLive() || item.isUnconfirmed();
        if (!matters || (ahead < 0 && board.doctrine.holds(Check.RECORD_OF_THIS_RESTART))) {
            return false;
        }
        List<Sighting> ofItsRun = ahead > 0 ? sightingsOfRun(item, record) : List.of();
        Optional<Instant> runAt = ofItsRun.stream()
                .flatMap(sighting -> sighting.submittedAt().stream())
                .findFirst();
        for (int i = 0; i < ahead && item.state().isLive(); i++) {
            // The scheduler started the job again, and nobody had noticed.
            controller.requeued(item, Optional.empty(), runAt);
        }
        // It had done so before it was seen for the first time: what was seen is of this run.
        ofItsRun.forEach(sighting -> board.emit(new ItemEvent.Sighted(item.id(), sighting)));
        return true;
    }

    /** An exit record appeared. */
    void record(Input.RecordSeen seen) {
        Item item = board.item(seen.item());
        if (item.attempt().token().filter(seen.token()::equals).isEmpty()) {
            return;
        }
        if (item.isIntended()) {
            // A quick job ends before sbatch's answer is through.
            board.track(item).end().earlyRecord = Optional.of(seen);
            return;
        }
        if (!takesRecord(item, seen.restarts(), seen.sighting())) {
            return;
        }
        Track track = board.track(item);
        track.known();
        track.end().files = Optional.of(seen.files());
        track.end().saidAt = Optional.of(board.now());
        if (item.state() != ItemState.SETTLING) {
            // Whether the controller still has it is asked anew: it may know more than the record.
            track.absent = false;
        }
        remember(board, item, seen.sighting());
        controller.left(item, "its exit record appeared");
    }

    /** What is known of the run that left a record; not of a run that started at another time, or had a record of its own. */
    private static List<Sighting> sightingsOfRun(Item item, Sighting record) {
        List<Sighting> known = new ArrayList<>();
        Optional<Sighting> earlier =
                item.attempt().latest(Role.EXIT_RECORD).or(() -> item.attempt().latest(Role.START_RECORD));
        for (Sighting sighting : item.attempt().sightings()) {
            boolean said = sighting.source().role() == Role.CONTROLLER
                    || sighting.source().role() == Role.ACCOUNTING;
            boolean ofEarlier = earlier.isPresent() && Identity.isSubmittedBeforeStart(sighting, earlier.get());
            if (said && !ofEarlier && Identity.isOfRecordsRun(sighting, record)) {
                known.add(sighting);
            }
        }
        return known;
    }

    private List<Item> silent(SightAnswer.NoAnswer answer) {
        fallsSilent(answer);
        if (answer.source().role() == Role.CONTROLLER) {
            pacing.controllerSilent();
        } else {
            pacing.accounting().silent();
        }
        return unheard(answer);
    }

    private void fallsSilent(SightAnswer.NoAnswer answer) {
        if (!board.state.silent().containsKey(answer.source())) {
            board.emit(new RunEvent.Silent(answer.source(), answer.text()));
        }
    }

    private List<Item> unheard(SightAnswer.NoAnswer answer) {
        List<Item> items = new ArrayList<>();
        for (Item item : board.byJob().all()) {
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
        Optional<Instant> now = Optional.of(board.now());
        for (Item item : items) {
            Track track = board.track(item);
            if (role == Role.CONTROLLER) {
                track.controllerSilent(now);
            } else {
                track.accountingSilent(now);
            }
            if (item.state() == ItemState.SETTLING) {
                settling.add(item);
            }
        }
        return settling;
    }

    private List<Item> notKept(SightAnswer.NotKept answer) {
        if (answer.source() == Source.SACCT && !board.state.isAccountingOff()) {
            board.emit(new RunEvent.AccountingOff(answer.text()));
        }
        pacing.accounting().off();
        List<Item> settling = new ArrayList<>();
        for (Item item : board.byJob().all()) {
            if (item.state() == ItemState.SETTLING) {
                controller.lookAgain(item, board.track(item));
                settling.add(item);
            }
        }
        return settling;
    }
}
