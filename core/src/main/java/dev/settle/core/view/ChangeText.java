package dev.settle.core.view;

import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.Source;
import dev.settle.core.text.Times;
import java.time.Instant;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What happened to a run or an item, in a sentence that names the item but not the time. */
final class ChangeText {
    /** How much a change matters to somebody who cannot read all of them. */
    enum Weight {
        /** On the way of an item: it was submitted, it runs. */
        STEP,
        /** An item has ended as it should, or the run has changed. */
        END,
        /** Something went wrong or needs attention. */
        PROBLEM
    }

    /** A change in words. */
    record Change(Weight weight, Line text) {}

    private final ZoneId zone;
    private final Set<Source> held = EnumSet.noneOf(Source.class);

    ChangeText(ZoneId zone) {
        this.zone = zone;
    }

    /**
     * The change; empty for what only the machine needs to know, for the run's beginning and for its end.
     *
     * @param view the run with the entry folded in
     */
    Optional<Change> of(Entry entry, RunView view) {
        RunEvent event = entry.event();
        return switch (event.kind()) {
            // The process that runs the command of a notification reports its failure.
            case OPENED, ENDED, NOTIFICATION -> Optional.empty();
            case DRIVEN -> driven((RunEvent.Driven) event);
            case RELEASED ->
                end("the engine left the run (" + ((RunEvent.Released) event).why() + "); jobs keep running");
            case ITEM -> item(entry.at(), ((RunEvent.OfItem) event).event(), view);
            case APPENDED ->
                end(appended((RunEvent.Appended) event) + ", " + view.counts().total() + " in all");
            case QUEUE -> queue(((RunEvent.OfQueue) event).event());
            case SILENT -> {
                held.remove(((RunEvent.Silent) event).source());
                yield problem(((RunEvent.Silent) event).source().word() + " does not answer: "
                        + ((RunEvent.Silent) event).text());
            }
            case HELD_BACK -> heldBack((RunEvent.HeldBack) event, view);
            case ANSWERED -> answered(((RunEvent.Answered) event).source());
            case ACCOUNTING_OFF ->
                problem("this cluster keeps no accounting; the controller and the jobs' exit records confirm verdicts");
            case CREDIT_AWAITED -> problem(creditAwaited(((RunEvent.CreditAwaited) event).stop()));
            case CREDIT_BACK -> end("credit is back; the run continues");
            case CANCEL_ASKED -> problem("cancellation requested by " + ((RunEvent.CancelAsked) event).by());
            case STOPPING -> problem(stopping(((RunEvent.Stopping) event).stop(), view));
            case RESUMED -> end("resumed by " + ((RunEvent.Resumed) event).by());
            case REPLANNED -> end(ReplanText.of((RunEvent.Replanned) event));
        };
    }

    private Optional<Change> heldBack(RunEvent.HeldBack event, RunView view) {
        if (!view.run().silent().containsKey(event.source())) {
            held.add(event.source());
        }
        return problem("query " + StatusText.heldBack(event, zone));
    }

    /** That a query which was held back got its answer is what everybody expects. */
    private Optional<Change> answered(Source source) {
        return held.remove(source) ? Optional.empty() : end(source.word() + " answers again");
    }

    private static Optional<Change> end(String text) {
        return Optional.of(new Change(Weight.END, Line.of(text)));
    }

    private static Optional<Change> problem(String text) {
        return Optional.of(new Change(Weight.PROBLEM, Line.of(Style.WARN, text)));
    }

    private static Optional<Change> driven(RunEvent.Driven event) {
        // The first driver is the command that the reader has just started.
        return event.fence() <= 1
                ? Optional.empty()
                : end("now managed by process " + event.pid() + " on " + event.host());
    }

    private static Optional<Change> queue(QueueEvent event) {
        Optional<String> text = QueueText.of(event);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        boolean trouble = event.kind() == QueueEvent.Kind.RETRIED || event.kind() == QueueEvent.Kind.NOT_CLAIMED;
        return trouble ? problem(text.get()) : end(text.get());
    }

    private static String appended(RunEvent.Appended event) {
        String items = Text.count(event.items().size(), "item");
        return event.by().isPresent() ? event.by().get() + " added " + items : items + " added";
    }

    private static String creditAwaited(Stop stop) {
        return "waiting: " + stop.reason().phrase()
                + (stop.detail().isPresent() ? ": " + stop.detail().get() : "")
                + "; the run continues by itself when credit is back"
                + (stop.link().isPresent() ? ". Top up at " + stop.link().get() : "");
    }

    private static String stopping(Stop stop, RunView view) {
        int live = view.counts().live();
        return "stopping: " + stop.reason().phrase()
                + (live == 0 ? "" : ", after " + Text.count(live, "job") + " settled")
                + (stop.detail().isPresent() ? ": " + stop.detail().get() : "");
    }

