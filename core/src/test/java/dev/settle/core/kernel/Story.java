package dev.settle.core.kernel;

import dev.settle.core.kernel.state.ClockReading;
import dev.settle.core.kernel.state.ItemFiles;
import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.PlanItem;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.scheduler.CancelAnswer;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.LimitUsageAnswer;
import dev.settle.core.scheduler.LookupAnswer;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.Source.Role;
import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.scheduler.SubmitToken;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * A run told in a small language, on a manual clock: each line is an input, what the kernel makes of it is the output.
 * core/docs/stories.md has the words.
 */
final class Story {
    static final Instant START = Instant.parse("2026-11-21T00:00:00Z");
    private static final int TICKS_MAX = 100_000;

    private final StringBuilder out = new StringBuilder();
    private final Rows rows = new Rows(START, this::owner);
    private final Map<Role, String> standing = new EnumMap<>(Role.class);
    private final Map<Role, Integer> asked = new EnumMap<>(Role.class);
    private final Map<ItemId, ItemFiles> files = new HashMap<>();
    private final Set<ItemId> hungFiles = new HashSet<>();
    private final Map<ItemId, List<Input>> unseen = new HashMap<>();
    private final Map<JobId, ItemId> owners = new LinkedHashMap<>();
    private final List<KernelCommand.Query> unanswered = new ArrayList<>();
    private final Deque<KernelCommand.Submit> submits = new ArrayDeque<>();
    private final Deque<KernelCommand.LookUp> finds = new ArrayDeque<>();
    private StoryPlan plan;
    private MemoryJournal journal;
    private RunState state;
    private Kernel kernel;
    private Instant now = START;
    private boolean cancelsFail;
    private Optional<List<String>> cancelsFind = Optional.empty();
    private int drivers;
    private Duration clockOff = Duration.ZERO;
    private Instant wakeAt = START;

    /** What the kernel makes of a block of inputs. */
    String tell(List<String> lines) {
        out.setLength(0);
        asked.clear();
        if (lines.get(0).equals("plan")) {
            open(StoryPlan.parse(lines.subList(1, lines.size())));
        } else {
            lines.forEach(this::line);
        }
        if (!asked.isEmpty()) {
            StringBuilder counts = new StringBuilder();
            asked.forEach((role, count) -> counts.append(counts.length() == 0 ? "" : ", ")
                    .append(StoryText.role(role))
                    .append(' ')
                    .append(count));
            out.append("questions: ").append(counts).append('\n');
        }
        String replayed = StateDump.of(journal.replay());
        if (!replayed.equals(StateDump.of(state))) {
            throw new AssertionError(
                    "replay differs from the live state\n" + replayed + "\nlive:\n" + StateDump.of(state));
        }
        return out.toString();
    }

    private void open(StoryPlan opened) {
        plan = opened;
        journal = new MemoryJournal(plan.plan());
        state = new RunState(plan.plan());
        Entry first = new Entry(1, now, plan.opened());
        state.apply(first);
        journal.append(List.of(first));
        drive();
    }

    private void drive() {
        // Each driver draws other tokens.
        kernel = new Kernel(state, plan.policy(), new Random(++drivers), moment());
        journal.append(List.of(kernel.record(new RunEvent.Driven("host", 1, "boot", 1), moment())));
        step(new Input.Tick());
    }

    private ClockReading moment() {
        return new ClockReading(clock(), Duration.between(START, now));
    }

    private Instant clock() {
        return now.plus(clockOff);
    }

    /** {@code REFUSAL WORDS}; a refusal of {@code -} for none. */
    private SubmitAnswer unclear(SubmitAnswer.Ending ending, String rest) {
        String[] parts = withoutItem(rest).split(" ", 2);
        Optional<SubmitAnswer.Refusal> refusal = parts[0].equals("-")
                ? Optional.empty()
                : Optional.of(SubmitAnswer.Refusal.valueOf(parts[0].toUpperCase(java.util.Locale.ROOT)));
        return new SubmitAnswer.Unclear(parts[1], ending, refusal);
    }

