package dev.settle.core.view;

import dev.settle.core.model.Expect;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.QueueSpec;
import dev.settle.core.model.Resources;
import dev.settle.core.text.Durations;
import dev.settle.core.text.PlainText;
import dev.settle.core.text.Sizes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** A plan as a tree of text, as {@code settle validate} prints it. */
public final class PlanText {
    private static final int TEXT_MAX = 100;
    private static final int NAMES_MAX = 5;

    private final Appendable out;
    private final Lines lines;

    /** What the branches of the tree are drawn with. */
    public enum Lines {
        BOXES("├─ ", "└─ ", "│  "),
        ASCII("|- ", "`- ", "|  ");

        private final String branch;
        private final String last;
        private final String past;

        Lines(String branch, String last, String past) {
            this.branch = branch;
            this.last = last;
            this.past = past;
        }
    }

    private PlanText(Appendable out, Lines lines) {
        this.out = out;
        this.lines = lines;
    }

    /** Writes the tree: the run, each item, and under it what is said about it. Items of one matrix are one branch. */
    public static void tree(Plan plan, Appendable out, Lines lines) throws IOException {
        PlanText text = new PlanText(out, lines);
        text.line("", head(plan));
        if (plan.queue().isPresent()) {
            text.queue(plan.queue().get());
        } else {
            text.items(plan.items());
        }
    }

    private static String head(Plan plan) {
        StringJoiner facts = new StringJoiner(", ", PlainText.oneLine(plan.name()) + ": ", "");
        facts.add(
                plan.queue().isPresent()
                        ? "steps of a queue"
                        : count(plan.items().size(), "item"));
        plan.backend().ifPresent(backend -> facts.add("on " + backend.word()));
        plan.maxConcurrent().ifPresent(cap -> facts.add("at most " + cap + " at once"));
        plan.maxFailures().ifPresent(cap -> facts.add("stops after " + count(cap, "failure")));
        if (plan.exclusive()) {
            facts.add("one live run of this name");
        }
        plan.budgetCpuHours().ifPresent(hours -> facts.add("at most " + number(hours) + " cpu hours"));
        if (plan.credits().onExhausted() == Plan.OnExhausted.WAIT) {
            facts.add("waits for credits");
        }
        plan.notification().ifPresent(notify -> facts.add("notifies by " + shortened(notify.command())));
        return facts.toString();
    }

    private void queue(QueueSpec queue) throws IOException {
        List<String> facts = new ArrayList<>();
        facts.add("from " + PlainText.oneLine(queue.url()));
        queue.run().ifPresent(run -> facts.add("attaches to " + PlainText.oneLine(run)));
        queue.steps().ifPresent(steps -> facts.add(count(steps, "step")));
        facts.add(
                queue.command().map(command -> "runs " + shortened(command)).orElse("runs the command of the service"));
        facts.add(queue.metric()
                .map(metric -> (queue.maximizes() ? "maximizes " : "minimizes ") + PlainText.oneLine(metric))
                .orElse("measures what the service says"));
        for (int i = 0; i < facts.size(); i++) {
            line(i + 1 == facts.size() ? lines.last : lines.branch, facts.get(i));
        }
    }

    private void items(List<PlanItem> items) throws IOException {
        int at = 0;
        while (at < items.size()) {
            int end = endOfMatrix(items, at);
            boolean last = end == items.size();
            String branch = last ? lines.last : lines.branch;
            String below = last ? "   " : lines.past;
            if (end - at == 1) {
                item(items.get(at), branch, below);
            } else {
                line(branch, base(items.get(at)) + ": " + count(end - at, "item"));
                for (int i = at; i < end; i++) {
                    boolean lastOfMatrix = i + 1 == end;
                    item(
                            items.get(i),
                            below + (lastOfMatrix ? lines.last : lines.branch),
                            below + (lastOfMatrix ? "   " : lines.past));
                }
            }
            at = end;
        }
    }

    private void item(PlanItem item, String branch, String below) throws IOException {
        String name = item.name().equals(item.id().value()) ? "" : " (" + PlainText.oneLine(item.name()) + ")";
        line(branch, item.id() + name + ": " + shortened(item.script()));
        for (String fact : facts(item)) {
            line(below + "  ", fact);
        }
    }

