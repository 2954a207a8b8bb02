package dev.settle.core.view.html.dashboard;

import dev.settle.core.model.QueueSpec;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.Markup;
import dev.settle.core.view.RunView;
import dev.settle.core.view.Text;
import dev.settle.core.view.html.Fragment;
import dev.settle.core.view.html.Pages;
import dev.settle.core.view.html.page.Banner;
import java.util.Optional;

/** How a run stands, as in its report, and what its step queue says of credits. */
public final class RunHead {
    private RunHead() {}

    /**
     * What a step queue says.
     *
     * @param url empty for a run that no queue feeds
     * @param balance in words
     * @param link where to top up
     */
    public record Queue(String url, String balance, Optional<String> link) {}

    static Fragment of(RunView view) {
        return Pages.fragment("live/head.jte", Banner.of(view));
    }

    static Fragment balance(RunView view, Optional<Balance> balance) {
        Optional<QueueSpec> queue = view.run().plan().queue();
        if (queue.isEmpty()) {
            return Pages.fragment("live/queue.jte", new Queue("", "", Optional.empty()));
        }
        return Pages.fragment(
                "live/queue.jte",
                new Queue(
                        Text.clean(queue.get().url()),
                        balance.map(RunHead::words).orElse("not known yet"),
                        balance.flatMap(Balance::link)
                                .or(() -> view.run().plan().credits().topupUrl())
                                .filter(Markup::isWebAddress)));
    }

    private static String words(Balance balance) {
        if (balance.trouble().isPresent()) {
            return Text.clean(balance.trouble().get());
        }
        return balance.credits().isPresent()
                ? Amounts.number(balance.credits().getAsDouble()) + " credits"
                : "the step queue reports none";
    }
}
