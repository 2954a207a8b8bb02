package dev.settle.core.view;

import dev.settle.core.run.Attempt;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.text.Times;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A run as it happens for people without a live screen: one line a change, the verdict last. */
public final class PlainLog {
    private final ZoneId zone;
    private final OutputTail tail;

    /**
     * A log whose lines begin with the time of day.
     *
     * @param zone of the reader's clock
     * @param tail what failed items wrote last
     */
    public PlainLog(ZoneId zone, OutputTail tail) {
        this.zone = zone;
        this.tail = tail;
    }

    /**
     * The lines for a journal line; none for what only the machine needs to know, and none for the run's end, which
     * {@link #verdict} tells.
     *
     * @param view the run with the line folded in
     */
    public List<Line> entry(Entry entry, RunView view) {
        RunEvent event = entry.event();
        Instant at = entry.at();
        return switch (event.kind()) {
            case OPENED ->
                List.of(line(
                        at,
                        "run " + view.id() + " (" + view.name() + "): "
                                + Text.count(view.counts().total(), "item") + " on "
                                + view.run().opened().backend()));
            case DRIVEN -> driven(at, (RunEvent.Driven) event);
            case RELEASED ->
                List.of(line(
                        at,
                        "the driver left the run: " + ((RunEvent.Released) event).why()
                                + "; jobs live on. Go on with: settle watch " + view.id()));
            case ITEM -> item(at, ((RunEvent.OfItem) event).event(), view);
            case APPENDED ->
                List.of(line(
                        at,
                        appended((RunEvent.Appended) event) + ", "
                                + view.counts().total() + " in all"));
            case QUEUE -> queue(at, ((RunEvent.OfQueue) event).event());
            case SILENT ->
                List.of(warning(
                        at,
                        ((RunEvent.Silent) event).source().word()
                                + " does not answer; nothing is concluded from that: "
                                + ((RunEvent.Silent) event).text()));
            case ANSWERED ->
                List.of(line(at, ((RunEvent.Answered) event).source().word() + " answers again"));
            case ACCOUNTING_OFF ->
                List.of(warning(
                        at,
                        "this cluster keeps no accounting: the controller and the items' exit records"
                                + " confirm verdicts"));
            case CREDIT_AWAITED -> creditAwaited(at, ((RunEvent.CreditAwaited) event).stop());
            case CREDIT_BACK -> List.of(line(at, "credit is back; the run goes on"));
            case CANCEL_ASKED -> List.of(line(at, "cancellation asked by " + ((RunEvent.CancelAsked) event).by()));
            case STOPPING -> List.of(stopping(at, ((RunEvent.Stopping) event).stop(), view));
            // The process that runs the command reports its failure.
            case ENDED, NOTIFICATION -> List.of();
            case RESUMED -> List.of(line(at, "resumed by " + ((RunEvent.Resumed) event).by()));
            case REPLANNED -> List.of(line(at, ReplanText.of((RunEvent.Replanned) event)));
        };
    }

    /** The last lines. */
    public List<Line> verdict(RunView view) {
        return VerdictLines.of(view, tail);
    }

    private List<Line> driven(Instant at, RunEvent.Driven event) {
        // The first driver is the command that the reader has just started.
        return event.fence() <= 1
                ? List.of()
                : List.of(line(at, "driven by process " + event.pid() + " on " + event.host()));
    }

    private List<Line> queue(Instant at, QueueEvent event) {
        Optional<String> text = QueueText.of(event);
        if (text.isEmpty()) {
            return List.of();
        }
        boolean trouble = event.kind() == QueueEvent.Kind.RETRIED || event.kind() == QueueEvent.Kind.NOT_CLAIMED;
        return List.of(trouble ? warning(at, text.get()) : line(at, text.get()));
    }

    private static String appended(RunEvent.Appended event) {
        String items = Text.count(event.items().size(), "item");
        return event.by().isPresent() ? event.by().get() + " added " + items : items + " added";
    }

    private List<Line> creditAwaited(Instant at, Stop stop) {
        List<Line> lines = new ArrayList<>();
        lines.add(warning(
                at, "waiting: " + stop.reason().phrase() + ". " + stop.detail().orElse("")));
        lines.add(warning(
                at,
                (stop.link().isPresent() ? "top up at " + stop.link().get() + "; " : "")
                        + "the run goes on by itself when credit comes"));
        return lines;
    }

    private Line stopping(Instant at, Stop stop, RunView view) {
        int live = view.counts().live();
        return warning(
                at,
                "stopping: " + stop.reason().phrase()
                        + (live == 0 ? "" : " (" + Text.count(live, "job") + " to be settled first)")
                        + (stop.detail().isPresent() ? ": " + stop.detail().get() : ""));
    }

