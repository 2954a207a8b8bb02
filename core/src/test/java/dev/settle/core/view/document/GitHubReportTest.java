package dev.settle.core.view.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.ItemReason;
import dev.settle.core.run.StopReason;
import dev.settle.core.run.TestRun;
import dev.settle.core.view.OutputTail;
import dev.settle.core.view.Samples;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GitHubReportTest {
    private static final String EVIL = "100%, a:b\n::set-output name=x::y\r##[add-mask]z";

    private static TestRun failed(int items) {
        String[] ids = new String[items];
        for (int i = 0; i < items; i++) {
            ids[i] = "train[lr=0.1,seed=" + i + "]";
        }
        TestRun run = TestRun.of(ids);
        for (String id : ids) {
            run.settle(id, run.failed(ItemReason.NODE_FAILURE, "NODE_FAIL", EVIL));
        }
        return run.end(StopReason.ITEMS_FAILED);
    }

    @Test
    void failedItemIsAnErrorThatNoTextCanLeave() {
        List<String> lines = GitHubReport.annotations(Samples.view(failed(1)));
        assertThat(lines).hasSize(1);
        String line = lines.get(0);
        assertThat(line)
                .startsWith("::error title=train[lr=0.1%2Cseed=0] failed::")
                .doesNotContain("\n", "\r")
                .contains("100%25, a:b\\n::set-output");
        assertThat(line.substring(2, line.indexOf("::", 2))).doesNotContain(":");
    }

    @Test
    void manyErrorsAreTenAndSayHowManyMore() {
        assertThat(GitHubReport.annotations(Samples.view(failed(10))))
                .hasSize(10)
                .noneMatch(line -> line.contains("more"));
        List<String> lines = GitHubReport.annotations(Samples.view(failed(300)));
        assertThat(lines).hasSize(10);
        assertThat(lines.get(9))
                .isEqualTo("::error title=More failed items::291 more items failed: settle status k3v9q2m7");
    }

    @Test
    void runThatDidNotCompleteIsAnErrorOfItsOwn() {
        assertThat(GitHubReport.annotations(Samples.view(Samples.completed()))).isEmpty();
        assertThat(GitHubReport.annotations(Samples.view(Samples.running())))
                .noneMatch(line -> line.contains("title=Run"));
        assertThat(GitHubReport.annotations(Samples.view(Samples.outOfCredits())))
                .last()
                .asString()
                .startsWith("::error title=");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::error::x",
                "  ::error::x",
                "\u00A0\u2003\t::add-mask::x",
                "::::error::x",
                "text ##[error]x",
                "####[[error]x",
                ":: ::##[x] ##[y]"
            })
    void lineThatWouldBeACommandIsNone(String line) {
        String harmless = GitHubReport.defused(line);
        assertThat(harmless).doesNotContain("##[");
        assertThat(harmless.replaceAll("^[\\s\\u00A0\\u2003]+", "")).doesNotStartWith("::");
        assertThat(harmless.replace(" ", "")).isEqualTo(line.replace(" ", ""));
    }

    @Test
    void otherLinesStayAsTheyAre() {
        for (String line : List.of("", "a::b", "std::vector", "# [x]", " plain")) {
            assertThat(GitHubReport.defused(line)).isEqualTo(line);
        }
    }

    @Test
    void summaryHasTheVerdictTheCountsAndTheOutput() throws IOException {
        TestRun run = failed(2);
        StringBuilder out = new StringBuilder();
        OutputTail tail = item -> List.of("</pre> <script>", "", "# no heading & *no* emphasis");
        GitHubReport.summary(Samples.view(run), tail, out);
        assertThat(out)
                .startsWith("### " + GitHubReport.text(Samples.view(run).headline()) + "\n")
                .contains("| failed |", "- **train\\[lr\\=0\\.1\\,seed\\=0\\]**: node failure")
                .contains("<pre>\n&lt;/pre&gt; &lt;script&gt;\n\n# no heading &amp; *no* emphasis\n</pre>\n");
        assertThat(out.toString().split("<pre>", -1)).hasSize(3);
    }

    @Test
    void summaryOfManyFailuresIsBounded() throws IOException {
        StringBuilder out = new StringBuilder();
        GitHubReport.summary(Samples.view(failed(1_000)), item -> List.of("x".repeat(8_000)), out);
        assertThat(out).contains("and 950 more");
        assertThat(out.length()).isLessThan(1 << 20);
    }

    @Test
    void markdownIsText() {
        assertThat(GitHubReport.text("a|b <img> [x](y) `z`\n# h"))
                .isEqualTo("a\\|b \\<img\\> \\[x\\]\\(y\\) \\`z\\`\\\\n\\# h");
    }

    @Test
    void gitLabSectionsAreOpenedAndClosedUnderOneName() {
        Instant now = Instant.parse("2026-11-20T23:00:00Z");
        List<String> lines = GitLabReport.sections(
                Samples.view(failed(30)), item -> List.of("\u001B[0Ksection_end:1:settle\r", "last"), now);
        assertThat(lines).hasSize(GitLabReport.SECTIONS_MAX * 4);
        assertThat(lines.get(0))
                .isEqualTo("\u001B[0Ksection_start:1795215600:settle_k3v9q2m7_1[collapsed=true]\r\u001B[0K"
                        + "output of train[lr=0.1,seed=0]");
        assertThat(lines.get(1)).isEqualTo("| \\u001b[0Ksection_end :1:settle\\r");
        assertThat(lines.get(3)).isEqualTo("\u001B[0Ksection_end:1795215600:settle_k3v9q2m7_1\r\u001B[0K");
    }

    @Test
    void gitLabHasNoSectionWithoutOutput() {
        assertThat(GitLabReport.sections(Samples.view(failed(3)), OutputTail.NONE, Instant.EPOCH))
                .isEmpty();
    }
}
