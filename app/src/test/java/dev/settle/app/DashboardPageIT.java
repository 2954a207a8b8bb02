package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Cookie;

/** The dashboard as people use it: in a real Chromium, with runs that go on meanwhile. */
final class DashboardPageIT extends BrowserCase {
    private static final String HOSTILE = "<script>document.title='pwned'</script>\"'><img src=x onerror=alert(1)>";

    private String address = "";
    private String root = "";

    private Launched.Child dashboard() throws IOException, InterruptedException {
        Launched.Child child = launched.start("dashboard");
        Launched.await("the dashboard's address", () -> !Launched.lines(child.outFile())
                .isEmpty());
        address = Launched.lines(child.outFile()).get(0);
        root = address.substring(0, address.indexOf("/#"));
        return child;
    }

    private void open() throws InterruptedException {
        browser.open(address);
        browser.await("document.getElementById('rows')");
    }

    /** An item of the run ends when the file of its name appears. */
    private String submit(String name, String items) throws IOException, InterruptedException {
        Path file = folder.resolve("run-" + name.length() + ".yaml");
        Files.writeString(file, "name: " + name + "\nbackend: local\nmax_concurrent: 8\nitems:\n" + items);
        Launched.Child child = settle("submit", file.toString());
        assertThat(child.code()).isZero();
        return Launched.lines(child.outFile()).get(0);
    }

    private String waiting(String id) {
        return "- {id: " + id + ", command: 'until [ -e " + folder.resolve(id) + " ]; do sleep 0.1; done; echo " + id
                + " was let go'}\n";
    }

    private void letGo(String id) throws IOException {
        Files.writeString(folder.resolve(id), "");
    }

    private String text(String css) {
        return browser.one(css).getText();
    }

    /** In one step: a page that lives may replace an element between the search for it and the click. */
    private void click(String css) {
        browser.driver().executeScript("document.querySelector(arguments[0]).click()", css);
    }

    private void noTrouble() {
        assertThat(browser.console()).isEmpty();
    }

    @Test
    void theListShowsRunsAndFiltersThem() throws Exception {
        settle("run", "--backend", "local", "--name", "good", "--", "true");
        settle("run", "--backend", "local", "--name", "bad", "--", "sh", "-c", "echo why >&2; exit 3");
        Path damaged = Files.createDirectories(folder.resolve("state/runs/zzzz9999"));
        Files.writeString(damaged.resolve("run.json"), "nonsense");
        Files.writeString(damaged.resolve("journal.log"), "nonsense\n");
        dashboard();
        open();
        assertThat(browser.run("return location.href")).isEqualTo(root + "/");
        assertThat(browser.all("#rows tr")).hasSize(3);
        assertThat(text("#run-zzzz9999")).contains("damaged");
        assertThat(text("#rows")).contains("Run failed: 1 item failed (exit code 3).");
        click("#chip-failed");
        browser.await("document.querySelectorAll('#rows tr').length === 1");
        assertThat(text("#rows")).contains("bad");
        click("#chip-all");
        browser.one("#filter [name=name]").sendKeys("go*");
        browser.await("document.querySelectorAll('#rows tr').length === 1");
        assertThat(text("#rows")).contains("good");
        assertThat(browser.run("return location.search")).isEqualTo("?name=go*");
        // A run that begins meanwhile shows by itself, if it is asked for.
        settle("run", "--backend", "local", "--name", "gone", "--", "true");
        settle("run", "--backend", "local", "--name", "other", "--", "true");
        browser.await("document.querySelectorAll('#rows tr').length === 2");
        assertThat(text("#rows")).contains("gone").doesNotContain("other");
        noTrouble();
    }

    @Test
    void aRunsPageChangesWithoutAReloadAndKeepsWhatItsReaderDid() throws Exception {
        StringBuilder items = new StringBuilder(
                "- {id: bad, command: 'echo the reason >&2; exit 7'}\n" + waiting("one") + waiting("two"));
        for (int i = 0; i < 60; i++) {
            items.append("- {id: many-" + i + ", command: 'true', deps: [one]}\n");
        }
        String run = submit("live", items.toString());
        dashboard();
        open();
        click("#run-" + run + " a");
        browser.await("document.querySelector('tr.failed details')");
        browser.run(
                "window.mark = 'the same page'; document.querySelector('tr.failed details').open = true; scrollTo(0, 900)");
        browser.await("document.querySelectorAll('tr.running').length === 2");
        letGo("one");
        browser.await("document.querySelectorAll('tr.completed').length === 61");
        assertThat(browser.run("return window.mark")).isEqualTo("the same page");
        assertThat(browser.run("return document.querySelector('tr.failed details').open"))
                .isEqualTo(true);
        assertThat((Long) browser.run("return Math.round(scrollY)")).isEqualTo(900L);
        assertThat(text("tr.failed pre")).contains("the reason");
        browser.one("#filter [name=text]").sendKeys("TWO");
        browser.await("document.querySelectorAll('#rows tr').length === 1");
        letGo("two");
        browser.await(
                "document.getElementById('head').textContent.includes('Run failed: 1 of 63 items failed (exit code 7).')"
                        + " || document.getElementById('head').textContent.includes('1 with exit code 7')");
        assertThat(browser.all("#rows tr")).hasSize(1);
        assertThat(browser.run("return document.querySelector('#filter [name=text]').value"))
                .isEqualTo("TWO");
        assertThat(browser.run("return document.title")).isEqualTo("failed: live");
        assertThat(text("#head")).contains("settle resume " + run);
        click(".back");
        browser.await("document.getElementById('run-" + run + "')");
        noTrouble();
    }

