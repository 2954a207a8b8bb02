package dev.settle.core.kernel;

import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunState;
import dev.settle.core.scheduler.CancelAnswer;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.LimitUsageAnswer;
import dev.settle.core.scheduler.LookupAnswer;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.scheduler.SubmitToken;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes down what reaches a kernel as the text of a story: a timeline that went wrong becomes a test of its own. */
public final class StoryWriter {
    private final StringBuilder text = new StringBuilder();
    private final Map<SubmitToken, ItemId> firstOf = new HashMap<>();
    private final Rows rows = new Rows(Story.START, this::owner);
    private RunState state;
    private Instant at = Story.START;
    private Duration clockOff = Duration.ZERO;
    private String cancelAnswer = "";
    private int lives;

    /** A story of a run with this plan under this policy; what else the plan says is left out. */
    public StoryWriter(Plan plan, Policy policy) {
        this.state = new RunState(plan);
        text.append("plan\n");
        plan.items().forEach(item -> text.append(item(item)).append('\n'));
        text.append(String.format(
                Locale.ROOT,
                "policy interval=%ds interval_max=%ds settle_timeout=%ds lost_after=%ds max=%d array=%d%n----%n%n",
                policy.interval().toSeconds(),
                policy.intervalMax().toSeconds(),
                policy.settleTimeout().toSeconds(),
                policy.lostAfter().toSeconds(),
                policy.maxConcurrent(),
                policy.arrayMax()));
    }

    private static String item(PlanItem item) {
        StringBuilder words = new StringBuilder("item " + item.id());
        if (!item.deps().isEmpty()) {
            words.append(" deps=").append(joined(item.deps()));
        }
        if (item.retries().max() > 0) {
            words.append(" retries=").append(item.retries().max());
            words.append(" on=")
                    .append(item.retries().on().stream()
                            .map(r -> r.word())
                            .sorted()
                            .collect(Collectors.joining(",")));
            words.append(" delay=").append(item.retries().delay().toSeconds()).append('s');
        }
        item.resources().cpus().ifPresent(cpus -> words.append(" cpus=").append(cpus));
        item.jobId().ifPresent(job -> words.append(" job=").append(job));
        return words.toString();
    }

    private static String joined(Collection<?> all) {
        return all.stream().map(Object::toString).collect(Collectors.joining(","));
    }

    private Optional<Item> owner(JobId job) {
        return state.items().stream()
                .filter(item -> item.attempt().jobId().filter(job::equals).isPresent())
                .reduce((first, second) -> second);
    }

    /**
     * A driver takes the run.
     *
     * @param word of stories for it, if it is not the first one: after a crash, or for a resume
     */
    public void driver(RunState driven, Instant now, Duration off, String word) {
        state = driven;
        if (lives++ > 0) {
            line(now, off, word);
        } else {
            clock(off);
        }
    }

    /** A submission goes out. */
    public void submits(SubmitToken token, ItemId first) {
        firstOf.put(token, first);
    }

    /** An input reaches the kernel. */
    public void input(Input input, Instant now, Duration off) {
        for (String line : lines(input, now)) {
            line(now, off, line);
        }
    }

    private void line(Instant now, Duration off, String line) {
        if (now.isAfter(at)) {
            text.append("at ").append(rows.offset(now)).append('\n');
            at = now;
        }
        clock(off);
        text.append(line).append('\n');
    }

    private void clock(Duration off) {
        if (!off.equals(clockOff)) {
            text.append("clock ").append(off.minus(clockOff).toMillis()).append("ms\n");
            clockOff = off;
        }
    }

