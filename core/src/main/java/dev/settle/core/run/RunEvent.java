package dev.settle.core.run;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.ResourceChanges;
import dev.settle.core.model.RunId;
import dev.settle.core.scheduler.Source;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Everything that can happen to a run, in the past tense, as the journal has it. */
public sealed interface RunEvent {
    Kind kind();

    /** The kinds of run events; the word is the journal's. */
    enum Kind {
        OPENED,
        DRIVEN,
        RELEASED,
        ITEM,
        APPENDED,
        QUEUE,
        SILENT,
        HELD_BACK,
        ANSWERED,
        ACCOUNTING_OFF,
        CREDIT_AWAITED,
        CREDIT_BACK,
        CANCEL_ASKED,
        STOPPING,
        ENDED,
        RESUMED,
        REPLANNED,
        NOTIFICATION;

        private final String word = name().toLowerCase(Locale.ROOT);

        public String word() {
            return word;
        }
    }

    /**
     * The run exists. Its plan lies beside the journal in {@code run.json}.
     *
     * @param version the version of settle that wrote it
     * @param directory where it was created; relative paths of the plan start there
     * @param backend the backend that was chosen
     * @param watched whether its jobs are somebody else's, only watched
     */
    record Opened(
            RunId run, String name, String version, String directory, String user, String backend, boolean watched)
            implements RunEvent {
        @Override
        public Kind kind() {
            return Kind.OPENED;
        }
    }

    /**
     * A driver took the run.
     *
     * @param fence its fencing number, larger than any before
     */
    record Driven(String host, long pid, String bootId, long fence) implements RunEvent {
        @Override
        public Kind kind() {
            return Kind.DRIVEN;
        }
    }

    /**
     * The driver left a run that goes on.
     *
     * @param why {@code detached}, or the signal that asked it to go
     */
    record Released(String why) implements RunEvent {
        @Override
        public Kind kind() {
            return Kind.RELEASED;
        }
    }

    /** Something happened to an item. */
    record OfItem(ItemEvent event) implements RunEvent {
        @Override
        public Kind kind() {
            return Kind.ITEM;
        }
    }

    /**
     * Items were added to the plan.
     *
     * @param by the item whose generated source they are from
     */
    record Appended(Optional<String> by, List<PlanItem> items) implements RunEvent {
        public Appended {
            items = List.copyOf(items);
        }

        @Override
        public Kind kind() {
            return Kind.APPENDED;
        }
    }

    /** Something happened between the run and the step queue that feeds it. */
    record OfQueue(QueueEvent event) implements RunEvent {
        @Override
        public Kind kind() {
            return Kind.QUEUE;
        }
    }

    /** A source stopped answering. */
    record Silent(Source source, String text) implements RunEvent {
        @Override
        public Kind kind() {
            return Kind.SILENT;
        }
    }

    /**
     * A query waits for the user's budget of commands.
     *
     * @param until when it is sent at the latest
     * @param text why, without the time
     */
    record HeldBack(Source source, Instant until, String text) implements RunEvent {
        @Override
        public Kind kind() {
            return Kind.HELD_BACK;
        }
    }

    /** A source that was silent, or whose query was held back, answers again. */
    record Answered(Source source) implements RunEvent {
        @Override
        public Kind kind() {
            return Kind.ANSWERED;
        }
    }

    /** The cluster keeps no accounting. */
    record AccountingOff(String text) implements RunEvent {
        @Override
        public Kind kind() {
            return Kind.ACCOUNTING_OFF;
        }
    }

    /** The account is out of credits and the plan says to wait. */
    record CreditAwaited(Stop stop) implements RunEvent {
        @Override
        public Kind kind() {
            return Kind.CREDIT_AWAITED;
        }
    }

    /** Credit came. */
    record CreditBack() implements RunEvent {
        @Override
        public Kind kind() {
            return Kind.CREDIT_BACK;
        }
    }

    /** Somebody asked settle to cancel the run. */
    record CancelAsked(String by) implements RunEvent {
        @Override
        public Kind kind() {
            return Kind.CANCEL_ASKED;
        }
    }

    /** It is decided why the run stops: nothing more is started; what runs is settled first. */
    record Stopping(Stop stop) implements RunEvent {
        @Override
        public Kind kind() {
            return Kind.STOPPING;
        }
    }

    /** The run's end. */
    record Ended(Stop stop) implements RunEvent {
        @Override
        public Kind kind() {
            return Kind.ENDED;
        }
    }

    /**
     * The run goes on after its end.
     *
     * @param budgetCpuHours what it may spend from here on, what it has spent included; empty where that stays as it was
     */
    record Resumed(String by, Instant since, OptionalDouble budgetCpuHours) implements RunEvent {
        public Resumed(String by, Instant since) {
            this(by, since, OptionalDouble.empty());
        }

        @Override
        public Kind kind() {
            return Kind.RESUMED;
        }
    }

    /**
     * The command of the plan's {@code notify} is about to be run, was run, or failed. It comes after the end, and the first
     * of them before anything is done, so that the command is not run twice.
     *
     * @param text why it failed
     */
    record Notification(Step step, Optional<String> text) implements RunEvent {
        /** How far it has come. */
        public enum Step {
            STARTED,
            DONE,
            FAILED;

            private final String word = name().toLowerCase(Locale.ROOT);

            public String word() {
                return word;
            }
        }

        @Override
        public Kind kind() {
            return Kind.NOTIFICATION;
        }
    }

    /**
     * A resume changed what is to be done. What has completed, and what has a job, stays as it is.
     *
     * @param refreshed the plan without its items, where the run file was read again
     * @param removed items that are no part of the run any more
     * @param items those that are done otherwise from here on, and those that are new, in their order
     * @param changes what all that are still to run ask for
     */
    record Replanned(Optional<Plan> refreshed, List<ItemId> removed, List<PlanItem> items, ResourceChanges changes)
            implements RunEvent {
        public Replanned {
            removed = List.copyOf(removed);
            items = List.copyOf(items);
        }

        @Override
        public Kind kind() {
            return Kind.REPLANNED;
        }
    }
}