    private void line(String line) {
        int blank = line.indexOf(' ');
        String word = blank < 0 ? line : line.substring(0, blank);
        String rest = blank < 0 ? "" : line.substring(blank + 1).strip();
        if (word.startsWith("+") || word.equals("at")) {
            advance(word.equals("at") ? START.plusMillis(millis(rest)) : now.plusMillis(millis(word.substring(1))));
            return;
        }
        switch (word) {
            case "accept" -> accept(rest);
            case "refuse" -> {
                String[] parts = withoutItem(rest).split(" ", 2);
                SubmitAnswer.Refusal refusal =
                        SubmitAnswer.Refusal.valueOf(parts[0].toUpperCase(java.util.Locale.ROOT));
                answer(rest, new SubmitAnswer.Refused(refusal, parts.length > 1 ? parts[1] : "no"));
            }
            case "unclear" -> answer(rest, SubmitAnswer.Unclear.silent(withoutItem(rest)));
            case "cutoff" -> answer(rest, unclear(SubmitAnswer.Ending.CUT_OFF, rest));
            case "reported" -> answer(rest, unclear(SubmitAnswer.Ending.REPORTED, rest));
            case "found" -> found(rest);
            case "squeue", "process", "scontrol", "sacct" -> query(source(word), rest);
            case "silent" -> {
                String[] parts = rest.split(" ", 2);
                unanswered.removeIf(ask -> ask.role() == source(parts[0]).role());
                step(silent(source(parts[0]), parts.length > 1 ? parts[1] : "no answer"));
            }
            case "held" -> {
                String[] parts = rest.split(" ", 3);
                step(new Input.HeldBack(source(parts[0]), now.plusMillis(millis(parts[1])), parts[2]));
            }
            case "no_accounting" -> step(noAccounting());
            case "always" -> always(rest);
            case "record" -> step(record(rest));
            case "started" -> step(started(rest));
            case "unseen" -> unseen(rest);
            case "files" -> files(rest);
            case "generated" -> generated(rest);
            case "spend" -> spend(rest);
            case "cancel" -> cancel(rest);
            case "scancel" -> scancel(rest);
            case "stop" ->
                step(new Input.StopAsked(Stop.of(StopReason.ofWord(rest).orElseThrow(), now)));
            case "clock" -> clockOff = clockOff.plusMillis(millis(rest));
            case "crash" -> crash(rest);
            case "resume" -> resume();
            case "show" ->
                state.items().forEach(item -> out.append(StoryText.item(item)).append('\n'));
            default -> throw new IllegalArgumentException("not a word of stories: " + line);
        }
    }

    private static Source source(String word) {
        return Source.ofWord(word).orElseThrow(() -> new IllegalArgumentException("no source " + word));
    }

    static long millis(String text) {
        String number = text.replaceAll("[smhd]+$", "");
        double unit =
                switch (text.substring(number.length())) {
                    case "", "s" -> 1000;
                    case "ms" -> 1;
                    case "m" -> 60_000;
                    case "h" -> 3_600_000;
                    case "d" -> 86_400_000;
                    default -> throw new IllegalArgumentException("not a time: " + text);
                };
        return Math.round(Double.parseDouble(number) * unit);
    }

    private Optional<Item> owner(JobId job) {
        return Optional.ofNullable(owners.get(job)).flatMap(id -> state.item(id));
    }

    private Item item(String words) {
        return state.item(new ItemId(words.split(" ", 2)[0])).orElseThrow();
    }

    // Inputs.

    private void accept(String rest) {
        List<ItemId> items = submission(rest).items();
        answer(rest, new SubmitAnswer.Accepted(jobs(withoutItem(rest), items), withoutItem(rest)));
    }