    private Optional<Change> item(Instant at, ItemEvent event, RunView view) {
        Item item = view.run().item(event.item()).orElseThrow();
        Attempt attempt = item.attempt();
        String job = attempt.jobId().isPresent() ? " " + attempt.jobId().get() : "";
        return switch (event.kind()) {
            case INTENDED, MEASURED, METRICS_READ -> Optional.empty();
            case OBSERVED -> suspended(item, ((ItemEvent.Observed) event).observation());
            case SUBMITTED -> step(item, Style.PLAIN, "submitted", " as job" + job);
            case REFUSED -> firstRefusal(item, "refused for now", ((ItemEvent.Refused) event).text());
            case UNCLEAR ->
                firstRefusal(item, "submission unclear", ((ItemEvent.Unclear) event).text() + "; looking for the job");
            case QUEUED ->
                step(
                        item,
                        Style.PLAIN,
                        "queued",
                        ItemText.whyInWords(item.waitReason())
                                .map(why -> ": " + why)
                                .orElse(""));
            case STARTED ->
                step(
                        item,
                        Style.LIVE,
                        "running",
                        attempt.node().isPresent() ? " on " + attempt.node().get() : "");
            case LEFT -> left(item, ((ItemEvent.Left) event).why(), view);
            case REQUEUED ->
                problem(
                        item,
                        "requeued",
                        "attempt " + attempt.number() + " of job" + job + " follows"
                                + ItemText.why(item.waitReason())
                                        .map(why -> ": " + why)
                                        .orElse(""));
            case RETRIED -> retried(at, item, ((ItemEvent.Retried) event).outcome(), view);
            case SETTLED -> ended(item, "", view);
            case DEP_FAILED, NOT_STARTED ->
                Optional.of(new Change(
                        Weight.END,
                        named(item, ItemText.style(item.state()), "not started")
                                .and(after(": ", ItemText.detail(view, item)))));
            case CORRECTED -> ended(item, "corrected to ", view);
            case REOPENED -> step(item, Style.PLAIN, "will run again", "");
            case WITHDRAWN -> problem(item, "taken out of the queue", ((ItemEvent.Withdrawn) event).message());
            case WITHDRAW_ASKED ->
                problem(item, "being taken out of the queue", ((ItemEvent.WithdrawAsked) event).message());
            case CANCEL_ASKED ->
                Optional.of(new Change(
                        Weight.STEP,
                        named(item, Style.PLAIN, "cancellation requested by " + ((ItemEvent.CancelAsked) event).by())));
        };
    }

    /** It is tried again and again; once is news. */
    private static Optional<Change> firstRefusal(Item item, String state, String text) {
        return item.refusals() > 1 ? Optional.empty() : problem(item, state, text);
    }

    /** On this machine the verdict follows within milliseconds. */
    private static Optional<Change> left(Item item, String why, RunView view) {
        return view.run().opened().backend().equals(BackendName.LOCAL.word())
                ? Optional.empty()
                : step(item, Style.PLAIN, ItemText.SETTLING, after(" (", why) + (why.isBlank() ? "" : ")"));
    }

    /** Neither Slurm's time limit nor our timeout counts such time, and nothing else is said of it. */
    private static Optional<Change> suspended(Item item, JobObservation said) {
        return ItemText.saysSuspended(said)
                ? problem(item, ItemText.SUSPENDED, "time limit and timeout are paused")
                : Optional.empty();
    }

    private static Optional<Change> ended(Item item, String before, RunView view) {
        boolean good = item.state() == ItemState.COMPLETED && !item.isUnconfirmed();
        String detail = ItemText.detail(view, item);
        if (detail.startsWith(item.state().word())) {
            // cancelled by ada
            return Optional.of(new Change(Weight.PROBLEM, named(item, ItemText.style(item.state()), before + detail)));
        }
        return Optional.of(new Change(
                good ? Weight.END : Weight.PROBLEM,
                named(item, ItemText.style(item.state()), before + item.state().word())
                        .and(after(good ? " " : ": ", detail))));
    }

    private Optional<Change> retried(Instant at, Item item, Outcome outcome, RunView view) {
        Attempt ended = item.earlier().get(item.earlier().size() - 1);
        String how = ItemText.and(outcome.fullPhrase(), ItemText.where(view, item, ended), outcome.message());
        Optional<Instant> notBefore = item.notBefore().filter(at::isBefore);
        return Optional.of(new Change(
                Weight.PROBLEM,
                named(item, Style.WARN, "attempt " + ended.number() + " failed")
                        .and(" (" + how + "), retrying"
                                + notBefore
                                        .map(time -> " at " + Times.clock(time, zone))
                                        .orElse(""))));
    }

    private static Optional<Change> step(Item item, Style style, String state, String rest) {
        return Optional.of(new Change(Weight.STEP, named(item, style, state).and(rest)));
    }

    private static Optional<Change> problem(Item item, String state, String text) {
        return Optional.of(
                new Change(Weight.PROBLEM, named(item, Style.WARN, state).and(after(": ", text))));
    }

    private static Line named(Item item, Style style, String state) {
        return Line.of(item.id() + ": ").and(style, state);
    }

    private static String after(String separator, String text) {
        return text.isBlank() ? "" : separator + text;
    }
}
