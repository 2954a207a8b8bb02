package dev.settle.slurm;

import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.Urgency;
import dev.settle.slurm.parse.SacctParser;
import dev.settle.slurm.parse.SqueueParser;
import dev.settle.slurm.tools.SharedAnswers;
import dev.settle.slurm.tools.SharedAnswers.Answer;
import dev.settle.slurm.tools.ToolRunner.Result;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The questions of one run or watch, shared with the others of this user: who has to ask takes along what the others
 * wanted, and the others overhear the answer within a second, which puts their own next question off.
 */
public final class SlurmQueries {
    /** Answers serve several only when they want them at the same time: what is decided rests on what holds now. */
    private static final Duration AGE_MAX = Duration.ofSeconds(1);

    /** Who looks for the first time has decided nothing yet. */
    private static final Duration FIRST_AGE_MAX = Duration.ofSeconds(3);

    private static final Duration OVERHEARD_AGE_MAX = Duration.ofSeconds(3);
    private static final SharedAnswers.Manner QUEUE =
            new SharedAnswers.Manner("squeue", Duration.ZERO, Duration.ofMinutes(5), SqueueParser.WHOSE.count());

    /** A question to accounting is 0.3 s of work for it; what ends meanwhile is asked about together. */
    private static final SharedAnswers.Manner ACCOUNTING = new SharedAnswers.Manner(
            "sacct", Duration.ofMillis(1_200), Duration.ofSeconds(10), SacctParser.WHOSE.count());

    private final Optional<SharedAnswers> shared;
    private final Clock clock;
    private Instant newest = Instant.MIN;

    /** @param shared empty to ask alone */
    public SlurmQueries(Optional<SharedAnswers> shared, Clock clock) {
        this.shared = shared;
        this.clock = clock;
    }

    /** Who is told of queries of this run that are held back. */
    void listen(SharedAnswers.HeldListener told) {
        shared.ifPresent(answers -> answers.listen(told));
    }

    /** Several commands' worth of ids are nobody else's: they wait for the budget and are asked alone. */
    Answer own(Source source, Urgency urgency, List<String> ids, Function<List<String>, Result> question) {
        try {
            if (shared.isPresent()) {
                shared.get().awaitRoom(source.word(), urgency);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Instant at = clock.instant();
        return new Answer(question.apply(ids), at);
    }

    public Answer queue(Urgency urgency, List<String> ids, Function<List<String>, Result> question) {
        Instant before = heard(Instant.MIN);
        Duration age = before.equals(Instant.MIN) ? FIRST_AGE_MAX : AGE_MAX;
        if (!before.equals(Instant.MIN)) {
            // An answer that was taken already is no second one: a reason to wait is believed when two say it.
            Duration since = Duration.between(before, clock.instant()).minusMillis(1);
            age = since.compareTo(age) < 0 ? since : age;
        }
        Answer answer = ask(QUEUE, urgency, ids, clock.instant().minus(age), question);
        heard(answer.at());
        return answer;
    }

    /** Accounting has no word of what ended after it was asked: an answer from before it was wanted is of no use. */
    public Answer accounting(Urgency urgency, List<String> ids, Function<List<String>, Result> question) {
        return ask(ACCOUNTING, urgency, ids, clock.instant(), question);
    }

    /** An answer of the queue that somebody else has just got, once. */
    public Optional<Answer> overheard(List<String> ids) {
        Instant before = heard(Instant.MIN);
        Optional<Answer> answer = shared.flatMap(answers -> answers.newer(QUEUE, ids, before, OVERHEARD_AGE_MAX))
                .filter(each -> each.result().isGood());
        answer.ifPresent(each -> heard(each.at()));
        return answer;
    }

    private Answer ask(
            SharedAnswers.Manner manner,
            Urgency urgency,
            List<String> ids,
            Instant since,
            Function<List<String>, Result> question) {
        if (shared.isPresent()) {
            return shared.get().ask(new SharedAnswers.Wish(manner, urgency, ids, since, question));
        }
        Instant at = clock.instant();
        return new Answer(question.apply(ids), at);
    }

    /** Takes notice of an answer's time; returns the newest. */
    private synchronized Instant heard(Instant at) {
        newest = at.isAfter(newest) ? at : newest;
        return newest;
    }
}
