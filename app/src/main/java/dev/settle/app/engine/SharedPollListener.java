package dev.settle.app.engine;

import dev.settle.app.process.Ticker;
import dev.settle.core.kernel.Input;
import dev.settle.core.scheduler.Scheduler;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;

/** Hands a session what the controller has just told others of this user, so that it need not ask itself. */
final class SharedPollListener implements AutoCloseable {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final Scheduler scheduler;
    private final Consumer<Input> inbox;
    private Optional<ScheduledFuture<?>> looks = Optional.empty();

    SharedPollListener(Scheduler scheduler, Consumer<Input> inbox) {
        this.scheduler = scheduler;
        this.inbox = inbox;
    }

    void start() {
        looks = Optional.of(Ticker.LOOKS.nowAndEvery(
                LOOK_EVERY, () -> scheduler.overheard().ifPresent(answer -> inbox.accept(new Input.Observed(answer)))));
    }

    @Override
    public void close() {
        looks.ifPresent(each -> each.cancel(false));
    }
}
