package dev.settle.app.dashboard;

import dev.settle.app.process.App;
import dev.settle.app.process.Threads;
import dev.settle.app.stepqueue.client.Answer;
import dev.settle.app.stepqueue.client.CallFailure;
import dev.settle.app.stepqueue.client.QueueSettings;
import dev.settle.app.stepqueue.client.StepQueueClient;
import dev.settle.core.model.QueueSpec;
import dev.settle.core.run.RunState;
import dev.settle.core.view.html.dashboard.Balance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** What the step queues of shown runs say of credits; each is asked at most once a minute, and only while a page shows it. */
final class QueueCredits {
    private static final Duration ASK_EVERY = Duration.ofMinutes(1);

    /** More queues than this are not asked. */
    private static final int QUEUES_MAX = 16;

    /** As settle credits has it: the link is the same whatever the amount. */
    private static final double AMOUNT = 10;

    private static final class Known {
        Optional<Balance> balance = Optional.empty();
        Duration askedAt;

        Known(Duration askedAt) {
            this.askedAt = askedAt;
        }
    }

    private final App app;
    private final Map<String, Known> queues = new HashMap<>();

    QueueCredits(App app) {
        this.app = app;
    }

    /** What is known; empty for a run that no queue feeds, and before the first answer. */
    synchronized Optional<Balance> of(RunState state) {
        Optional<QueueSpec> queue = state.plan().queue();
        if (queue.isEmpty()) {
            return Optional.empty();
        }
        Duration now = app.wiring().moment().monotonic();
        Known known = queues.get(queue.get().url());
        if (known == null && queues.size() < QUEUES_MAX) {
            known = new Known(now);
            queues.put(queue.get().url(), known);
            ask(queue.get(), known);
        } else if (known != null && now.minus(known.askedAt).compareTo(ASK_EVERY) > 0) {
            known.askedAt = now;
            ask(queue.get(), known);
        }
        return known == null ? Optional.empty() : known.balance;
    }

    /** In a thread of its own: a service may take its time, and no page waits for it. */
    private void ask(QueueSpec queue, Known known) {
        Optional<String> link = known.balance.flatMap(Balance::link);
        Threads.daemon("settle-credits", () -> {
                    Balance said;
                    try {
                        said = said(queue, link);
                    } catch (RuntimeException e) {
                        said = new Balance(OptionalDouble.empty(), link, Optional.of("not known: " + e.getMessage()));
                    }
                    synchronized (this) {
                        known.balance = Optional.of(said);
                    }
                })
                .start();
    }

    private Balance said(QueueSpec queue, Optional<String> link) {
        List<String> problems = new ArrayList<>();
        Map<String, String> variables = app.environment().variables();
        Optional<StepQueueClient> client = StepQueueClient.open(
                queue.url(),
                queue.tokenEnv(),
                variables,
                app.version(),
                QueueSettings.of(variables, problems).limits(),
                problems);
        if (client.isEmpty() || !problems.isEmpty()) {
            return new Balance(OptionalDouble.empty(), link, Optional.of("not known: " + String.join("; ", problems)));
        }
        Answer<OptionalDouble> balance = client.get().balance();
        Optional<String> topUp = queue.topupUrl()
                .or(() -> link)
                .or(() -> client.get().checkout(AMOUNT).body().flatMap(found -> found));
        return new Balance(
                balance.body().orElse(OptionalDouble.empty()),
                topUp,
                balance.failure().map(CallFailure::text).map(text -> "the step queue did not say: " + text));
    }
}