    private List<Line> item(Instant at, ItemEvent event, RunView view) {
        Item item = view.run().item(event.item()).orElseThrow();
        Attempt attempt = item.attempt();
        String job = attempt.jobId().isPresent() ? " " + attempt.jobId().get().toString() : "";
        return switch (event.kind()) {
            case INTENDED, MEASURED, METRICS_READ -> List.of();
            case OBSERVED -> suspended(at, item, ((ItemEvent.Observed) event).observation());
            case SUBMITTED -> List.of(change(at, item, Style.PLAIN, "submitted", "job" + job));
            case REFUSED ->
                // It is tried again and again; once is news.
                item.refusals() > 1
                        ? List.of()
                        : List.of(change(at, item, Style.WARN, "refused for now", ((ItemEvent.Refused) event).text()));
            case UNCLEAR ->
                item.refusals() > 1
                        ? List.of()
                        : List.of(change(
                                at,
                                item,
                                Style.WARN,
                                "submission unclear",
                                ((ItemEvent.Unclear) event).text() + "; looking for the job"));
            case QUEUED ->
                List.of(change(
                        at,
                        item,
                        Style.PLAIN,
                        "queued",
                        ItemText.whyInWords(item.waitReason()).orElse("")));
            case STARTED ->
                List.of(change(
                        at,
                        item,
                        Style.LIVE,
                        "running",
                        attempt.node().isPresent() ? "on " + attempt.node().get() : ""));
            case LEFT -> List.of(change(at, item, Style.WARN, "settling", ((ItemEvent.Left) event).why()));
            case REQUEUED ->
                List.of(change(
                        at,
                        item,
                        Style.WARN,
                        "requeued",
                        "attempt " + attempt.number() + " of job" + job + " follows"
                                + (ItemText.why(item.waitReason()).isPresent()
                                        ? ": " + ItemText.why(item.waitReason()).get()
                                        : "")));
            case RETRIED -> List.of(retried(at, item, ((ItemEvent.Retried) event).outcome(), view));
            case SETTLED, DEP_FAILED, NOT_STARTED -> List.of(ended(at, item, "", view));
            case CORRECTED -> List.of(ended(at, item, "corrected: ", view));
            case REOPENED -> List.of(change(at, item, Style.PLAIN, "taken up again", ""));
            case WITHDRAWN ->
                List.of(change(
                        at, item, Style.WARN, "taken out of the queue", ((ItemEvent.Withdrawn) event).message()));
            case WITHDRAW_ASKED ->
                List.of(change(at, item, Style.WARN, "taken back", ((ItemEvent.WithdrawAsked) event).message()));
            case CANCEL_ASKED ->
                List.of(change(
                        at, item, Style.PLAIN, "cancellation asked", "by " + ((ItemEvent.CancelAsked) event).by()));
        };
    }

    /** Neither Slurm's time limit nor our timeout counts such time, and nothing else is said of it. */
    private List<Line> suspended(Instant at, Item item, JobObservation said) {
        return ItemText.saysSuspended(said)
                ? List.of(change(at, item, Style.WARN, ItemText.SUSPENDED, "time limit and timeout do not count on"))
                : List.of();
    }

    private Line ended(Instant at, Item item, String before, RunView view) {
        String state = item.state().word();
        return change(at, item, ItemText.style(item.state()), before + state, ItemText.detail(view, item));
    }

    private Line retried(Instant at, Item item, Outcome outcome, RunView view) {
        Attempt ended = item.earlier().get(item.earlier().size() - 1);
        String text = ItemText.and(outcome.fullPhrase(), ItemText.where(view, item, ended), outcome.message())
                + "; attempt " + item.attempt().number() + " follows";
        Optional<Instant> notBefore = item.notBefore();
        if (notBefore.isPresent() && notBefore.get().isAfter(at)) {
            text += " at " + Times.clock(notBefore.get(), zone);
        }
        return change(at, item, Style.WARN, "tried again", text);
    }

    private Line change(Instant at, Item item, Style style, String state, String detail) {
        Line line = stamp(at).and(item.id().value()).and(": ").and(style, state);
        return detail.isBlank() ? line : line.and(": " + detail);
    }

    private Line line(Instant at, String text) {
        return stamp(at).and(text);
    }

    private Line warning(Instant at, String text) {
        return stamp(at).and(Style.WARN, text);
    }

    private Line stamp(Instant at) {
        return Line.of(Style.FAINT, Times.clock(at, zone) + " ");
    }
}
