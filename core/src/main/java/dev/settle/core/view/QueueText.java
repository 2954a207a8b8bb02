package dev.settle.core.view;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.QueueObjective;
import dev.settle.core.run.QueueEvent;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** What happened between a run and its step queue, in a sentence. */
public final class QueueText {
    private QueueText() {}

    /** None for what only the machine needs to know. */
    public static Optional<String> of(QueueEvent event) {
        return switch (event.kind()) {
            case STARTING, CLAIMING, SENDING -> Optional.empty();
            case ATTACHED -> {
                QueueEvent.Attached e = (QueueEvent.Attached) event;
                yield Optional.of("fed by run " + Text.clean(e.run())
                        + (e.name().isPresent() ? " (" + Text.clean(e.name().get()) + ")" : "")
                        + " of the step queue, " + Text.count(e.step(), "step") + " behind it"
                        + objective(e.objective()));
            }
            case NOT_CLAIMED -> {
                QueueEvent.NotClaimed e = (QueueEvent.NotClaimed) event;
                yield Optional.of("task " + Text.clean(e.task()) + " was not given to us: " + Text.clean(e.text()));
            }
            case CLAIMED -> {
                QueueEvent.Claimed e = (QueueEvent.Claimed) event;
                yield Optional.of(e.item() + ": claimed as task " + Text.clean(e.task()));
            }
            case STORED -> {
                QueueEvent.Stored e = (QueueEvent.Stored) event;
                yield Optional.of(e.item() + ": result stored" + metric(e.metric()));
            }
            case SUBMITTED -> {
                QueueEvent.Submitted e = (QueueEvent.Submitted) event;
                yield Optional.of(e.item() + ": "
                        + switch (e.submission()) {
                            case ACCEPTED -> "result submitted";
                            case LANDED -> "result had been submitted";
                            case CONFLICT -> "the service has a result for it already";
                        }
                        + (e.text().isEmpty() ? "" : " (" + Text.clean(e.text()) + ")"));
            }
            case RETRIED -> {
                QueueEvent.Retried e = (QueueEvent.Retried) event;
                yield Optional.of("the step queue does not answer (attempt " + e.attempt() + " of " + e.attemptsMax()
                        + "): " + Text.clean(e.text()) + "; retrying in " + seconds(e.delay()));
            }
            case BEST_KEPT -> {
                QueueEvent.BestKept e = (QueueEvent.BestKept) event;
                yield Optional.of("best step: " + e.step() + metric(e.metric()) + ", kept in " + e.folder());
            }
            case CLOSED -> Optional.of("the step queue's run: " + Text.clean(((QueueEvent.Closed) event).status()));
        };
    }

    private static String objective(QueueObjective objective) {
        StringBuilder text = new StringBuilder();
        objective.command().ifPresent(command -> text.append("; runs ").append(Text.clean(command)));
        objective.metric().ifPresent(metric -> text.append(
                        objective.maximize().orElse(true) ? ", maximizes " : ", minimizes ")
                .append(Text.clean(metric)));
        objective.steps().ifPresent(steps -> text.append(", ")
                .append(Text.count(steps, "step"))
                .append(" in all"));
        return text.toString();
    }

    /** The step that the event is about. */
    public static Optional<ItemId> itemOf(QueueEvent event) {
        return switch (event.kind()) {
            case CLAIMED -> Optional.of(((QueueEvent.Claimed) event).item());
            case STORED -> Optional.of(((QueueEvent.Stored) event).item());
            case SENDING -> Optional.of(((QueueEvent.Sending) event).item());
            case SUBMITTED -> Optional.of(((QueueEvent.Submitted) event).item());
            case STARTING, ATTACHED, CLAIMING, NOT_CLAIMED, RETRIED, BEST_KEPT, CLOSED -> Optional.empty();
        };
    }

    private static String metric(OptionalDouble metric) {
        return metric.isPresent() ? ", metric " + number(metric.getAsDouble()) : "";
    }

    private static String number(double value) {
        boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
        return whole ? String.format(Locale.ROOT, "%.0f", value) : Double.toString(value);
    }

    private static String seconds(Duration delay) {
        return String.format(Locale.ROOT, "%.1f s", delay.toMillis() / 1000.0);
    }
}
