package dev.settle.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.kernel.Decision;
import dev.settle.core.kernel.Input;
import dev.settle.core.kernel.Kernel;
import dev.settle.core.kernel.state.ClockReading;
import dev.settle.core.kernel.state.ItemFiles;
import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.Plan.OnExhausted;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.RunId;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.DurableUpTo;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.LimitUsageAnswer;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Source.Role;
import dev.settle.slurm.parse.ColumnMark;
import dev.settle.slurm.parse.SacctParser;
import dev.settle.slurm.parse.SqueueParser;
import dev.settle.slurm.tools.PlainTable;
import dev.settle.slurm.tools.ToolRunner;
import dev.settle.testdata.Golden;
import dev.settle.testdata.ManualClock;
import dev.settle.testdata.SlurmOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What each recorded version of a real Slurm answered, as the adapter reads it, and the verdict on each job when settle watches
 * it: compared with {@code golden/recorded}.
 */
final class RecordedTruthTest {
    private static final int CASES_MIN = 55;

    /** Seeds for each folder of recordings in a normal build. */
    private static final int MUTATIONS = 3;

    /** Long enough for every verdict, that of the settle timeout included. */
    private static final Duration AFTERWARDS = Duration.ofMinutes(20);

    private static final Duration DAMAGED_AFTERWARDS = Duration.ofMinutes(5);

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);

    private final Map<String, Recording> turn = new HashMap<>();
    /** Answers are as old as the recording. */
    private final ManualClock clock = new ManualClock(Instant.EPOCH);

    /** What damages the answers, if anything does. */
    private Optional<Mutations> mutations = Optional.empty();

    private Instant damagedUntil = Instant.MAX;

    private final SlurmScheduler slurm = SlurmScheduler.toAsk(
            new SlurmScheduler.Access(this::run, Optional.empty(), new Random(7)), clock, new SlurmUser("games", "5"));

    private static RecordedTruthTest damagedBySeed(long seed) {
        RecordedTruthTest test = new RecordedTruthTest();
        test.mutations = Optional.of(new Mutations(seed));
        return test;
    }

    private ToolRunner.Result run(List<String> argv, Duration limit) {
        ToolRunner.Result said = Recording.tool(turn).run(argv, limit);
        if (mutations.isEmpty() || said.stdout().isEmpty() || clock.instant().isAfter(damagedUntil)) {
            return said;
        }
        String text = mutations.get().of(said.stdout(), SlurmOutput.delimiter(argv));
        return new ToolRunner.Result(said.kind(), said.exitCode(), text, said.stderr());
    }

    @TestFactory
    Stream<DynamicTest> eachRecordingIsSightedAndSettledAsItTrulyWas() throws IOException {
        List<Path> cases = Recording.folders();
        assertThat(cases).hasSizeGreaterThanOrEqualTo(CASES_MIN);
        return cases.stream().map(folder -> {
            String name = folder.getName(folder.getNameCount() - 2) + "/" + folder.getFileName();
            return DynamicTest.dynamicTest(name, () -> {
                Golden.check("recorded/" + name + ".txt", new RecordedTruthTest().told(Recording.in(folder)));
            });
        });
    }

    /**
     * Answers of every version, damaged at random while they are played: no job is a success that is none in the recording,
     * and a watch that ends with whole answers ends with damaged ones as well. What was never seen is looked for until whole
     * answers have lacked it, so the damage stops after some minutes. More with {@code -Dsettle.mutations=N}.
     */
    @TestFactory
    Stream<DynamicTest> damagedAnswersMakeNoSuccessAndKeepNoWatchFromItsEnd() throws IOException {
        int seeds = Integer.getInteger("settle.mutations", MUTATIONS);
        return Recording.folders().stream().map(folder -> {
            String name = folder.getName(folder.getNameCount() - 2) + "/" + folder.getFileName();
            return DynamicTest.dynamicTest(name, () -> {
                List<Recording> recordings = Recording.in(folder);
                RecordedTruthTest whole = new RecordedTruthTest();
                List<PlanItem> items = items(whole.seen(recordings));
                if (items.isEmpty()) {
                    return;
                }
                RunState truth = whole.watch(items, recordings);
                for (long seed = 0; seed < seeds; seed++) {
                    RunState heard = damagedBySeed(seed).watch(items, recordings);
                    for (Item item : heard.items()) {
                        Item known = truth.items().get(item.index());
                        assertThat(isSuccess(item)
                                        && !isSuccess(known)
                                        && known.state().isEnd())
                                .as("seed %d, %s: %s instead of %s", seed, item.id(), verdict(item), verdict(known))
                                .isFalse();
                    }
                    assertThat(heard.ended().isPresent() || truth.ended().isEmpty())
                            .as("seed %d: the watch ends: %s", seed, states(heard))
                            .isTrue();
                }
            });
        });
    }

    private static String states(RunState state) {
        return state.items().stream()
                .map(item -> item.id() + " " + item.state().word())
                .collect(Collectors.joining(", "));
    }

    /** A damaged table has all the rows whose lines were left alone. */
    @Test
    void rowsThatWereNotTouchedKeepCounting() throws IOException {
        int seeds = Integer.getInteger("settle.mutations", MUTATIONS) * 4;
        int compared = 0;
        for (Path folder : Recording.folders()) {
            for (Recording recording : Recording.in(folder)) {
                boolean queue = recording.tool().equals("squeue");
                ColumnMark mark = ColumnMark.random(new Random(7));
                List<String> columns = queue ? SqueueParser.COLUMNS : SacctParser.COLUMNS;
                List<String> argv = new ArrayList<>(List.of(recording.tool()));
                argv.addAll(queue ? List.of(SqueueParser.format(mark)) : SacctParser.options(mark));
                ToolRunner.Result answer = recording.answer(argv);
                if (answer.stdout().isEmpty()) {
                    continue;
                }
                List<String> lines = List.of(answer.stdout().split("(?<=\n)"));
                for (long seed = 0; seed < seeds; seed++) {
                    Mutations.Damaged damaged = new Mutations(seed).damaged(answer.stdout(), mark.value());
                    List<String> read = plain(damaged.text(), mark, columns);
                    for (int i = 1; i < lines.size(); i++) {
                        if (!damaged.touched().contains(i)) {
                            assertThat(read)
                                    .as("%s/%s, seed %d", folder.getFileName(), recording.file(), seed)
                                    .containsAll(plain(lines.get(i), mark, columns));
                            compared++;
                        }
                    }
                }
            }
        }
        assertThat(compared).isGreaterThan(1_000);
    }

    private static List<String> plain(String text, ColumnMark mark, List<String> columns) {
        return PlainTable.of(new ToolRunner.Result(ToolRunner.Kind.EXITED, 0, text, ""), mark, columns)
                .stdout()
                .lines()
                .toList();
    }

    private static boolean isSuccess(Item item) {
        return item.attempt()
                .outcome()
                .filter(outcome -> outcome.state() == ItemState.COMPLETED && outcome.confirmedBy() != ConfirmedBy.NONE)
                .isPresent();
    }

    private Set<JobId> seen(List<Recording> recordings) {
        Set<JobId> jobs = new TreeSet<>();
        for (Recording recording : recordings) {
            if (ask(recording) instanceof QueryAnswer.Answered answered) {
                answered.observations().forEach(observation -> jobs.add(observation.jobId()));
            }
        }
        return jobs;
    }

    private String told(List<Recording> recordings) {
        StringBuilder text = new StringBuilder();
        Set<JobId> jobs = new TreeSet<>();
        List<QueryAnswer> answers = new ArrayList<>();
        for (Recording recording : recordings) {
            QueryAnswer answer = ask(recording);
            answers.add(answer);
            text.append(recording.file())
                    .append(" at ")
                    .append(TIME.format(recording.at()))
                    .append('\n');
            if (answer instanceof QueryAnswer.Answered answered) {
                answered.observations().forEach(s -> {
                    jobs.add(s.jobId());
                    text.append("  ").append(line(s)).append('\n');
                });
            } else {
                text.append("  ").append(silence(answer)).append('\n');
            }
        }
        return text + "\nverdicts\n" + verdicts(jobs, recordings);
    }

    private QueryAnswer ask(Recording recording) {
        Set<JobId> asked = recording.ids().stream().map(JobId::new).collect(Collectors.toSet());
        return ask(recording, asked);
    }

    private QueryAnswer ask(Recording recording, Set<JobId> jobs) {
        clock.set(recording.at());
        turn.put(recording.tool(), recording);
        return slurm.query(role(recording), jobs);
    }

    private static Role role(Recording recording) {
        return recording.tool().equals("squeue") ? Role.CONTROLLER : Role.ACCOUNTING;
    }

    private static String silence(QueryAnswer answer) {
        return answer instanceof QueryAnswer.NoAnswer no
                ? "no answer: " + no.text()
                : "not kept: " + ((QueryAnswer.NotKept) answer).text();
    }

    private static String line(JobObservation s) {
        StringBuilder line = new StringBuilder(s.jobId() + " " + s.state().raw() + " = "
                + s.state().phase().name().toLowerCase(java.util.Locale.ROOT));
        if (s.state().phase().isEnd()) {
            line.append(' ').append(s.state().reason().word());
        }
        s.exitCode().ifPresent(code -> line.append(" code ").append(code));
        s.signal().ifPresent(signal -> line.append(" signal ").append(signal));
        s.waitReason().ifPresent(why -> line.append(" (")
                .append(why.raw())
                .append(": ")
                .append(why.kind().name().toLowerCase(java.util.Locale.ROOT))
                .append(')'));
        line.append(s.partial() ? " partial" : "");
        s.cancelledBy().ifPresent(by -> line.append(" by ").append(by));
        line.append(times(s));
        s.usage().maxRssBytes().ifPresent(bytes -> line.append(" rss ").append(bytes));
        s.note().ifPresent(note -> line.append("; ").append(note));
        return line.toString();
    }

    private static String times(JobObservation s) {
        return Stream.of(s.submittedAt(), s.startedAt(), s.endedAt())
                .map(time -> time.map(TIME::format).orElse("-"))
                .collect(Collectors.joining(" ", " ", ""));
    }

    // The verdicts: settle watches the jobs, hears each recording in its turn, and the last ones for ever after.

    private static List<PlanItem> items(Set<JobId> jobs) {
        Set<String> arrays =
                jobs.stream().filter(JobId::isTask).map(JobId::base).collect(Collectors.toSet());
        return jobs.stream()
                .filter(job -> job.isTask() || !arrays.contains(job.value()))
                .map(job -> PlanItem.watched(job.value()))
                .toList();
    }

    private String verdicts(Set<JobId> jobs, List<Recording> recordings) {
        List<PlanItem> items = items(jobs);
        if (items.isEmpty()) {
            return "none: no job was seen\n";
        }
        RunState state = watch(items, recordings);
        StringBuilder text = new StringBuilder();
        for (Item item : state.items()) {
            text.append(item.id()).append(' ').append(verdict(item));
            text.append(
                    item.attempt().number() > 1 ? ", attempt " + item.attempt().number() : "");
            text.append('\n');
        }
        return text.toString();
    }

    private static String verdict(Item item) {
        Optional<Outcome> outcome = item.attempt().outcome();
        if (outcome.isEmpty()) {
            return item.state().word()
                    + item.waitReason().map(why -> " (" + why.raw() + ")").orElse("");
        }
        Outcome o = outcome.get();
        StringBuilder text =
                new StringBuilder(o.state().word() + " " + o.reason().word());
        o.exitCode().ifPresent(code -> text.append(" code ").append(code));
        o.signal().ifPresent(signal -> text.append(" signal ").append(signal));
        return text.append(", by ")
                .append(o.confirmedBy().word())
                .append(", rule ")
                .append(o.rule())
                .toString();
    }

    private RunState watch(List<PlanItem> items, List<Recording> recordings) {
        Plan plan = Plan.of("recorded", items);
        RunState state = new RunState(plan);
        Instant start = recordings.get(0).at().minusSeconds(1);
        state.apply(new Entry(
                1, start, new RunEvent.Opened(new RunId("k3v9q2m7"), "recorded", "0", "/", "games", "slurm", true)));
        Kernel kernel = new Kernel(state, policy(), new Random(1), ClockReading.of(start));
        Set<JobId> watched =
                items.stream().map(item -> new JobId(item.id().value())).collect(Collectors.toSet());
        kernel.step(new Input.Tick(), ClockReading.of(start));
        turn.clear();
        Instant at = start;
        for (Recording recording : recordings) {
            at = recording.at().isAfter(at) ? recording.at() : at;
            Set<JobId> about = asked(watched, recording);
            if (!about.isEmpty()) {
                // Questions of its own are answered when the recording is over.
                Decision decided = kernel.step(new Input.Observed(ask(recording, about)), ClockReading.of(at));
                answer(kernel, decided, List.of(), at);
            }
        }
        damagedUntil = at.plus(DAMAGED_AFTERWARDS);
        Instant end = at.plus(AFTERWARDS);
        Decision decision = kernel.step(new Input.Tick(), ClockReading.of(at));
        while (at.isBefore(end) && state.ended().isEmpty()) {
            answer(kernel, decision, recordings, at);
            at = at.plusSeconds(1);
            decision = kernel.step(new Input.Tick(), ClockReading.of(at));
        }
        return state;
    }

    private void answer(Kernel kernel, Decision decision, List<Recording> recordings, Instant at) {
        List<Input> answers = new ArrayList<>();
        // No journal here: what is decided counts as written.
        DurableUpTo written = new DurableUpTo(kernel.state().lastNumber());
        for (KernelCommand command : decision.durable(written).commands()) {
            if (command instanceof KernelCommand.Query ask) {
                answers.addAll(lastWords(ask, recordings, at));
            } else if (command instanceof KernelCommand.ReadFiles read) {
                answers.add(new Input.FilesRead(read.item(), ItemFiles.NONE));
            } else if (command instanceof KernelCommand.QueryLimitUsage ask) {
                answers.add(new Input.LimitUsageAnswered(ask.item(), LimitUsageAnswer.BelowLimit.NONE));
            }
        }
        for (Input answer : answers) {
            answer(kernel, kernel.step(answer, ClockReading.of(at)), recordings, at);
        }
    }

    /** What was recorded last about each of the jobs. */
    private List<Input> lastWords(KernelCommand.Query ask, List<Recording> recordings, Instant at) {
        Map<Recording, Set<JobId>> byRecording = new LinkedHashMap<>();
        for (JobId job : ask.jobs()) {
            recordings.stream()
                    .filter(recording -> role(recording) == ask.role())
                    .filter(recording -> !asked(Set.of(job), recording).isEmpty())
                    .reduce((earlier, later) -> later)
                    .ifPresent(last -> byRecording
                            .computeIfAbsent(last, r -> new HashSet<>())
                            .add(job));
        }
        List<Input> answers = new ArrayList<>();
        byRecording.forEach((recording, jobs) -> {
            turn.put(recording.tool(), recording);
            clock.set(at);
            answers.add(new Input.Observed(slurm.query(ask.role(), jobs)));
        });
        return answers;
    }

    /** Only those that the recorded question was about. */
    private static Set<JobId> asked(Set<JobId> watched, Recording recording) {
        Set<JobId> about = new HashSet<>();
        for (JobId job : watched) {
            if (recording.ids().contains(job.value()) || recording.ids().contains(job.base())) {
                about.add(job);
            }
        }
        return about;
    }

    private static Policy policy() {
        return new Policy(
                BackendName.SLURM,
                Duration.ofSeconds(30),
                Duration.ofSeconds(120),
                Duration.ofSeconds(600),
                Duration.ofSeconds(300),
                Optional.empty(),
                1_000,
                1_000,
                OnExhausted.INTERRUPT,
                Policy.Confirmation.REQUIRED,
                "games",
                "5");
    }
}
