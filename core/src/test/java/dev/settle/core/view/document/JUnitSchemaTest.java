package dev.settle.core.view.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.ItemReason;
import dev.settle.core.run.StopReason;
import dev.settle.core.run.TestRun;
import dev.settle.core.view.OutputTail;
import dev.settle.core.view.Samples;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;

/**
 * What consumers of JUnit XML accept: the facts of {@code junit-10.xsd} of Jenkins' xUnit plugin
 * (github.com/jenkinsci/xunit-plugin), which is the strictest; GitLab reads a subset of it
 * (docs.gitlab.com/ci/testing/unit_test_reports).
 */
final class JUnitSchemaTest {
    /** What may be in an element. */
    private record Allowed(Set<String> required, Set<String> optional, Set<String> children) {}

    private static final Map<String, Allowed> SCHEMA = Map.of(
            "testsuites",
            new Allowed(Set.of(), Set.of("name", "time", "tests", "failures", "errors"), Set.of("testsuite")),
            "testsuite",
            new Allowed(
                    Set.of("name", "tests", "failures", "errors"),
                    Set.of("group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"),
                    Set.of("testsuite", "properties", "testcase", "system-out", "system-err")),
            "properties",
            new Allowed(Set.of(), Set.of(), Set.of("property")),
            "property",
            new Allowed(Set.of("name", "value"), Set.of(), Set.of()),
            "testcase",
            new Allowed(
                    Set.of("name"),
                    Set.of("time", "classname", "group"),
                    Set.of("skipped", "error", "failure", "system-out", "system-err")),
            "failure",
            new Allowed(Set.of(), Set.of("type", "message"), Set.of()),
            "error",
            new Allowed(Set.of(), Set.of("type", "message"), Set.of()),
            "skipped",
            new Allowed(Set.of(), Set.of("type", "message"), Set.of()),
            "system-out",
            new Allowed(Set.of(), Set.of(), Set.of()));

    /** Elements with text of their own; in all others only white space stands between the children. */
    private static final Set<String> WITH_TEXT = Set.of("failure", "error", "skipped", "system-out");

    private static final Pattern SECONDS = Pattern.compile("[0-9]+\\.[0-9]{3}");

    private static final OutputTail TAIL =
            item -> List.of("Traceback (most recent call last):", "\u001B[31mred\u0000 \uFFFE \uD800 ]]> <b>");

    @TestFactory
    Stream<DynamicTest> reportOfEachRunIsAccepted() {
        return Samples.all().entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(
                        each.getKey(), () -> check(parse(each.getValue(), TAIL).getDocumentElement())));
    }

    @Test
    void checkFindsWhatTheSchemaForbids() throws Exception {
        Element suites = parse(Samples.failed(), TAIL).getDocumentElement();
        suites.setAttribute("skipped", "1");
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> check(suites)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("skipped");
    }

    @Test
    void tailOfTheOutputIsInTheFailure() throws Exception {
        Element root = parse(Samples.failed(), TAIL).getDocumentElement();
        Element failure = (Element) root.getElementsByTagName("failure").item(0);
        assertThat(failure.getTextContent())
                .contains("\nTraceback (most recent call last):\n")
                .contains("]]> <b>")
                .doesNotContain("\u001B");
        assertThat(failure.getAttribute("message")).isNotEmpty().doesNotContain("Traceback");
    }

    @Test
    void longTailIsCutAtItsBeginning() throws Exception {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            lines.add("line " + i);
        }
        Element root = parse(Samples.failed(), item -> lines).getDocumentElement();
        String text = root.getElementsByTagName("failure").item(0).getTextContent();
        assertThat(text).endsWith("line 999").doesNotContain("line 979\n").contains("line 980\n");
    }

    @Test
    void timesHaveTheirFractions() throws Exception {
        TestRun run = TestRun.of("a").start("a");
        run.settle("a", run.failed(ItemReason.EXIT_CODE, "FAILED", "exit code 1"))
                .end(StopReason.ITEMS_FAILED);
        Element root = parse(run, TAIL).getDocumentElement();
        for (String name : List.of("testsuites", "testsuite", "testcase")) {
            List<Element> found = elements(root, name);
            assertThat(found).isNotEmpty();
            found.forEach(each -> assertThat(each.getAttribute("time")).matches(SECONDS));
        }
        assertThat(elements(root, "testsuite").get(0).getAttribute("timestamp"))
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d");
    }

    private static void check(Element element) {
        Allowed allowed = SCHEMA.get(element.getTagName());
        assertThat(allowed).as("element %s", element.getTagName()).isNotNull();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < element.getAttributes().getLength(); i++) {
            names.add(element.getAttributes().item(i).getNodeName());
        }
        assertThat(names).as("attributes of %s", element.getTagName()).containsAll(allowed.required());
        names.removeAll(allowed.required());
        names.removeAll(allowed.optional());
        assertThat(names).as("unknown attributes of %s", element.getTagName()).isEmpty();
        if (element.hasAttribute("time")) {
            assertThat(element.getAttribute("time")).matches(SECONDS);
        }
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element inner) {
                assertThat(allowed.children())
                        .as("children of %s", element.getTagName())
                        .contains(inner.getTagName());
                check(inner);
            } else if (!WITH_TEXT.contains(element.getTagName())) {
                assertThat(child.getTextContent()).isBlank();
            }
        }
    }

    private static List<Element> elements(Element root, String name) {
        List<Element> found = new ArrayList<>();
        if (root.getTagName().equals(name)) {
            found.add(root);
        }
        for (int i = 0; i < root.getElementsByTagName(name).getLength(); i++) {
            found.add((Element) root.getElementsByTagName(name).item(i));
        }
        return found;
    }

    private static org.w3c.dom.Document parse(TestRun run, OutputTail tail) throws Exception {
        StringWriter out = new StringWriter();
        JUnitReport.write(Samples.view(run), tail, out);
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(out.toString())));
    }
}
