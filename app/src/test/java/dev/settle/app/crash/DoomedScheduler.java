package dev.settle.app.crash;

import dev.settle.core.port.CancelAnswer;
import dev.settle.core.port.FindAnswer;
import dev.settle.core.port.JobId;
import dev.settle.core.port.Scheduler;
import dev.settle.core.port.SightAnswer;
import dev.settle.core.port.Source;
import dev.settle.core.port.SubmitAnswer;
import dev.settle.core.port.SubmitRequest;
import dev.settle.core.port.SubmitToken;
import java.time.Instant;
import java.util.Set;
import java.util.function.Consumer;

/** A scheduler for a driver that may die before and after each command. */
final class DoomedScheduler implements Scheduler {
    private final Scheduler scheduler;
    private final Doom doom;

    DoomedScheduler(Scheduler scheduler, Doom doom) {
        this.scheduler = scheduler;
        this.doom = doom;
    }

    private <T> T command(Doom.Act<T, RuntimeException> command) {
        return doom.act(command, () -> "");
    }

    @Override
    public SubmitAnswer submit(SubmitRequest request) {
        return command(() -> scheduler.submit(request));
    }

    @Override
    public int submitsAtOnce() {
        return scheduler.submitsAtOnce();
    }

    @Override
    public void submit(SubmitRequest request, Consumer<SubmitAnswer> answer) {
        command(() -> {
            scheduler.submit(request, answer);
            return request;
        });
    }

    @Override
    public void recall(Set<SubmitToken> tokens) {
        command(() -> {
            scheduler.recall(tokens);
            return tokens;
        });
    }

    @Override
    public FindAnswer find(SubmitRequest request, Instant since) {
        return command(() -> scheduler.find(request, since));
    }

    @Override
    public SightAnswer sight(Source.Role role, Set<JobId> jobs) {
        return command(() -> scheduler.sight(role, jobs));
    }

    @Override
    public CancelAnswer withdraw(Set<JobId> jobs) {
        return command(() -> scheduler.withdraw(jobs));
    }

    @Override
    public CancelAnswer cancel(Set<JobId> jobs) {
        return command(() -> scheduler.cancel(jobs));
    }

    /** What a process holds goes with it, however it ends. */
    @Override
    public void close() {
        scheduler.close();
    }
}
