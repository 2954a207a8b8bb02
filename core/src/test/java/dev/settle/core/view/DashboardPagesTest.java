package dev.settle.core.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.run.TestRun;
import dev.settle.core.view.html.Fragment;
import dev.settle.core.view.html.dashboard.Balance;
import dev.settle.core.view.html.dashboard.Frame;
import dev.settle.core.view.html.dashboard.Handing;
import dev.settle.core.view.html.dashboard.ItemPage;
import dev.settle.core.view.html.dashboard.ItemQuery;
import dev.settle.core.view.html.dashboard.ListPage;
import dev.settle.core.view.html.dashboard.ListQuery;
import dev.settle.core.view.html.dashboard.RunCard;
import dev.settle.core.view.html.dashboard.RunPage;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** The pages of the dashboard, whatever names and outputs say. */
final class DashboardPagesTest {
    private static final String EVIL =
            "<script>alert('1')</script> & \" \u001B[31m \u0000 \uFFFE \uD800 ]]> <!-- é 日本 🚀";
    private static final ItemQuery ALL = new ItemQuery(Optional.empty(), "", 1);
    private static final ListQuery RUNS = new ListQuery(Optional.empty(), "", "", 1);

    private static RunView failed() {
        return Samples.view(Samples.failed());
    }

    @TestFactory
    Stream<DynamicTest> everyPageOfEachRunIsWellFormedAndHasOneScript() {
        return Samples.all().entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> {
                    RunView view = Samples.view(each.getValue());
                    check(runPage(view, new ItemQuery(Optional.empty(), "\"><script>" + EVIL, 1)));
                    check(runPage(view, ALL));
                    if (!view.items().isEmpty()) {
                        check(ItemPage.page(
                                view,
                                view.items().get(0),
                                ItemPage.parts(view, view.items().get(0), List.of(Line.of(EVIL)), Optional.of(EVIL)),
                                "form"));
                    }
                    check(listPage(List.of(RunCard.of(view)), new ListQuery(Optional.of(EVIL), EVIL, EVIL, 1)));
                    check(listPage(List.of(RunCard.of(view)), RUNS));
                }));
    }

    @Test
    void doorAndMessagesAreWellFormed() throws Exception {
        check(Frame.door());
        check(Frame.message(EVIL, EVIL));
    }

    @Test
    void theHeadlineAndTheHintAreThoseOfTheTerminal() {
        for (TestRun run : Samples.all().values()) {
            RunView view = Samples.view(run);
            String page = RunPage.parts(view, ALL, Optional.empty(), Handing.NONE, Optional.empty())
                    .get("head")
                    .html();
            String headline = Text.clean(view.headline());
            assertThat(unescaped(page)).contains(headline);
            view.hint().ifPresent(hint -> assertThat(unescaped(page)).contains(Text.clean(hint)));
        }
    }

    @Test
    void aDamagedRunStandsBesideTheOthers() throws Exception {
        RunList.Unreadable damaged = RunList.Unreadable.damaged("zzzz9999", "/x/journal.log", "line 3 " + EVIL);
        ListPage.Content content = new ListPage.Content(List.of(RunCard.of(failed())), List.of(damaged));
        Map<String, Fragment> rows = ListPage.rows(content, RUNS, failed().now());
        assertThat(rows.keySet()).containsExactly("run-zzzz9999", "run-" + failed().id());
        assertThat(rows.get("run-zzzz9999").html()).contains(">damaged<").contains("line 3");
        assertThat(ListPage.rows(content, new ListQuery(Optional.of("damaged"), "", "", 1), failed().now()))
                .containsOnlyKeys("run-zzzz9999");
    }

    @Test
    void aLongListIsShownByPages() {
        RunCard card = RunCard.of(failed());
        List<RunCard> many = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            RunSummary run = card.summary();
            many.add(new RunCard(
                    new RunSummary(
                            "r" + i,
                            "name-" + i,
                            run.backend(),
                            run.state(),
                            run.settled(),
                            run.exitStatus(),
                            run.reason(),
                            run.headline(),
                            run.total(),
                            run.counts(),
                            run.unconfirmed(),
                            run.createdAt(),
                            run.finishedAt(),
                            run.style()),
                    card.banner()));
        }
        ListPage.Content content = new ListPage.Content(many, List.of());
        assertThat(ListPage.rows(content, RUNS, failed().now())).hasSize(50).containsKey("run-r0");
        assertThat(ListPage.rows(content, new ListQuery(Optional.empty(), "", "", 3), failed().now()))
                .hasSize(20)
                .containsKey("run-r119");
        assertThat(ListPage.rows(content, new ListQuery(Optional.empty(), "name-1?", "", 1), failed().now()))
                .hasSize(10);
        assertThat(ListPage.rows(content, new ListQuery(Optional.empty(), "", "NAME-11", 1), failed().now()))
                .hasSize(11);
    }

    private static String runPage(RunView view, ItemQuery query) {
        Map<String, Fragment> rows = new LinkedHashMap<>();
        query.page(view).forEach(item -> rows.put(RunPage.key(item), RunPage.row(view, item, any -> List.of(EVIL))));
        return RunPage.page(
                view,
                RunPage.parts(
                        view,
                        query,
                        Optional.of(EVIL),
                        Handing.HAND_OVER,
                        Optional.of(new Balance(
                                OptionalDouble.of(3), Optional.of("javascript:alert(1)"), Optional.empty()))),
                rows,
                query,
                7,
                "form");
    }

    private static String listPage(List<RunCard> runs, ListQuery query) {
        ListPage.Content content =
                new ListPage.Content(runs, List.of(RunList.Unreadable.damaged("zzzz9999", EVIL, EVIL)));
        return ListPage.page(
                ListPage.parts(content, query, Optional.of(EVIL)),
                ListPage.rows(content, query, failed().now()),
                query,
                7,
                failed().now());
    }

    private static void check(String page) throws Exception {
        Document parsed = parse(page);
        assertThat(parsed.getElementsByTagName("script").getLength()).isEqualTo(1);
        assertThat(parsed.getElementsByTagName("style").getLength()).isEqualTo(1);
        assertThat(page).doesNotContain("<img", " style=", " onload", " onclick", "javascript:");
    }

    private static String unescaped(String page) {
        return page.replace("&#39;", "'")
                .replace("&quot;", "\"")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&");
    }

    private static Document parse(String page) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        String xml = page.replaceFirst("<!DOCTYPE html>", "");
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }
}
