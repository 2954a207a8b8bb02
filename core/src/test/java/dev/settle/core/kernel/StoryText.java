package dev.settle.core.kernel;

import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.model.ItemReason;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.Verdict;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.Source.Role;
import dev.settle.core.scheduler.Urgency;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Events and commands as stories show them. */
public final class StoryText {
    private StoryText() {}

    public static String event(Entry entry, RunState state) {
        RunEvent event = entry.event();
        return switch (event.kind()) {
            case ITEM -> item(((RunEvent.OfItem) event).event());
            case APPENDED ->
                "run got "
                        + ((RunEvent.Appended) event)
                                .items().stream().map(item -> item.id().value()).collect(Collectors.joining(" "))
                        + ((RunEvent.Appended) event)
                                .by()
                                .map(by -> " from " + by)
                                .orElse("");
            case SILENT ->
                ((RunEvent.Silent) event).source().word() + " is silent: " + ((RunEvent.Silent) event).text();
            case HELD_BACK -> {
                RunEvent.HeldBack held = (RunEvent.HeldBack) event;
                yield held.source().word() + " query held back until "
                        + Duration.between(Story.START, held.until()).toMillis() / 1000.0 + ": " + held.text();
            }
            case ANSWERED -> ((RunEvent.Answered) event).source().word() + " answers again";
            case ACCOUNTING_OFF -> "run has no accounting: " + ((RunEvent.AccountingOff) event).text();
            case CREDIT_AWAITED -> "run waits for credit: " + stop(((RunEvent.CreditAwaited) event).stop());
            case CREDIT_BACK -> "run has credit again";
            case CANCEL_ASKED -> "run is to be cancelled, by " + ((RunEvent.CancelAsked) event).by();
            case STOPPING -> "run stops: " + stop(((RunEvent.Stopping) event).stop());
            case ENDED -> ended(((RunEvent.Ended) event).stop(), state);
            case OPENED, DRIVEN, RELEASED, QUEUE, RESUMED, REPLANNED, NOTIFICATION ->
                "run " + event.kind().word();
        };
    }

    private static String stop(Stop stop) {
        return stop.reason().word()
                + stop.detail().map(detail -> " (" + detail + ")").orElse("");
    }

    private static String ended(Stop stop, RunState state) {
        Verdict verdict = Verdict.of(stop, state.counts(), state.unconfirmed());
        return "run ended " + stop.reason().ending().phase().word() + ": " + stop(stop) + ", exit "
                + verdict.exitStatus();
    }

    private static String item(ItemEvent event) {
        String id = event.item() + " ";
        return id
                + switch (event.kind()) {
                    case INTENDED -> "intended, attempt " + ((ItemEvent.Intended) event).attempt();
                    case SUBMITTED -> "submitted as " + ((ItemEvent.Submitted) event).jobId();
                    case REFUSED -> "refused: " + ((ItemEvent.Refused) event).text();
                    case UNCLEAR -> "unclear: " + ((ItemEvent.Unclear) event).text();
                    case OBSERVED ->
                        "sighted: "
                                + ((ItemEvent.Observed) event)
                                        .observation()
                                        .source()
                                        .word() + " says "
                                + ((ItemEvent.Observed) event)
                                        .observation()
                                        .state()
                                        .raw();
                    case QUEUED ->
                        "queued"
                                + ((ItemEvent.Queued) event)
                                        .why()
                                        .map(why -> " (" + why.raw() + ")")
                                        .orElse("");
                    case STARTED -> "running";
                    case LEFT -> "settling: " + ((ItemEvent.Left) event).why();
                    case REQUEUED -> "requeued, attempt " + ((ItemEvent.Requeued) event).attempt();
                    case RETRIED ->
                        "tried again, attempt " + ((ItemEvent.Retried) event).attempt() + ", after "
                                + outcome(((ItemEvent.Retried) event).outcome());
                    case SETTLED -> "SETTLED " + outcome(((ItemEvent.Settled) event).outcome());
                    case CORRECTED -> "CORRECTED " + outcome(((ItemEvent.Corrected) event).outcome());
                    case DEP_FAILED -> "DEP_FAILED because of " + ((ItemEvent.DepFailed) event).because();
                    case NOT_STARTED ->
                        "NOT_STARTED" + reason(((ItemEvent.NotStarted) event).reason()) + ": "
                                + ((ItemEvent.NotStarted) event).message();
                    case REOPENED -> "reopened";
                    case WITHDRAWN ->
                        "NOT_STARTED" + reason(((ItemEvent.Withdrawn) event).reason()) + ": "
                                + ((ItemEvent.Withdrawn) event).message();
                    case WITHDRAW_ASKED ->
                        "is taken back" + reason(((ItemEvent.WithdrawAsked) event).reason()) + ": "
                                + ((ItemEvent.WithdrawAsked) event).message();
                    case CANCEL_ASKED -> "is to be cancelled, by " + ((ItemEvent.CancelAsked) event).by();
                    case MEASURED ->
                        "measured: elapsed "
                                + ((ItemEvent.Measured) event)
                                        .usage()
                                        .elapsedSeconds()
                                        .orElse(-1);
                    case METRICS_READ -> "metrics " + ((ItemEvent.MetricsRead) event).metrics();
                };
    }

