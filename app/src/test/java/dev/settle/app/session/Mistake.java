package dev.settle.app.session;

import dev.settle.core.drive.Kernel;
import dev.settle.core.drive.Moment;
import dev.settle.core.drive.Policy;
import dev.settle.core.item.ConfirmedBy;
import dev.settle.core.item.Item;
import dev.settle.core.item.ItemEvent;
import dev.settle.core.item.ItemState;
import dev.settle.core.item.Outcome;
import dev.settle.core.journal.Snapshot;
import dev.settle.core.journal.file.Disk;
import dev.settle.core.journal.file.LoadedRun;
import dev.settle.core.journal.file.RunFolder;
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
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
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
enum Mistake implements Subject {
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
                    .token(java.util.Optional.empty())
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
        public Kernel kernel(RunState state, Policy policy, RandomGenerator random, Moment now) {
            Policy hasty = patient(policy, Duration.ZERO, policy.confirmation());
            return new Kernel(state, hasty, random, now);
        }
    },
    /** Whoever is patient enough is never wrong. */
    SETTLE_IN_A_YEAR {
        @Override
        public Kernel kernel(RunState state, Policy policy, RandomGenerator random, Moment now) {
            return new Kernel(state, patient(policy, Duration.ofDays(365), policy.confirmation()), random, now);
        }
    },
    /** A dependent may start when what it depends on has ended well, as far as one knows. */
    DEPENDENTS_OF_THE_UNCONFIRMED_START {
        @Override
        public Kernel kernel(RunState state, Policy policy, RandomGenerator random, Moment now) {
            return new Kernel(state, patient(policy, policy.settleTimeout(), Policy.Confirmation.WAIVED), random, now);
        }
    },
    /** Time is what the clock says. */
    TIME_BY_THE_CLOCK {
        @Override
        public Moment moment(Moment machine) {
            return Moment.of(machine.said());
        }
    },
    /** The controller knows enough. */
    ACCOUNTING_IS_NOT_READ {
        @Override
        SightAnswer heard(SightAnswer answer, Set<JobId> about) {
            return answer instanceof SightAnswer.Answered answered && answer.source() == Source.SACCT
                    ? new SightAnswer.Answered(answered.source(), answered.at(), about, List.of())
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
    public Kernel kernel(RunState state, Policy policy, RandomGenerator random, Moment now) {
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
