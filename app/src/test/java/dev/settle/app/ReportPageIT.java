package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** The report page as a colleague opens it: a file, in a real Chromium. */
final class ReportPageIT extends BrowserCase {
    private Path grid(String name, String bad) throws Exception {
        Path file = folder.resolve(name + ".yaml");
        Files.writeString(file, """
                name: grid
                backend: local
                items:
                  - {id: prepare, command: "echo preparing"}
                  - id: train
                    matrix: {lr: [0.1, 0.01], seed: [1, 2]}
                    command: "[ {lr} != BAD ] || { echo 'loss is NaN' >&2; exit 3; }; echo '{\\"accuracy\\": 0.{seed}5}' > $SETTLE_RESULT"
                    deps: [prepare]
                  - {id: summary, command: "true", deps: ["train*"]}
                """.replace("BAD", bad));
        return file;
    }

    private String page(String file) {
        return folder.resolve(file).toUri().toString();
    }

    private long shown(String css) {
        return browser.all(css).stream().filter(WebElement::isDisplayed).count();
    }

    @Test
    void verdictAndFailuresComeFirstAndTheTableFilters() throws Exception {
        assertThat(settle("run", grid("run", "0.01").toString(), "--quiet", "--html", "page.html")
                        .code())
                .isEqualTo(1);
        browser.open(page("page.html"));
        assertThat(browser.one("h1").getText()).isEqualTo("Run failed: 2 of 6 items failed (2 with exit code 3).");
        assertThat(browser.one("body").getText()).contains("loss is NaN", "exit code 3", "settle resume");
        assertThat(shown("table.items tbody tr")).isEqualTo(6);
        browser.one("#f-state").sendKeys("failed");
        browser.await("[...document.querySelectorAll('table.items tbody tr')]"
                + ".filter(row => row.checkVisibility()).length === 2");
        for (String scheme : List.of("light", "dark")) {
            browser.colours(scheme);
            assertThat(browser.faintTexts()).as(scheme).isEmpty();
        }
        for (int width : new int[] {1280, 800, 390}) {
            assertThat(browser.width(width).sidewaysScrolling())
                    .as("at " + width)
                    .isLessThanOrEqualTo(0);
        }
        assertThat(browser.spoken())
                .contains("rowheader train[lr=0.01,seed=1]", "slider Zoom", "searchbox Text")
                .noneMatch(words -> words.contains("\u2717") || words.contains("\u2713"));
        assertThat(browser.console()).isEmpty();
    }

    @Test
    void withoutItsScriptThePageShowsAllThatMatters() throws Exception {
        settle("run", grid("run", "0.01").toString(), "--quiet", "--html", "page.html");
        browser.scripts(Browser.Scripts.OFF).open(page("page.html"));
        assertThat(browser.driver().findElement(By.tagName("body")).getText())
                .contains("Run failed: 2 of 6 items failed", "loss is NaN", "train[lr=0.1,seed=1]");
    }

    @Test
    void hostileNamesAndOutputRunNoScript() throws Exception {
        Path file = folder.resolve("hostile.yaml");
        Files.writeString(file, """
                name: "<script>document.title='pwned'</script>"
                backend: local
                items:
                  - {id: a, name: "<img src=x onerror=alert(1)>", command: "echo '</pre><script>document.title=1</script>'; exit 1"}
                """);
        settle("run", file.toString(), "--quiet", "--html", "page.html");
        browser.open(page("page.html"));
        assertThat(browser.driver().getTitle()).doesNotMatch("pwned|1");
        assertThat(browser.all("img")).isEmpty();
        assertThat(browser.one("body").getText()).contains("</pre><script>");
        assertThat(browser.console()).isEmpty();
    }

    @Test
    void comparisonNamesTheVerdictsThatChanged() throws Exception {
        settle("run", grid("one", "0.01").toString(), "--quiet", "--name", "before");
        settle("run", grid("two", "0.1").toString(), "--quiet", "--name", "after");
        assertThat(settle("report", "before", "after", "--html", "both.html").code())
                .isZero();
        browser.open(page("both.html"));
        assertThat(browser.one("body").getText()).contains("broken", "fixed", "accuracy");
        assertThat(browser.faintTexts()).isEmpty();
        assertThat(browser.width(390).sidewaysScrolling()).isLessThanOrEqualTo(0);
        assertThat(browser.console()).isEmpty();
        assertThat(settle("report", "before", "after", "--json").code()).isEqualTo(2);
    }

    @Test
    void itemsAreATableForSpreadsheets() throws Exception {
        settle("run", grid("run", "0.01").toString(), "--quiet");
        List<String> rows = settle("report", "--csv", "-").out().lines().toList();
        assertThat(rows).hasSize(7);
        assertThat(rows.get(0)).startsWith("id,state,reason,").endsWith("matrix.lr,matrix.seed,metric.accuracy");
        assertThat(rows)
                .anyMatch(
                        row -> row.startsWith("\"train[lr=0.1,seed=2]\",completed,ok,") && row.endsWith(",0.1,2,0.25"));
    }
}
