package dev.settle.app.engine;

import dev.settle.core.file.Disk;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.Snapshot;
import dev.settle.core.journal.file.LoadedRun;
import dev.settle.core.kernel.Kernel;
import dev.settle.core.kernel.state.ClockReading;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.ItemReason;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.scheduler.CancelAnswer;
import dev.settle.core.scheduler.ChargedAllocation;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.core.scheduler.LimitUsageAnswer;
import dev.settle.core.scheduler.LookupAnswer;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Scheduler;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.core.scheduler.Urgency;
import dev.settle.core.view.DriverView;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Mistakes that other watchers of jobs make (conformance.md): each of them has to be noticed by the simulation. */
enum KnownMistake implements SystemUnderTest {
    /** A tool that failed said nothing, so nothing is there. */
    NO_ANSWER_IS_AN_EMPTY_ONE {
        @Override
        QueryAnswer heard(QueryAnswer answer, Set<JobId> about) {
            return answer instanceof QueryAnswer.NoAnswer no
                    ? new QueryAnswer.Answered(no.source(), no.at(), about, List.of())
                    : answer;
        }
    },
    /** What is not in the queue any more is done. */
    NOT_IN_THE_QUEUE_IS_DONE {
        @Override
        QueryAnswer heard(QueryAnswer answer, Set<JobId> about) {
            if (!(answer instanceof QueryAnswer.Answered answered) || answer.source() != Source.SQUEUE) {
                return answer;
            }
            Set<JobId> listed =
                    answered.observations().stream().map(JobObservation::jobId).collect(Collectors.toSet());
            List<JobObservation> all = new ArrayList<>(answered.observations());
            about.stream().filter(job -> !listed.contains(job)).forEach(job -> all.add(done(job, answered.at())));
            return new QueryAnswer.Answered(Source.SQUEUE, answered.at(), about, all);
        }
    },
    /** A word that is not in the table is none of the failures. */
    UNKNOWN_WORD_IS_SUCCESS {
        @Override
        JobObservation heard(JobObservation observation) {
            return observation.state().phase() == Phase.UNKNOWN ? done(observation) : observation;
        }
    },
    /** COMPLETING is as good as completed. */
    COMPLETING_IS_COMPLETED {
        @Override
        JobObservation heard(JobObservation observation) {
            return observation.state().phase() == Phase.ENDING ? done(observation) : observation;
        }
    },
    /** A timeout is a failure like any other. */
    EVERY_FAILURE_IS_AN_EXIT_CODE {
        @Override
        JobObservation heard(JobObservation observation) {
            return observation.state().phase() == Phase.FAILED
                    ? observation.toBuilder()
                            .state(new JobState(observation.state().raw(), Phase.FAILED, ItemReason.EXIT_CODE))
                            .build()
                    : observation;
        }
    },
    /** Rows are known by their id alone. */
    ROWS_WITHOUT_NAME_AND_TIME {
        @Override
        JobObservation heard(JobObservation observation) {
            return observation.toBuilder()
                    .jobName(java.util.Optional.empty())
                    .token(java.util.Optional.empty())
                    .submittedAt(java.util.Optional.empty())
                    .build();
        }
    },
    /** NODE_FAIL and PREEMPTED are ends. */
    NO_REQUEUES {
        @Override
        JobObservation heard(JobObservation observation) {
            JobState state = observation.state();
            return state.phase() == Phase.FAILED_UNLESS_REQUEUED
                    ? observation.toBuilder()
                            .state(new JobState(state.raw(), Phase.FAILED, state.reason()))
                            .build()
                    : observation;
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
        LookupAnswer heard(LookupAnswer answer) {
            return new LookupAnswer.NotFound();
        }
    },
    /** An item that left the queue is over at once. */
    SETTLE_AT_ONCE {
        @Override
        public Kernel kernel(RunState state, Policy policy, RandomGenerator random, ClockReading now) {
            Policy hasty = patient(policy, Duration.ZERO, policy.confirmation());
            return new Kernel(state, hasty, random, now);
        }
    },
    /** Whoever is patient enough is never wrong. */
    SETTLE_IN_A_YEAR {
        @Override
        public Kernel kernel(RunState state, Policy policy, RandomGenerator random, ClockReading now) {
            return new Kernel(state, patient(policy, Duration.ofDays(365), policy.confirmation()), random, now);
        }
    },
    /** A dependent may start when what it depends on has ended well, as far as one knows. */
    DEPENDENTS_OF_THE_UNCONFIRMED_START {
        @Override
        public Kernel kernel(RunState state, Policy policy, RandomGenerator random, ClockReading now) {
            return new Kernel(state, patient(policy, policy.settleTimeout(), Policy.Confirmation.WAIVED), random, now);
        }
    },
    /** Time is what the clock says. */
    TIME_BY_THE_CLOCK {
        @Override
        public ClockReading moment(ClockReading machine) {
            return ClockReading.of(machine.wall());
        }
    },
    /** The controller knows enough. */
    ACCOUNTING_IS_NOT_READ {
        @Override
        QueryAnswer heard(QueryAnswer answer, Set<JobId> about) {
            return answer instanceof QueryAnswer.Answered answered && answer.source() == Source.SACCT
                    ? new QueryAnswer.Answered(answered.source(), answered.at(), about, List.of())
                    : answer;
        }
    },
    /** A watcher is told what will probably be so. */
    UNCONFIRMED_IS_TOLD_AS_CONFIRMED {
        @Override
        public RunEvent told(RunEvent event) {
            if (!(event instanceof RunEvent.OfItem of)
                    || !(of.event() instanceof ItemEvent.Settled settled)
                    || settled.outcome().isConfirmed()) {
                return event;
            }
            Outcome outcome = settled.outcome();
            return new RunEvent.OfItem(new ItemEvent.Settled(
                    settled.item(),
                    new Outcome(
                            outcome.state(),
                            outcome.reason(),
                            outcome.exitCode(),
                            outcome.signal(),
                            ConfirmedBy.EXIT_RECORD,
                            outcome.message(),
                            outcome.schedulerState(),
                            outcome.startedAt(),
                            outcome.finishedAt(),
                            outcome.node(),
                            outcome.usage(),
                            outcome.rule())));
        }
    },
    /** What left the queue without a row was cancelled before it started. */
    GONE_WITHOUT_A_ROW_WAS_CANCELLED {
        @Override
        public RunEvent told(RunEvent event) {
            if (!(event instanceof RunEvent.OfItem of)
                    || !(of.event() instanceof ItemEvent.Settled settled)
                    || settled.outcome().reason() != ItemReason.LOST) {
                return event;
            }
            return new RunEvent.OfItem(new ItemEvent.Settled(
                    settled.item(),
                    settled.outcome().with(ItemState.CANCELLED, ItemReason.CANCELLED_WHILE_PENDING, Optional.empty())));
        }
    },
    /** What left the queue and complains of nothing has completed. */
    GONE_WITHOUT_A_RECORD_HAS_COMPLETED {
        @Override
        public RunEvent told(RunEvent event) {
            if (!(event instanceof RunEvent.OfItem of)
                    || !(of.event() instanceof ItemEvent.Settled settled)
                    || settled.outcome().reason() != ItemReason.LOST) {
                return event;
            }
            return new RunEvent.OfItem(new ItemEvent.Settled(
                    settled.item(),
                    settled.outcome().with(ItemState.COMPLETED, ItemReason.UNCONFIRMED, Optional.empty())));
        }
    },
    /** To resume is to begin anew. */
    RESUME_RUNS_ALL_AGAIN {
        @Override
        public boolean lacks(Item item) {
            return true;
        }
    },
    /** A run that has not ended is being driven. */
    NOT_ENDED_IS_DRIVEN {
        @Override
        public DriverView driver(boolean alive, RunState state, Instant now) {
            return DriverView.alive("login1", 1, now, Optional.empty());
        }
    },
    /** What settles will be completed. */
    SETTLING_COUNTS_AS_COMPLETED {
        @Override
        public int counted(RunState state, ItemState each) {
            int settling = state.counts().of(ItemState.SETTLING);
            int more = each == ItemState.COMPLETED ? settling : each == ItemState.SETTLING ? -settling : 0;
            return state.counts().of(each) + more;
        }
    },
    /** A run that came to its end came to a good one. */
    ENDED_IS_SUCCESS {
        @Override
        public int exitStatus(RunState state) {
            return 0;
        }
    },
    /** What was written is on disk. */
    NOTHING_IS_FORCED {
        @Override
        public Disk disk(Disk real) {
            return new UnforcedDisk(real);
        }
    },
    /** A snapshot is all that one has to read. */
    SNAPSHOT_ALONE {
        @Override
        public LoadedRun load(Disk disk, RunFolder folder) throws IOException {
            LoadedRun whole = super.load(disk, folder);
            if (!disk.exists(folder.snapshot())) {
                return whole;
            }
            byte[] bytes;
            try (Disk.OpenFile file = disk.read(folder.snapshot())) {
                bytes = new byte[Math.toIntExact(file.size())];
                file.read(bytes, 0);
            }
            return Snapshot.decode(bytes, "sim")
                    .map(snapshot -> new LoadedRun(snapshot.state(), whole.extent(), whole.snapshots()))
                    .orElse(whole);
        }
    };

    private static Policy patient(Policy policy, Duration settleTimeout, Policy.Confirmation confirmation) {
        return new Policy(
                policy.backend(),
                policy.interval(),
                policy.intervalMax(),
                settleTimeout,
                policy.lostAfter(),
                policy.giveUpAfter(),
                policy.maxConcurrent(),
                policy.arrayMax(),
                policy.onExhausted(),
                confirmation,
                policy.user(),
                policy.uid());
    }

    QueryAnswer heard(QueryAnswer answer, Set<JobId> about) {
        if (!(answer instanceof QueryAnswer.Answered answered)) {
            return answer;
        }
        List<JobObservation> heard =
                answered.observations().stream().map(this::heard).toList();
        return new QueryAnswer.Answered(answered.source(), answered.at(), answered.about(), heard);
    }

    JobObservation heard(JobObservation observation) {
        return observation;
    }

    SubmitAnswer heard(SubmitAnswer answer) {
        return answer;
    }

    LookupAnswer heard(LookupAnswer answer) {
        return answer;
    }

    private static JobObservation done(JobObservation observation) {
        return observation.toBuilder()
                .state(new JobState("COMPLETED", Phase.COMPLETED, ItemReason.OK))
                .exitCode(OptionalInt.of(0))
                .signal(OptionalInt.empty())
                .build();
    }

    private static JobObservation done(JobId job, Instant at) {
        JobState state = new JobState("COMPLETED", Phase.COMPLETED, ItemReason.OK);
        return JobObservation.of(Source.SQUEUE, at, job, state)
                .exitCode(OptionalInt.of(0))
                .build();
    }

    @Override
    public Kernel kernel(RunState state, Policy policy, RandomGenerator random, ClockReading now) {
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
            public LookupAnswer find(SubmitRequest request, Instant since) {
                return heard(adapter.find(request, since));
            }

            @Override
            public QueryAnswer query(Source.Role role, Set<JobId> jobs, Urgency urgency) {
                return heard(adapter.query(role, jobs, urgency), jobs);
            }

            @Override
            public LimitUsageAnswer spend(ChargedAllocation charge) {
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