    private List<String> lines(Input input, Instant now) {
        return switch (input.kind()) {
            case SUBMIT_ANSWERED -> {
                Input.SubmitAnswered answered = (Input.SubmitAnswered) input;
                yield List.of(submitted(answered.answer()) + " for " + firstOf.get(answered.token()));
            }
            case LOOKUP_ANSWERED -> {
                Input.LookupAnswered answered = (Input.LookupAnswered) input;
                yield List.of(found(answered.answer()) + " for " + firstOf.get(answered.token()));
            }
            case HELD_BACK -> {
                Input.HeldBack held = (Input.HeldBack) input;
                yield List.of("held " + held.source().word() + " "
                        + Duration.between(now, held.until()).toMillis() + "ms " + held.text());
            }
            case OBSERVED -> List.of(observed(((Input.Observed) input).answer()));
            case RECORD_SEEN -> List.of(record((Input.RecordSeen) input));
            case START_SEEN -> List.of(start((Input.StartSeen) input));
            // What was found is told as it would have been seen: before the question, not after it.
            case RECORDS_READ -> {
                Input.RecordsRead read = (Input.RecordsRead) input;
                yield Stream.concat(read.start().map(this::start).stream(), read.end().map(this::record).stream())
                        .toList();
            }
            case CANCEL_ASKED -> {
                Input.CancelAsked asked = (Input.CancelAsked) input;
                yield List.of("cancel " + joined(asked.items()).replace(',', ' ') + " by=" + asked.by());
            }
            case CANCEL_ANSWERED -> {
                String answer = ((Input.CancelAnswered) input).answer() instanceof CancelAnswer.Sent sent
                        ? "scancel finds " + joined(sent.waited()).replace(',', ' ')
                        : "scancel silent";
                List<String> change = answer.equals(cancelAnswer) ? List.of() : List.of(answer);
                cancelAnswer = answer;
                yield change;
            }
            case LIMIT_USAGE_ANSWERED -> {
                Input.LimitUsageAnswered answered = (Input.LimitUsageAnswered) input;
                boolean below = answered.answer().kind() == LimitUsageAnswer.Kind.BELOW_LIMIT;
                yield List.of("spend " + answered.item() + (below ? " below" : " silent"));
            }
            // Ticks come by themselves; files are none, and answered at once.
            case TICK, FILES_READ, GENERATED_READ, STOP_ASKED, FROM_SOURCE -> List.of();
        };
    }

    private static String submitted(SubmitAnswer answer) {
        return switch (answer.kind()) {
            case ACCEPTED ->
                "accept " + joined(((SubmitAnswer.Accepted) answer).jobs()).replace(',', ' ');
            case REFUSED ->
                "refuse " + ((SubmitAnswer.Refused) answer).refusal().name().toLowerCase(Locale.ROOT) + " "
                        + ((SubmitAnswer.Refused) answer).text();
            case UNCLEAR -> unclear((SubmitAnswer.Unclear) answer);
        };
    }

    private static String unclear(SubmitAnswer.Unclear answer) {
        String refusal = answer.ifNotFound()
                .map(each -> each.name().toLowerCase(Locale.ROOT))
                .orElse("-");
        return switch (answer.ending()) {
            case SILENT -> "unclear " + answer.text().strip();
            case CUT_OFF -> "cutoff " + refusal + " " + answer.text().strip();
            case REPORTED -> "reported " + refusal + " " + answer.text().strip();
        };
    }

    private static String found(LookupAnswer answer) {
        return switch (answer.kind()) {
            case FOUND ->
                "found " + joined(((LookupAnswer.Found) answer).jobs()).replace(',', ' ');
            case NOT_FOUND -> "found nothing";
            case NO_ANSWER -> "found silent";
        };
    }

    private String observed(QueryAnswer answer) {
        if (answer instanceof QueryAnswer.NoAnswer no) {
            return "silent " + no.source().word() + " " + no.text().strip();
        }
        if (!(answer instanceof QueryAnswer.Answered answered)) {
            return "no_accounting";
        }
        List<String> told = new ArrayList<>();
        for (JobObservation observation : answered.observations()) {
            told.add(rows.text(observation));
        }
        return answered.source().word() + " about "
                + answered.about().stream().sorted().map(JobId::value).collect(Collectors.joining(",")) + " from "
                + rows.offset(answered.at().minus(clockOff)) + " " + String.join(", ", told);
    }

    private String start(Input.StartSeen seen) {
        return "started " + seen.item() + " restarts=" + seen.restarts() + " token=" + seen.token()
                + seen.observation()
                        .startedAt()
                        .map(t -> " start=" + rows.offset(t))
                        .orElse("")
                + seen.observation().node().map(node -> " node=" + node).orElse("");
    }

    private String record(Input.RecordSeen seen) {
        JobObservation s = seen.observation();
        String how = s.signal().isPresent()
                ? "signal " + s.signal().getAsInt()
                : "exit " + s.exitCode().orElse(0);
        return "record " + seen.item() + " " + how + " restarts=" + seen.restarts() + " token=" + seen.token()
                + s.startedAt().map(t -> " start=" + rows.offset(t)).orElse("")
                + s.endedAt().map(t -> " end=" + rows.offset(t)).orElse("")
                + (s.terminated() ? " terminated" : "");
    }

    /** The story so far, with what the kernel makes of it. */
    public String told() {
        String story = "# A timeline of the simulation.\n" + text + "show\n----\n\n";
        try {
            return StoryTest.retold(story);
        } catch (RuntimeException | AssertionError e) {
            // Told as far as it goes: a story answers in another order than a cluster does.
            return story + "(cannot be retold: " + e + ")\n";
        }
    }
}