    private static List<String> facts(PlanItem item) {
        List<String> facts = new ArrayList<>();
        if (!item.deps().isEmpty()) {
            facts.add("after " + deps(item.deps()));
        }
        String asks = asks(item);
        if (!asks.isEmpty()) {
            facts.add(asks);
        }
        StringJoiner more = new StringJoiner(", ");
        item.workingDir().ifPresent(dir -> more.add("in " + PlainText.oneLine(dir)));
        item.timeout().ifPresent(timeout -> more.add("timeout " + Durations.format(timeout)));
        if (item.retries().max() > 0) {
            more.add("up to "
                    + (item.retries().max() == 1 ? "1 retry" : item.retries().max() + " retries")
                    + (item.retries().growth().isNone()
                            ? ""
                            : " (" + item.retries().growth() + (item.retries().max() == 1 ? ")" : " each time)")));
        }
        if (!item.expect().equals(Expect.ZERO)) {
            more.add("expects " + expect(item.expect()));
        }
        item.generatesSource().ifPresent(file -> more.add("generates " + PlainText.oneLine(file)));
        item.output().ifPresent(file -> more.add("output " + PlainText.oneLine(file)));
        item.error().ifPresent(file -> more.add("error " + PlainText.oneLine(file)));
        if (more.length() > 0) {
            facts.add(more.toString());
        }
        if (!item.env().isEmpty()) {
            facts.add("env " + env(item.env().keySet()));
        }
        return facts;
    }

    private static String asks(PlanItem item) {
        Resources wanted = item.resources();
        StringJoiner asks = new StringJoiner(", ");
        wanted.cpus().ifPresent(cpus -> asks.add(count(cpus, "cpu")));
        wanted.memoryBytes().ifPresent(bytes -> asks.add("memory " + Sizes.format(bytes)));
        wanted.gpus().ifPresent(gpus -> asks.add(count(gpus, "gpu")));
        wanted.gres().ifPresent(gres -> asks.add("gres " + PlainText.oneLine(gres)));
        wanted.timeLimit().ifPresent(limit -> asks.add("time limit " + Durations.format(limit)));
        wanted.partition().ifPresent(partition -> asks.add("partition " + PlainText.oneLine(partition)));
        wanted.account().ifPresent(account -> asks.add("account " + PlainText.oneLine(account)));
        wanted.qos().ifPresent(qos -> asks.add("qos " + PlainText.oneLine(qos)));
        wanted.constraint().ifPresent(constraint -> asks.add("constraint " + PlainText.oneLine(constraint)));
        wanted.extra().forEach(option -> asks.add(PlainText.oneLine(option)));
        return asks.toString();
    }

    private static String expect(Expect expect) {
        StringJoiner words = new StringJoiner(" and ");
        if (!expect.exitCodes().isEmpty()) {
            words.add("exit code "
                    + String.join(
                            " or ",
                            expect.exitCodes().stream()
                                    .sorted()
                                    .map(String::valueOf)
                                    .toList()));
        }
        expect.metric()
                .ifPresent(metric ->
                        words.add(metric.name() + " " + metric.operator().symbol() + " " + number(metric.number())));
        return words.toString();
    }

    private static String env(Set<String> names) {
        String shown = names.stream().limit(NAMES_MAX).collect(Collectors.joining(" "));
        return names.size() > NAMES_MAX ? shown + " and " + (names.size() - NAMES_MAX) + " more" : shown;
    }

    private static String deps(List<ItemId> deps) {
        StringJoiner names = new StringJoiner(", ");
        deps.stream().limit(NAMES_MAX).forEach(dep -> names.add(dep.value()));
        return deps.size() > NAMES_MAX ? names + " and " + (deps.size() - NAMES_MAX) + " more" : names.toString();
    }

    /** Where the items that share the base of their id with the one at {@code at} end. */
    private static int endOfMatrix(List<PlanItem> items, int at) {
        String base = base(items.get(at));
        int end = at + 1;
        if (!base.equals(items.get(at).id().value())) {
            while (end < items.size() && base(items.get(end)).equals(base)) {
                end++;
            }
        }
        return end;
    }

    private static String base(PlanItem item) {
        String id = item.id().value();
        int open = id.indexOf('[');
        return open > 0 && id.endsWith("]") ? id.substring(0, open) : id;
    }

    /** The first line of a script that says something, cut to one line of a terminal. */
    private static String shortened(String script) {
        String[] all = script.strip().split("\n");
        int first = 0;
        while (first < all.length - 1 && isPreamble(all[first])) {
            first++;
        }
        String line = PlainText.oneLine(all[first].strip());
        boolean cut = line.length() > TEXT_MAX;
        return (cut ? line.substring(0, TEXT_MAX) : line) + (cut || first < all.length - 1 ? " ..." : "");
    }

    private static boolean isPreamble(String line) {
        return line.isBlank() || line.startsWith("#") || line.startsWith("set -");
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private static String number(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number);
    }

    private void line(String before, String text) throws IOException {
        out.append(before).append(text).append('\n');
    }
}