    @Test
    void anItemsOutputComesAsItIsWritten() throws Exception {
        String run = submit(
                "log",
                "- {id: 'a[b]', command: \"printf '\\\\033[31mred\\\\033[0m <b>bold</b>\\\\n'; until [ -e "
                        + folder.resolve("go") + " ]; do sleep 0.1; done; echo more\"}\n");
        dashboard();
        open();
        browser.open(root + "/runs/" + run);
        browser.await("document.querySelector('#rows a')");
        click("#rows a");
        browser.await("document.getElementById('stdout').textContent === 'red <b>bold</b>\\n'");
        letGo("go");
        browser.await("document.getElementById('stdout').textContent === 'red <b>bold</b>\\nmore\\n'");
        browser.await("document.getElementById('name').textContent.includes('completed')");
        browser.await("document.getElementById('evidence').textContent.includes('exit')");
        noTrouble();
    }

    @Test
    void buttonsActOnceTheyAreConfirmed() throws Exception {
        String run = submit("acts", waiting("one") + waiting("two"));
        dashboard();
        open();
        browser.open(root + "/runs/" + run);
        browser.await("document.querySelectorAll('tr.running').length === 2");
        click("#to-cancel");
        click("dialog[open] [data-closes]");
        assertThat(browser.all("dialog[open]")).isEmpty();
        click("#to-cancel");
        click("dialog[open] [type=submit]");
        browser.await("document.querySelectorAll('tr.cancelled').length === 2");
        browser.await("document.getElementById('head').textContent.includes('Run cancelled.')");
        assertThat(text("#said")).contains("Cancelling run " + run);
        letGo("one");
        letGo("two");
        click("#to-resume");
        click("dialog[open] [type=submit]");
        browser.await("document.getElementById('head').textContent.includes('Run completed.')");
        click("#to-delete");
        click("dialog[open] [type=submit]");
        browser.await("document.getElementById('notice').textContent.includes('removed while it was shown')");
        assertThat(folder.resolve("state/runs/" + run)).doesNotExist();
        noTrouble();
        browser.open(root + "/runs/" + run);
        assertThat(text("h1")).isEqualTo("Not found");
    }

    @Test
    void aRunOfACommandIsHandedOverToTheBackground() throws Exception {
        Path file = folder.resolve("run.yaml");
        Files.writeString(
                file,
                "name: fore\nbackend: local\nitems:\n" + waiting("one")
                        + "- {id: next, command: 'true', deps: [one]}\n");
        Launched.Child command = launched.start("run", "--plain", file.toString());
        dashboard();
        open();
        browser.await("document.querySelector('#rows a')");
        click("#rows a");
        browser.await("document.getElementById('to-detach')");
        click("#to-detach");
        click("dialog[open] [type=submit]");
        browser.await("!document.getElementById('to-detach') && document.querySelector('tr.running')");
        Launched.await("the command's word", () -> Files.readString(command.errFile())
                .contains("the background engine manages"));
        assertThat(command.process().isAlive()).isTrue();
        letGo("one");
        assertThat(command.await()).isZero();
        browser.await("document.getElementById('head').textContent.includes('Run completed.')");
        noTrouble();
    }

