package dev.settle.app.cli;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.stepqueue.client.Answer;
import dev.settle.app.stepqueue.client.CallFailure;
import dev.settle.app.stepqueue.client.QueueSettings;
import dev.settle.app.stepqueue.client.ServiceBodies.AutoTopup;
import dev.settle.app.stepqueue.client.StepQueueClient;
import dev.settle.core.json.Json;
import dev.settle.core.view.Amounts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle credits}: what is left with a step queue, and how more comes in. */
final class CreditsCommand implements Command {
    /** What a top-up link is asked for unless {@code --amount} says otherwise; the page behind it lets the user choose. */
    private static final double AMOUNT = 10;

    @Override
    public CommandSpec spec() {
        return Options.of(
                        "credits",
                        "--queue URL [OPTIONS]",
                        "Shows a step queue's balance, where to top up, and whether it tops up automatically.")
                .value("--queue", "URL", "The step queue, as in queue.url of a run file.")
                .value("--token-env", "NAME", "The variable that holds the token. Default: SETTLE_QUEUE_TOKEN.")
                .value("--auto-topup", "on|off", "Switch the automatic top-up on or off.")
                .value("--threshold", "N", "With --auto-topup on: top up when fewer than N credits are left.")
                .value("--amount", "N", "How many credits a top-up buys.")
                .under(Options.OUTPUT)
                .flag("--json", "Write a JSON document.")
                .under(Options.OWN)
                .examples("settle credits --queue https://queue.example.org")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) {
        String url = Options.text(args, "--queue")
                .orElseThrow(() -> Failure.usage(
                        "which step queue?", "Write: settle credits --queue URL, as in queue.url of a run file"));
        StepQueueClient client = client(url, Options.text(args, "--token-env"), app);
        OptionalDouble amount = number(args, "--amount");
        Optional<Answer<AutoTopup>> switched =
                Options.choice(args, "--auto-topup").map(word -> client.autoTopup(wanted(args, word, amount)));
        switched.ifPresent(answer -> orElseFail(answer, "the automatic top-up"));
        Answer<OptionalDouble> balance = client.balance();
        OptionalDouble credits = orElseFail(balance, "the balance");
        Optional<String> link = client.checkout(amount.orElse(AMOUNT)).body().flatMap(found -> found);
        Answer<AutoTopup> auto = switched.orElseGet(client::autoTopup);
        if (Options.has(args, "--json")) {
            app.console().document(Json.write(tree(url, credits, link, auto, client.autoTopupUrl())) + "\n");
        } else {
            String again = "settle credits --queue " + url
                    + Options.text(args, "--token-env")
                            .map(name -> " --token-env " + name)
                            .orElse("")
                    + " --auto-topup on";
            app.console()
                    .out(app.console()
                                    .addressed(
                                            String.join("\n", lines(credits, link, auto, client.autoTopupUrl(), again)))
                            + "\n");
        }
        return ExitStatus.COMPLETED;
    }

    private static StepQueueClient client(String url, Optional<String> tokenEnv, App app) {
        List<String> problems = new ArrayList<>();
        Map<String, String> variables = app.environment().variables();
        QueueSettings settings = QueueSettings.of(variables, problems);
        Optional<StepQueueClient> client =
                StepQueueClient.open(url, tokenEnv, variables, app.version(), settings.limits(), problems);
        if (!problems.isEmpty()) {
            throw Failure.usage(problems.toArray(String[]::new));
        }
        return client.orElseThrow();
    }

    private static AutoTopup wanted(ParseResult args, String word, OptionalDouble amount) {
        return new AutoTopup(Optional.of(word.equals("on")), number(args, "--threshold"), amount);
    }

    private static OptionalDouble number(ParseResult args, String option) {
        Optional<String> text = Options.text(args, option);
        return text.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(PlanOptions.credits(option, text.get()));
    }

    private static <T> T orElseFail(Answer<T> answer, String what) {
        if (answer.body().isPresent()) {
            return answer.body().get();
        }
        CallFailure failure = answer.failure().orElseThrow();
        boolean unavailable = failure.kind() == CallFailure.Kind.UNAVAILABLE;
        throw new Failure(
                unavailable ? ExitStatus.SCHEDULER_UNREACHABLE : ExitStatus.INTERRUPTED,
                List.of("the step queue does not tell " + what + ": " + failure.text()));
    }

    private static List<String> lines(
            OptionalDouble credits, Optional<String> link, Answer<AutoTopup> auto, String autoUrl, String again) {
        List<String> lines = new ArrayList<>();
        lines.add("Balance: "
                + (credits.isPresent()
                        ? Amounts.credits(credits.getAsDouble()) + " credits"
                        : "the step queue names none"));
        lines.add("Top up: " + link.orElse("the step queue names no link"));
        if (auto.body().isEmpty()) {
            lines.add("Automatic top-up: not known ("
                    + auto.failure().orElseThrow().text() + ")");
            return lines;
        }
        AutoTopup topup = auto.body().get();
        if (!topup.enabled()) {
            lines.add("Automatic top-up: off (" + autoUrl + ")");
            lines.add("Switch it on: " + again);
            return lines;
        }
        String buys = topup.amount().isPresent()
                ? ", " + Amounts.credits(topup.amount().getAsDouble()) + " credits"
                : "";
        String when = topup.threshold().isPresent()
                ? " when fewer than " + Amounts.credits(topup.threshold().getAsDouble()) + " are left"
                : "";
        lines.add("Automatic top-up: on" + buys + when + " (" + autoUrl + ")");
        return lines;
    }

    private static Map<String, @Nullable Object> tree(
            String url, OptionalDouble credits, Optional<String> link, Answer<AutoTopup> auto, String autoUrl) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("schema", "settle.credits/1");
        tree.put("queue", url);
        tree.put("balance_credits", credits);
        tree.put("topup_url", link);
        Map<String, @Nullable Object> topup = new LinkedHashMap<>();
        topup.put("enabled", auto.body().map(AutoTopup::enabled));
        topup.put("threshold_credits", auto.body().map(AutoTopup::threshold).orElse(OptionalDouble.empty()));
        topup.put("topup_amount_credits", auto.body().map(AutoTopup::amount).orElse(OptionalDouble.empty()));
        topup.put("url", autoUrl);
        tree.put("auto_topup", topup);
        return tree;
    }
}
