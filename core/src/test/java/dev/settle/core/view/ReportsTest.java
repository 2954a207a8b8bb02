package dev.settle.core.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Resources;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.run.TestRun;
import dev.settle.core.view.document.JUnitReport;
import dev.settle.core.view.html.HtmlReport;
import dev.settle.core.view.html.page.Failures;
import dev.settle.testdata.Golden;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.Writer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The reports for other programs and for browsers. */
final class ReportsTest {
    private static final String EVIL =
            "<script>alert('1')</script> & \" \u001B[31m \u0000 \uFFFE \uD800 ]]> <!-- é 日本 🚀";
    private static final OutputTail TAIL = item -> List.of("last words of " + item.id(), EVIL);

    @TestFactory
    Stream<DynamicTest> junitOfEachRunIsAsPublished() {
        return Samples.all().entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(
                        each.getKey(),
                        () -> Golden.check("view/junit-" + each.getKey() + ".xml", junit(each.getValue()))));
    }

    @TestFactory
    Stream<DynamicTest> pageOfEachRunIsWellFormedAndNeedsNothingElse() {
        return Samples.all().entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> {
                    String page = html(each.getValue());
                    Document document = parse(page);
                    assertThat(document.getDocumentElement().getTagName()).isEqualTo("html");
                    assertThat(document.getElementsByTagName("script").getLength())
                            .as("its own, which the content policy knows by its hash")
                            .isEqualTo(1);
                    assertThat(page)
                            .contains("default-src &#39;none&#39;")
                            .doesNotContain("<link", "<img", "<iframe", " src=", "url(", "@import", "onload");
                }));
    }

    @Test
    void pageIsAsPublished() throws Exception {
        // Style and script are resources of their own, and the policy has their hashes.
        String page = html(Samples.failed())
                .replaceAll("(?s)<(style|script)>.*?</\\1>", "<$1></$1>")
                .replaceAll("'?sha256-[A-Za-z0-9+/=]+", "sha256-HASH");
        Golden.check("view/report-failed.html", page);
    }

    @Test
    void headlineIsTheSameInTheReportsAsEverywhere() throws Exception {
        for (TestRun run : Samples.all().values()) {
            String headline = Samples.view(run).headline();
            Element h1 = (Element) parse(html(run)).getElementsByTagName("h1").item(0);
            assertThat(h1.getTextContent()).isEqualTo(headline);
            assertThat(property(parse(junit(run)), "settle.headline")).isEqualTo(headline);
        }
    }

    @Test
    void countsOverTimeEndWithWhatGoesOn() throws Exception {
        for (TestRun run : Samples.all().values()) {
            RunView view = Samples.view(run);
            String page = html(run);
            if (!page.contains("Items over time")) {
                continue;
            }
            for (ItemState state : List.of(ItemState.COMPLETED, ItemState.SETTLING, ItemState.RUNNING)) {
                assertThat(page)
                        .contains("</svg> " + state.word() + " <b>"
                                + view.counts().of(state) + "</b>");
            }
        }
    }

    @Test
    void muchWasteIsASentence() throws Exception {
        Resources much = new Resources(
                OptionalInt.of(1),
                OptionalLong.of(8L << 30),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.of(Duration.ofHours(4)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of());
        TestRun run = TestRun.of(TestRun.plan(
                "waste",
                TestRun.items("a", "b").stream()
                        .map(item -> item.withResources(much))
                        .toList()));
        run.complete("a", "b").end(StopReason.COMPLETED);
        assertThat(html(run))
                .contains("Memory: no item used more than 1.0 MiB of up to 8.0 GiB requested.")
                .contains("Time: no item ran longer than 1m 01s of a limit of up to 4h 00m.")
                .doesNotContain("Cores: the items used");
        assertThat(html(Samples.completed())).doesNotContain("no item used more than", "no item ran longer than");
    }

    @Test
    void stopComesBeforeTheItems() throws Exception {
        String page = html(Samples.outOfCredits());
        int headline = page.indexOf("Run interrupted: out of credits.</h1>");
        int evidence = page.indexOf("AssocGrpBillingMinutes");
        int next = page.indexOf("Top up at https://credits.example.org/topup");
        int items = page.indexOf("<th scope=\"row\">");
        assertThat(List.of(headline, evidence, next, items)).isSorted().allMatch(at -> at > 0);
        assertThat(page).contains("href=\"https://credits.example.org/topup\"");
    }

    @Test
    void whatJobsSayStaysText() throws Exception {
        TestRun run = TestRun.of(TestRun.plan(EVIL.replace("\u0000", ""), TestRun.items("a", "b")));
        run.settle("a", run.failed(ItemReason.NODE_FAILURE, "NODE_FAIL", EVIL)).complete("b");
        run.end(new Stop(
                StopReason.ITEMS_FAILED,
                Optional.of(EVIL),
                Optional.of("javascript:alert(1)"),
                run.now(),
                List.of(new Stop.Evidence("sacct", run.now(), EVIL))));
        String page = html(run);
        assertThat(page).doesNotContain("href=\"javascript", "\u001B", "\u0000");
        assertThat(parse(page).getElementsByTagName("script").getLength())
                .as("the page's own")
                .isEqualTo(1);
        Document junit = parse(junit(run));
        Element error = (Element) junit.getElementsByTagName("error").item(0);
        assertThat(error.getTextContent())
                .contains("<script>alert('1')</script>")
                .contains("🚀");
    }

    @Test
    void totalsOfJunitAddUp() throws Exception {
        for (TestRun run : Samples.all().values()) {
            Document junit = parse(junit(run));
            Element suite = (Element) junit.getElementsByTagName("testsuite").item(0);
            assertThat(number(suite, "tests"))
                    .isEqualTo(junit.getElementsByTagName("testcase").getLength());
            assertThat(number(suite, "failures"))
                    .isEqualTo(junit.getElementsByTagName("failure").getLength());
            assertThat(number(suite, "errors"))
                    .isEqualTo(junit.getElementsByTagName("error").getLength());
            assertThat(number(suite, "skipped"))
                    .isEqualTo(junit.getElementsByTagName("skipped").getLength());
        }
    }

    @Test
    void onlyARunThatExitsWithZeroLooksGreenInJunit() throws Exception {
        for (TestRun run : Samples.all().values()) {
            Element suite = (Element)
                    parse(junit(run)).getElementsByTagName("testsuite").item(0);
            boolean green = number(suite, "failures") + number(suite, "errors") == 0;
            assertThat(green).isEqualTo(Samples.view(run).exitStatus().orElse(-1) == 0);
        }
    }

    @Test
    void interruptedRunWithoutAFailedItemIsAnErrorOfItsOwn() throws Exception {
        TestRun run = TestRun.of("a", "b").complete("a");
        run.notStarted(ItemReason.OUT_OF_CREDITS, "the run stopped before its turn", "b")
                .end(Stop.of(StopReason.BUDGET, "spent 2.0 of 2.0 cpu hours", run.now()));
        Element error =
                (Element) parse(junit(run)).getElementsByTagName("error").item(0);
        assertThat(error.getAttribute("type")).isEqualTo("budget");
        assertThat(error.getTextContent()).startsWith("Run interrupted: budget reached.");
    }

    @Test
    void pageOfTenThousandItemsIsWrittenAndRead() throws Exception {
        String[] ids = new String[10_000];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = "case-" + i;
        }
        TestRun run = TestRun.of(ids);
        Outcome bad = run.exited(1);
        for (int i = 0; i < ids.length; i++) {
            run.settle(ids[i], i % 10 == 0 ? bad : run.completed());
        }
        run.end(StopReason.ITEMS_FAILED);
        String page = html(run);
        assertThat(page.length()).isLessThan(5_000_000);
        Document document = parse(page);
        NodeList cells = document.getElementsByTagName("th");
        long rows = IntStream.range(0, cells.getLength())
                .mapToObj(i -> cells.item(i).getTextContent())
                .filter(text -> text.startsWith("case-"))
                .count();
        assertThat(rows).isEqualTo(ids.length);
        assertThat(document.getElementsByTagName("pre").getLength())
                .as("the failures that are shown, and the plan")
                .isEqualTo(Failures.CARDS_MAX + 1);
    }

    @Test
    void everyStateThatOccursCanBeFiltered() throws Exception {
        String page = html(Samples.running());
        for (String word : List.of("pending", "submitted", "queued", "running", "settling", "completed")) {
            assertThat(page).contains("<option value=\"" + word + "\">" + word + " (1)</option>");
        }
        assertThat(page).doesNotContain("<option value=\"failed\">");
    }

    @Test
    void troubleOfTheFileIsTold() {
        Writer full = new Writer() {
            @Override
            public void write(char[] text, int from, int length) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> JUnitReport.write(Samples.view(Samples.failed()), TAIL, full)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("No space left");
    }

    private static String html(TestRun run) throws IOException {
        StringBuilder out = new StringBuilder();
        HtmlReport.write(Samples.view(run), TAIL, out);
        return out.toString();
    }

    private static String junit(TestRun run) throws IOException {
        StringWriter out = new StringWriter();
        JUnitReport.write(Samples.view(run), TAIL, out);
        return out.toString();
    }

    private static Document parse(String text) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(text)));
    }

    private static int number(Element element, String name) {
        return Integer.parseInt(element.getAttribute(name));
    }

    private static String property(Document junit, String name) {
        var properties = junit.getElementsByTagName("property");
        for (int i = 0; i < properties.getLength(); i++) {
            Element property = (Element) properties.item(i);
            if (property.getAttribute("name").equals(name)) {
                return property.getAttribute("value");
            }
        }
        return "";
    }
}
