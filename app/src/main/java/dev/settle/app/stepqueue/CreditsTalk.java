package dev.settle.app.stepqueue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** What {@code settle credits} asks and orders: balance, top-up, automatic top-up. */
public final class CreditsTalk {
    private final StepQueueClient client;

    private CreditsTalk(StepQueueClient client) {
        this.client = client;
    }

    /**
     * A talk with a queue.
     *
     * @param tokenEnv the variable that holds the token; absent means {@code SETTLE_QUEUE_TOKEN}
     * @throws QueueAccess.RefusedException when the address or the token is none
     */
    public static CreditsTalk open(String url, Optional<String> tokenEnv, QueueAccess.Surroundings around)
            throws QueueAccess.RefusedException {
        List<String> problems = new ArrayList<>();
        QueueSettings settings = QueueSettings.of(around.variables(), problems);
        Optional<StepQueueClient> client = QueueAccess.client(url, tokenEnv, settings, around, problems);
        if (!problems.isEmpty()) {
            throw new QueueAccess.RefusedException(problems);
        }
        return new CreditsTalk(client.orElseThrow());
    }

    /** How an answer failed. */
    public enum Failed {
        /** The service did not answer. */
        UNAVAILABLE,
        /** It does not accept the token, or refuses. */
        REFUSED
    }

    /** An answer of the service, or why there is none. */
    public record Told<T>(Optional<T> value, Optional<Failed> failed, String text) {}

    /** The account's automatic top-up. */
    public record AutoTopup(boolean enabled, OptionalDouble threshold, OptionalDouble amount) {}

    public Told<OptionalDouble> balance() {
        return told(client.balance());
    }

    /** Where a top-up of so many credits is paid. */
    public Told<Optional<String>> checkout(double credits) {
        return told(client.checkout(credits));
    }

    /** Where the service is told to top up by itself. */
    public String autoTopupUrl() {
        return client.autoTopupUrl();
    }

    public Told<AutoTopup> autoTopup() {
        return autoTopup(told(client.autoTopup()));
    }

    public Told<AutoTopup> autoTopup(AutoTopup wanted) {
        return autoTopup(told(
                client.autoTopup(new ServiceBodies.AutoTopup(wanted.enabled(), wanted.threshold(), wanted.amount()))));
    }

    private static Told<AutoTopup> autoTopup(Told<ServiceBodies.AutoTopup> told) {
        return new Told<>(
                told.value().map(t -> new AutoTopup(t.enabled(), t.threshold(), t.amount())),
                told.failed(),
                told.text());
    }

    private static <T> Told<T> told(Answer<T> answer) {
        Optional<Trouble> trouble = answer.trouble();
        if (trouble.isEmpty()) {
            return new Told<>(answer.body(), Optional.empty(), "");
        }
        Failed failed = trouble.get().kind() == Trouble.Kind.UNAVAILABLE ? Failed.UNAVAILABLE : Failed.REFUSED;
        return new Told<>(Optional.empty(), Optional.of(failed), trouble.get().text());
    }
}
