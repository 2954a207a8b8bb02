package dev.settle.app.session;

import dev.settle.core.drive.Kernel;
import dev.settle.core.drive.Moment;
import dev.settle.core.drive.Policy;
import dev.settle.core.plan.ItemReason;
import dev.settle.core.port.CancelAnswer;
import dev.settle.core.port.Charge;
import dev.settle.core.port.FindAnswer;
import dev.settle.core.port.JobId;
import dev.settle.core.port.JobState;
import dev.settle.core.port.JobState.Phase;
import dev.settle.core.port.Scheduler;
import dev.settle.core.port.SightAnswer;
import dev.settle.core.port.Sighting;
import dev.settle.core.port.Source;
import dev.settle.core.port.SpendAnswer;
import dev.settle.core.port.SubmitAnswer;
import dev.settle.core.port.SubmitRequest;
import dev.settle.core.run.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Mistakes that other watchers of jobs make (conformance.md): each of them has to be noticed by the simulation. */
enum Mistake implements SimRun.Kernels {
    /** A tool that failed said nothing, so nothing is there. */
    NO_ANSWER_IS_AN_EMPTY_ONE {
        @Override
        SightAnswer heard(SightAnswer answer, Set<JobId> about) {
            return answer instanceof SightAnswer.NoAnswer no
                    ? new SightAnswer.Answered(no.source(), no.at(), about, List.of())
                    : answer;
        }
    },
    /** What is not in the queue any more is done. */
    NOT_IN_THE_QUEUE_IS_DONE {
        @Override
        SightAnswer heard(SightAnswer answer, Set<JobId> about) {
            if (!(answer instanceof SightAnswer.Answered answered) || answer.source() != Source.SQUEUE) {
                return answer;
            }
            Set<JobId> listed =
                    answered.sightings().stream().map(Sighting::jobId).collect(Collectors.toSet());
            List<Sighting> all = new ArrayList<>(answered.sightings());
            about.stream().filter(job -> !listed.contains(job)).forEach(job -> all.add(done(job, answered.at())));
            return new SightAnswer.Answered(Source.SQUEUE, answered.at(), about, all);
        }
    },
    /** A word that is not in the table is none of the failures. */
    UNKNOWN_WORD_IS_SUCCESS {
        @Override
        Sighting heard(Sighting sighting) {
            return sighting.state().phase() == Phase.UNKNOWN ? done(sighting) : sighting;
        }
    },
    /** COMPLETING is as good as completed. */
    COMPLETING_IS_COMPLETED {
        @Override
        Sighting heard(Sighting sighting) {
            return sighting.state().phase() == Phase.ENDING ? done(sighting) : sighting;
        }
    },
    /** A timeout is a failure like any other. */
    EVERY_FAILURE_IS_AN_EXIT_CODE {
        @Override
        Sighting heard(Sighting sighting) {
            return sighting.state().phase() == Phase.FAILED
                    ? sighting.toBuilder()
                            .state(new JobState(sighting.state().raw(), Phase.FAILED, ItemReason.EXIT_CODE))
                            .build()
                    : sighting;
        }
    },
    /** Rows are known by their id alone. */
    ROWS_WITHOUT_NAME_AND_TIME {
        @Override
        Sighting heard(Sighting sighting) {
            return sighting.toBuilder()
                    .jobName(java.util.Optional.empty())
                    .submittedAt(java.util.Optional.empty())
                    .build();
        }
    },
    /** NODE_FAIL and PREEMPTED are ends. */
    NO_REQUEUES {
        @Override
        Sighting heard(Sighting sighting) {
            JobState state = sighting.state();
            return state.phase() == Phase.FAILED_UNLESS_REQUEUED
                    ? sighting.toBuilder()
                            .state(new JobState(state.raw(), Phase.FAILED, state.reason()))
                            .build()
                    : sighting;
        }
    },
    /** A submission that timed out was refused: it is sent again. */
    UNCLEAR_IS_REFUSED {
        @Override
        SubmitAnswer heard(SubmitAnswer answer) {
            return answer.kind() == SubmitAnswer.Kind.UNCLEAR
                    ? new SubmitAnswer.Refused(SubmitAnswer.Refusal.TEMPORARY, "timed out")
                    : answer;
        }
    },
    /** A submission that is not found in the first look did not arrive. */
    NOT_FOUND_IS_NEVER_SENT {
        @Override
        FindAnswer heard(FindAnswer answer) {
            return new FindAnswer.NotFound();
        }
    },
    /** An item that left the queue is over at once. */
    SETTLE_AT_ONCE {
        @Override
        public Kernel make(RunState state, Policy policy, RandomGenerator random, Moment now) {
            Policy hasty = new Policy(
                    policy.backend(),
                    policy.interval(),
                    policy.intervalMax(),
                    Duration.ZERO,
                    policy.lostAfter(),
                    policy.giveUpAfter(),
                    policy.maxConcurrent(),
                    policy.arrayMax(),
                    policy.onExhausted(),
                    policy.confirmation(),
                    policy.user(),
                    policy.uid());
            return new Kernel(state, hasty, random, now);
        }
    };

    SightAnswer heard(SightAnswer answer, Set<JobId> about) {
        if (!(answer instanceof SightAnswer.Answered answered)) {
            return answer;
        }
        List<Sighting> heard = answered.sightings().stream().map(this::heard).toList();
        return new SightAnswer.Answered(answered.source(), answered.at(), answered.about(), heard);
    }

    Sighting heard(Sighting sighting) {
        return sighting;
    }

    SubmitAnswer heard(SubmitAnswer answer) {
        return answer;
    }

    FindAnswer heard(FindAnswer answer) {
        return answer;
    }

    private static Sighting done(Sighting sighting) {
        return sighting.toBuilder()
                .state(new JobState("COMPLETED", Phase.COMPLETED, ItemReason.OK))
                .exitCode(OptionalInt.of(0))
                .signal(OptionalInt.empty())
                .build();
    }

    private static Sighting done(JobId job, Instant at) {
        JobState state = new JobState("COMPLETED", Phase.COMPLETED, ItemReason.OK);
        return Sighting.of(Source.SQUEUE, at, job, state)
                .exitCode(OptionalInt.of(0))
                .build();
    }

    @Override
    public Kernel make(RunState state, Policy policy, RandomGenerator random, Moment now) {
        return new Kernel(state, policy, random, now);
    }

    @Override
    public Scheduler around(Scheduler adapter) {
        return new Scheduler() {
            @Override
            public SubmitAnswer submit(SubmitRequest request) {
                return heard(adapter.submit(request));
            }

            @Override
            public FindAnswer find(SubmitRequest request, Instant since) {
                return heard(adapter.find(request, since));
            }

            @Override
            public SightAnswer sight(Source.Role role, Set<JobId> jobs) {
                return heard(adapter.sight(role, jobs), jobs);
            }

            @Override
            public SpendAnswer spend(Charge charge) {
                return adapter.spend(charge);
            }

            @Override
            public CancelAnswer cancel(Set<JobId> jobs) {
                return adapter.cancel(jobs);
            }

            @Override
            public CancelAnswer withdraw(Set<JobId> jobs) {
                return adapter.withdraw(jobs);
            }
        };
    }
}