    /** {@code 101 for ITEM}: the oldest submission that is not answered, or the item's. */
    private KernelCommand.Submit submission(String rest) {
        return submits.stream()
                .filter(submit -> isFor(rest, submit.items()))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isFor(String rest, List<ItemId> items) {
        int at = rest.lastIndexOf(" for ");
        return at < 0 || items.contains(new ItemId(rest.substring(at + " for ".length())));
    }

    private static String withoutItem(String rest) {
        int at = rest.lastIndexOf(" for ");
        return at < 0 ? rest : rest.substring(0, at);
    }

    private static List<JobId> jobs(String text, List<ItemId> items) {
        String[] given = text.split(" ");
        List<JobId> jobs = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            boolean task = given.length == 1 && items.size() > 1;
            jobs.add(new JobId(task ? text + "_" + i : given[i]));
        }
        return jobs;
    }

    private void answer(String rest, SubmitAnswer answer) {
        KernelCommand.Submit submit = submission(rest);
        submits.remove(submit);
        step(new Input.SubmitAnswered(submit.token(), answer));
    }

    private void found(String rest) {
        KernelCommand.LookUp find = finds.stream()
                .filter(each -> isFor(rest, each.items()))
                .findFirst()
                .orElseThrow();
        finds.remove(find);
        String found = withoutItem(rest);
        LookupAnswer answer =
                switch (found) {
                    case "nothing" -> new LookupAnswer.NotFound();
                    case "silent" -> new LookupAnswer.NoAnswer("no answer");
                    default -> new LookupAnswer.Found(jobs(found, find.items()));
                };
        step(new Input.LookupAnswered(find.token(), answer));
    }

    private void query(Source source, String rest) {
        unanswered.removeIf(ask -> ask.role() == source.role());
        if (rest.startsWith("about ")) {
            String[] parts = rest.split(" ", 3);
            Set<JobId> about = new HashSet<>();
            for (String job : parts[1].split(",")) {
                about.add(new JobId(job));
            }
            step(observed(source, parts.length > 2 ? parts[2] : "", about));
        } else {
            step(observed(source, rest, allJobs()));
        }
    }

    private Set<JobId> allJobs() {
        return new HashSet<>(owners.keySet());
    }

    private Input observed(Source source, String text, Set<JobId> about) {
        Duration late = Duration.ZERO;
        String body = text;
        if (text.startsWith("from ")) {
            String[] parts = text.split(" ", 3);
            late = Duration.between(rows.time(parts[1]), now);
            body = parts.length > 2 ? parts[2] : "";
        }
        Instant at = clock().minus(late);
        List<JobObservation> observations = rows.parse(body, source, at);
        Set<JobId> all = new HashSet<>(about);
        return new Input.Observed(new QueryAnswer.Answered(source, at, all, observations));
    }

    private Input silent(Source source, String text) {
        return new Input.Observed(new QueryAnswer.NoAnswer(source, clock(), text));
    }

    private Input noAccounting() {
        return new Input.Observed(
                new QueryAnswer.NotKept(Source.SACCT, clock(), "Slurm accounting storage is disabled"));
    }

    /** {@code a hang}: reading them takes until the story says what they hold. */
    private void files(String rest) {
        ItemId id = item(rest).id();
        if (rest.endsWith(" hang")) {
            hungFiles.add(id);
            return;
        }
        files.put(id, StoryPlan.files(rest));
        if (hungFiles.remove(id)) {
            step(new Input.FilesRead(id, files.get(id)));
        }
    }

    private void always(String rest) {
        String[] parts = rest.split(" ", 2);
        Role role = source(parts[0]).role();
        String reply = parts.length > 1 ? parts[1] : "";
        if (reply.equals("ask_me")) {
            standing.remove(role);
        } else {
            standing.put(role, reply);
            for (KernelCommand.Query ask : List.copyOf(unanswered)) {
                if (ask.role() == role) {
                    unanswered.remove(ask);
                    standingAnswer(ask).ifPresent(this::step);
                }
            }
        }
    }