    @Test
    void runsThatStandStillComeFirst() throws Exception {
        Path file = folder.resolve("run.yaml");
        Files.writeString(file, "name: dead\nbackend: local\nitems:\n" + waiting("one"));
        Launched.Child command = launched.start("run", "--plain", file.toString());
        dashboard();
        open();
        browser.await("document.querySelector('#rows .s.running')");
        command.process().destroyForcibly().waitFor();
        browser.await("document.querySelector('#attention .banner')");
        assertThat(text("#attention"))
                .contains("Run stalled: no settle process is managing it.")
                .contains("settle watch");
        Path credits = folder.resolve("credits.yaml");
        Files.writeString(
                credits,
                "name: poor\nbackend: local\nitems:\n- id: a\n  command: |\n"
                        + "    printf '{\"reason\": \"out_of_credits\", \"message\": \"0 left\", \"link\": \"https://pay.example/x\"}' > $SETTLE_STOP\n"
                        + "    exit 1\n");
        settle("run", credits.toString());
        browser.await("document.querySelector('#attention .credits')");
        assertThat(text("#attention .credits"))
                .contains("Run interrupted: out of credits.")
                .contains("https://pay.example/x");
        assertThat(browser.one("#attention .credits a.button").getDomAttribute("href"))
                .isEqualTo("https://pay.example/x");
        letGo("one");
        noTrouble();
    }

    @Test
    void namesAndOutputsOfOthersRunNothing() throws Exception {
        Launched.Child child = settle(
                "run", "--backend", "local", "--name", HOSTILE, "--", "sh", "-c", "echo \"$0\" >&2; exit 3", HOSTILE);
        assertThat(child.code()).isEqualTo(1);
        dashboard();
        open();
        assertThat(text("#rows")).contains(HOSTILE);
        click("#rows a");
        browser.await("document.querySelector('tr.failed details')");
        browser.run("document.querySelector('tr.failed details').open = true");
        assertThat(text("tr.failed pre")).contains(HOSTILE);
        assertThat(text("#name")).contains(HOSTILE);
        click("tr.failed a");
        browser.await("document.getElementById('stderr').textContent.includes('onerror')");
        assertThat(browser.run("return document.title")).asString().isNotEqualTo("pwned");
        assertThat(browser.all("main img, main script")).isEmpty();
        browser.open(root + "/?text=%22%3E%3Cscript%3Edocument.title=1%3C/script%3E");
        browser.await("document.getElementById('rows')");
        assertThat(browser.run("return document.title")).isEqualTo("settle: runs");
        noTrouble();
    }

    @Test
    void pagesFitTheirWindowsAndCanBeRead() throws Exception {
        settle(
                "run",
                "--backend",
                "local",
                "--name",
                "a-long-name-".repeat(12),
                "--",
                "sh",
                "-c",
                "echo why >&2; exit 3");
        String run = submit(
                "wide",
                "- {id: train, matrix: {lr: [0.1, 0.01], seed: [1, 2, 3]}, command: 'test {seed} != 2'}\n"
                        + waiting("one"));
        dashboard();
        open();
        for (String path : List.of("/", "/runs/" + run, "/runs/" + run + "/items/one")) {
            browser.open(root + path);
            browser.await("document.body.dataset.live");
            for (int width : List.of(1280, 800, 390)) {
                browser.width(width);
                assertThat(browser.sidewaysScrolling())
                        .as("%s at %d", path, width)
                        .isZero();
                assertThat(browser.spoken())
                        .as("%s at %d", path, width)
                        .anyMatch(words ->
                                path.contains("/items/") ? words.equals("log stdout") : words.startsWith("rowheader "))
                        .noneMatch(words -> words.contains("\u2717") || words.contains("\u2713"));
            }
            for (String scheme : List.of("light", "dark")) {
                browser.colours(scheme);
                assertThat(browser.faintTexts()).as("%s in %s", path, scheme).isEmpty();
            }
            browser.width(1280);
        }
        browser.colours("light");
        letGo("one");
        noTrouble();
    }

    @Test
    void withoutTheTokenNothingIsToBeSeen() throws Exception {
        settle("run", "--backend", "local", "--name", "secret-name", "--", "true");
        Launched.Child dashboard = dashboard();
        browser.open(root + "/");
        browser.await("document.getElementById('said').textContent.includes('settle dashboard printed')");
        assertThat(browser.driver().getPageSource()).doesNotContain("secret-name");
        browser.open(root + "/?again#token=0123");
        browser.await("document.getElementById('said').textContent.includes('not the token')");
        assertThat(browser.driver().manage().getCookies())
                .extracting(Cookie::getName)
                .doesNotContain("settle_dashboard_" + URI.create(root).getPort());
        open();
        assertThat(text("#rows")).contains("secret-name");
        assertThat(browser.run("return document.cookie")).isEqualTo("");
        HttpClient client = HttpClient.newHttpClient();
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create(root + "/api/runs")).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).doesNotContain("secret-name");
        // The page says so when its dashboard ends.
        dashboard.process().destroy();
        browser.await("!document.getElementById('connection').hidden");
        assertThat(browser.driver().findElement(By.id("connection")).getText()).contains("does not answer");
    }
}
