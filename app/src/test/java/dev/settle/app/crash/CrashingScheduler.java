package dev.settle.app.crash;

import dev.settle.core.scheduler.CancelAnswer;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.LookupAnswer;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Scheduler;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.scheduler.Urgency;
import java.time.Instant;
import java.util.Set;
import java.util.function.Consumer;

/** A scheduler for a driver that may die before and after each command. */
final class CrashingScheduler implements Scheduler {
    private final Scheduler scheduler;
    private final CrashPoint crashPoint;

    CrashingScheduler(Scheduler scheduler, CrashPoint crashPoint) {
        this.scheduler = scheduler;
        this.crashPoint = crashPoint;
    }

    private <T> T command(CrashPoint.Act<T, RuntimeException> command) {
        return crashPoint.act(command, () -> "");
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
    public LookupAnswer find(SubmitRequest request, Instant since) {
        return command(() -> scheduler.find(request, since));
    }

    @Override
    public QueryAnswer query(Source.Role role, Set<JobId> jobs, Urgency urgency) {
        return command(() -> scheduler.query(role, jobs, urgency));
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
