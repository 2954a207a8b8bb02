package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** What a command leaves behind when it ends: reports, and the last line of an event stream. */
final class EndingsIT extends LauncherCase {
    private String mixed() throws IOException {
        return Files.writeString(folder.resolve("mixed.yaml"), """
                name: mixed
                backend: local
                items:
                  - {id: good, command: "true"}
                  - {id: bad, command: "echo the cause >&2; exit 3"}
                """).toString();
    }

    private String waiting() throws IOException {
        return Files.writeString(folder.resolve("waiting.yaml"), """
                name: waiting
                backend: local
                items:
                  - {id: a, command: "while [ ! -e go ]; do sleep 0.1; done"}
                """).toString();
    }

    private static Document xml(Path file) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
    }

    @Test
    void runWritesItsReportsAtTheEnd() throws Exception {
        Launched.Child run = settle("run", mixed(), "--junit", "out.xml", "--html", "out.html");
        assertThat(run.code()).isEqualTo(1);
        Document junit = xml(folder.resolve("out.xml"));
        Element suite = (Element) junit.getElementsByTagName("testsuite").item(0);
        assertThat(suite.getAttribute("tests")).isEqualTo("2");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(junit.getElementsByTagName("failure").item(0).getTextContent())
                .endsWith("\nthe cause");
        assertThat(folder.resolve("out.html")).content().contains("Run failed");
        assertThat(settle("report", "mixed", "--junit", "-").out())
                .isEqualTo(Files.readString(folder.resolve("out.xml")));
        assertThat(settle("report", "mixed", "--html", "-").out()).startsWith("<!DOCTYPE html>");
    }

    @Test
    void watchAndResumeWriteThemAsWell() throws Exception {
        settle("run", mixed());
        Launched.Child watched = settle("watch", "mixed", "--junit", "watch.xml", "--quiet");
        assertThat(watched.code()).isZero();
        assertThat(xml(folder.resolve("watch.xml"))
                        .getElementsByTagName("failure")
                        .getLength())
                .isEqualTo(1);
        assertThat(settle("resume", "mixed", "--html", "resume.html").code()).isEqualTo(1);
        assertThat(folder.resolve("resume.html")).content().contains("Run failed");
    }

    @Test
    void reportThatCannotBeWrittenSpoilsOnlyASuccess() throws Exception {
        Launched.Child good = settle("run", "--backend", "local", "--junit", "no/such/folder/out.xml", "--", "true");
        assertThat(good.code()).isEqualTo(74);
        assertThat(good.err()).contains("the report cannot be written to", "there is no folder");
        Launched.Child bad = settle("run", "--backend", "local", "--junit", "no/such/folder/out.xml", "--", "false");
        assertThat(bad.code()).isEqualTo(1);
        assertThat(bad.err()).contains("the report cannot be written to");
    }

    @Test
    void onlyOneReportGoesToStdout() throws Exception {
        settle("run", "--backend", "local", "--", "true");
        assertThat(settle("report", "--junit", "-", "--html", "-").code()).isEqualTo(2);
        assertThat(settle("report", "--junit", "-", "--json").code()).isEqualTo(2);
        assertThat(settle("run", "--backend", "local", "--junit", "-", "--", "true")
                        .code())
                .isEqualTo(2);
    }

    @Test
    void signalEndsAStreamWithItsResultAndLeavesReports() throws Exception {
        Launched.Child run = launched.start("run", waiting(), "--events", "--junit", "left.xml");
        Launched.await("it runs", () -> run.out().contains("\"state\":\"running\""));
        run.signal("TERM");
        assertThat(run.await()).isEqualTo(143);
        Schemas.checkEvents(run.out());
        List<String> lines = run.out().lines().toList();
        JsonNode last = Schemas.parse(lines.get(lines.size() - 1));
        assertThat(last.path("event").textValue()).isEqualTo("result");
        assertThat(last.at("/run/exit_status").isNull()).isTrue();
        assertThat(xml(folder.resolve("left.xml")).getElementsByTagName("error").getLength())
                .isEqualTo(1);

        Launched.Child watch = launched.start("watch", "waiting", "--events", "--no-drive");
        Launched.await("it is watched", () -> watch.out().contains("\"event\":\"opened\""));
        watch.signal("INT");
        assertThat(watch.await()).isEqualTo(130);
        Schemas.checkEvents(watch.out());
        assertThat(watch.out().lines().toList()).last().asString().startsWith("{\"event\":\"result\"");
        Files.writeString(folder.resolve("go"), "");

        // Goes on after what the first stream has told, up to its result.
        Launched.Child rest = settle(
                "watch", "waiting", "--events", "--after", last.path("seq").asText());
        assertThat(rest.code()).isZero();
        Launched.Child whole = settle("watch", "waiting", "--events");
        Schemas.checkEvents(whole.out());
        List<String> both = new java.util.ArrayList<>(lines.subList(0, lines.size() - 1));
        both.addAll(rest.out().lines().toList());
        assertThat(both.subList(0, both.size() - 1))
                .isEqualTo(whole.out().lines().toList().subList(0, both.size() - 1));
        assertThat(both).hasSameSizeAs(whole.out().lines().toList());
    }

    @Test
    void signalEndsADocumentAsWell() throws Exception {
        Launched.Child run = launched.start("run", waiting(), "--json");
        Launched.await(
                "it runs", () -> settle("status", "waiting", "--json").out().contains("\"running\": 1"));
        run.signal("TERM");
        assertThat(run.await()).isEqualTo(143);
        assertThat(run.items()).containsOnlyKeys("a");
        Files.writeString(folder.resolve("go"), "");
    }

    @Test
    void placeInAStreamNeedsAStream() throws Exception {
        settle("run", "--backend", "local", "--", "true");
        assertThat(settle("watch", "--after", "3").code()).isEqualTo(2);
        assertThat(settle("watch", "--events", "--after", "-3").code()).isEqualTo(2);
        assertThat(settle("watch", "--events", "--after", "three").code()).isEqualTo(2);
    }
}