    private static String reason(Optional<ItemReason> reason) {
        return reason.map(r -> " " + r.word()).orElse("");
    }

    static String outcome(Outcome outcome) {
        StringBuilder text = new StringBuilder(
                outcome.state().word() + " " + outcome.reason().word());
        outcome.exitCode().ifPresent(code -> text.append(" code ").append(code));
        outcome.signal().ifPresent(signal -> text.append(" signal ").append(signal));
        text.append(", by ").append(outcome.confirmedBy().word());
        text.append(", rule ").append(outcome.rule());
        outcome.message().ifPresent(message -> text.append("; ").append(message));
        return text.toString();
    }

    private static String submit(KernelCommand.Submit command) {
        return "submit " + ids(command.items())
                + (command.throttle() > 0 ? ", " + command.throttle() + " at once" : "");
    }

    static String command(KernelCommand command) {
        return "-> "
                + switch (command.kind()) {
                    case SUBMIT -> submit((KernelCommand.Submit) command);
                    case LOOK_UP -> "find " + ids(((KernelCommand.LookUp) command).items());
                    case QUERY ->
                        "ask " + role(((KernelCommand.Query) command).role())
                                + jobs(((KernelCommand.Query) command).jobs())
                                + urgency((KernelCommand.Query) command);
                    case CANCEL -> "cancel" + jobs(((KernelCommand.Cancel) command).jobs());
                    case DEQUEUE ->
                        "recall " + ((KernelCommand.Dequeue) command).tokens().size();
                    case CANCEL_PENDING -> "withdraw" + jobs(((KernelCommand.CancelPending) command).jobs());
                    case READ_FILES -> "read files of " + ((KernelCommand.ReadFiles) command).item();
                    case READ_RECORDS ->
                        "look for the records of " + ((KernelCommand.ReadRecords) command).item() + " once more";
                    case READ_GENERATED -> "read what " + ((KernelCommand.ReadGenerated) command).item() + " generated";
                    case QUERY_LIMIT_USAGE ->
                        "ask the spend of "
                                + ((KernelCommand.QueryLimitUsage) command)
                                        .charge()
                                        .job()
                                        .orElseThrow();
                };
    }

    /** Said where it is the other one than is usual for the source. */
    private static String urgency(KernelCommand.Query query) {
        Urgency usual = query.role() == Role.ACCOUNTING ? Urgency.AWAITED : Urgency.ROUTINE;
        return query.urgency() == usual ? "" : ", " + query.urgency().name().toLowerCase(Locale.ROOT);
    }

    static String role(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    private static String ids(Collection<?> ids) {
        return ids.stream().map(Object::toString).collect(Collectors.joining(" "));
    }

    private static String jobs(Collection<JobId> jobs) {
        return jobs.stream().sorted().map(job -> " " + job).collect(Collectors.joining());
    }

    static String item(Item item) {
        return item.id() + " " + item.state().word() + ", attempt "
                + item.attempt().number();
    }
}