    /** A record that is there, and that is seen only when somebody looks for it: {@code started a} or {@code record a}. */
    private void unseen(String rest) {
        String words = rest.substring(rest.indexOf(' ') + 1);
        unseen.computeIfAbsent(item(words).id(), id -> new ArrayList<>())
                .add(rest.startsWith("started ") ? started(words) : record(words));
    }

    private Input.StartSeen started(String rest) {
        Item item = item(rest);
        StoryPlan.Start start = StoryPlan.start(rest, rows);
        SubmitToken token = start.token().or(() -> item.attempt().token()).orElseThrow();
        JobId job = item.attempt().jobId().orElse(new JobId("999"));
        return new Input.StartSeen(item.id(), token, start.restarts(), start.observation(job, clock()));
    }

    private Input.RecordSeen record(String rest) {
        Item item = item(rest);
        StoryPlan.Record record = StoryPlan.record(rest, rows);
        SubmitToken token = item.attempt().token().orElseGet(() -> new SubmitToken("stforeign000000"));
        JobId job = item.attempt().jobId().orElse(new JobId("999"));
        return new Input.RecordSeen(
                item.id(),
                record.token().orElse(token),
                record.restarts(),
                record.observation(job, clock(), token),
                StoryPlan.files(rest));
    }

    private void generated(String rest) {
        String[] parts = rest.split(" ", 2);
        String what = parts.length > 1 ? parts[1] : "";
        List<PlanItem> items = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String each : what.split(";", -1)) {
            if (each.strip().startsWith("problem ")) {
                problems.add(each.strip().substring(8));
            } else if (!each.isBlank()) {
                items.add(StoryPlan.item(each.strip()));
            }
        }
        step(new Input.GeneratedRead(item(rest).id(), items, problems));
    }

    private void spend(String rest) {
        String[] parts = rest.split(" ", 3);
        LimitUsageAnswer answer =
                switch (parts[1]) {
                    case "at_limit" -> new LimitUsageAnswer.AtLimit("sshare", parts[2]);
                    case "below" -> new LimitUsageAnswer.BelowLimit("scontrol", parts.length > 2 ? parts[2] : "");
                    default -> new LimitUsageAnswer.NoAnswer("no answer");
                };
        step(new Input.LimitUsageAnswered(item(rest).id(), answer));
    }

    private void cancel(String rest) {
        Set<ItemId> items = new HashSet<>();
        String by = plan.policy().user();
        for (String word : rest.split(" ")) {
            if (word.startsWith("by=")) {
                by = word.substring(3);
            } else if (!word.isEmpty()) {
                items.add(new ItemId(word));
            }
        }
        step(new Input.CancelAsked(items, by));
    }

    private void crash(String rest) {
        now = now.plusMillis(rest.isEmpty() ? 0 : millis(rest));
        submits.clear();
        finds.clear();
        unanswered.clear();
        state = journal.replay();
        drive();
    }

    /** As resume does it: what has no good verdict gets another attempt. */
    private void resume() {
        List<Entry> entries = new ArrayList<>();
        entries.add(kernel.record(new RunEvent.Resumed("ada", state.createdAt()), moment()));
        for (Item item : List.copyOf(state.items())) {
            boolean good = item.state() == ItemState.COMPLETED && !item.isUnconfirmed();
            if (item.state().isEnd() && !good) {
                entries.add(kernel.record(new RunEvent.OfItem(new ItemEvent.Reopened(item.id())), moment()));
            }
        }
        journal.append(entries);
        state = journal.replay();
        drive();
    }

    // Time and steps.

    private void advance(Instant until) {
        for (int ticks = 0; wakeAt.isBefore(until); ticks++) {
            if (ticks > TICKS_MAX) {
                throw new AssertionError("the kernel wants to be woken for ever");
            }
            now = wakeAt.isAfter(now) ? wakeAt : now;
            step(new Input.Tick());
        }
        now = until;
    }

    private void step(Input input) {
        Decision decision = kernel.step(input, moment());
        wakeAt = decision.wakeAt().minus(clockOff);
        Durable durable = decision.durable(journal.append(decision.entries()));
        String time = String.format("%8s  ", rows.offset(now));
        for (Entry entry : durable.entries()) {
            if (entry.event() instanceof RunEvent.OfItem of && of.event() instanceof ItemEvent.Submitted submitted) {
                owners.put(submitted.jobId(), submitted.item());
            }
            out.append(time).append(StoryText.event(entry, state)).append('\n');
        }
        List<Input> answers = new ArrayList<>();
        for (KernelCommand command : durable.commands()) {
            Optional<Input> answer = standingAnswer(command);
            answer.ifPresent(answers::add);
            boolean shown = answer.isEmpty()
                    || command.kind() == KernelCommand.Kind.CANCEL
                    || command.kind() == KernelCommand.Kind.CANCEL_PENDING;
            if (shown) {
                out.append(time).append(StoryText.command(command)).append('\n');
            }
            if (answer.isEmpty() && command instanceof KernelCommand.Query ask) {
                unanswered.add(ask);
            } else if (command instanceof KernelCommand.Submit submit) {
                submits.add(submit);
            } else if (command instanceof KernelCommand.LookUp find) {
                finds.add(find);
            }
        }
        answers.forEach(this::step);
    }

    /** {@code silent}, or {@code finds} the jobs that wait, or nothing of both: it finds those that were seen waiting. */
    private void scancel(String rest) {
        cancelsFail = rest.equals("silent");
        cancelsFind = rest.startsWith("finds")
                ? Optional.of(List.of(rest.substring("finds".length()).strip().split(" ")))
                : Optional.empty();
    }

    private CancelAnswer cancelAnswer(Set<JobId> jobs) {
        Set<JobId> waited = new HashSet<>(jobs);
        waited.removeIf(job -> cancelsFind.isPresent()
                ? !cancelsFind.get().contains(job.value())
                : owner(job).filter(item -> item.state() == ItemState.QUEUED).isEmpty());
        return cancelsFail ? new CancelAnswer.NoAnswer("no answer") : new CancelAnswer.Sent(waited);
    }

    private Optional<Input> standingAnswer(KernelCommand command) {
        if (command instanceof KernelCommand.ReadFiles read) {
            return hungFiles.contains(read.item())
                    ? Optional.empty()
                    : Optional.of(new Input.FilesRead(read.item(), files.getOrDefault(read.item(), ItemFiles.NONE)));
        }
        if (command instanceof KernelCommand.ReadRecords read) {
            List<Input> found = unseen.getOrDefault(read.item(), List.of());
            return Optional.of(new Input.RecordsRead(
                    read.item(),
                    found.stream()
                            .filter(Input.StartSeen.class::isInstance)
                            .map(Input.StartSeen.class::cast)
                            .findFirst(),
                    found.stream()
                            .filter(Input.RecordSeen.class::isInstance)
                            .map(Input.RecordSeen.class::cast)
                            .findFirst()));
        }
        if (command instanceof KernelCommand.Cancel cancel) {
            return Optional.of(new Input.CancelAnswered(cancel.jobs(), cancelAnswer(cancel.jobs())));
        }
        if (command instanceof KernelCommand.CancelPending withdraw) {
            return Optional.of(new Input.CancelAnswered(withdraw.jobs(), cancelAnswer(withdraw.jobs())));
        }
        if (!(command instanceof KernelCommand.Query ask) || !standing.containsKey(ask.role())) {
            return Optional.empty();
        }
        asked.merge(ask.role(), 1, Integer::sum);
        Source source = ask.role() == Role.ACCOUNTING ? Source.SACCT : plan.controller();
        String reply = standing.get(ask.role());
        return Optional.of(
                switch (reply) {
                    case "silent" -> silent(source, "no answer");
                    case "off" -> noAccounting();
                    default -> observed(source, reply, ask.jobs());
                });
    }
}
