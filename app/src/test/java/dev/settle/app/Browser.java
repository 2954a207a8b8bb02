package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A real Chromium without a window. Both programs are the distribution's own (chromium and chromium-driver of Debian):
 * nothing is looked for or loaded from the network.
 */
public final class Browser implements AutoCloseable {
    private static final Duration WAIT_MAX = Duration.ofSeconds(20);
    private static final Duration LOOK_AGAIN_AFTER = Duration.ofMillis(50);

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Starts one; without Chromium the test is skipped, in CI it fails. */
    public static Browser start() {
        String chromium = program("chromium", "chromium-browser", "google-chrome");
        String chromedriver = program("chromedriver");
        boolean there = !chromium.isEmpty() && !chromedriver.isEmpty();
        if (System.getenv("CI") == null) {
            assumeTrue(there, "chromium and chromedriver are not installed");
        }
        assertThat(there).as("chromium and chromedriver are installed").isTrue();
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium);
        options.addArguments(
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(new File(chromedriver))
                .usingAnyFreePort()
                .build();
        Browser browser = new Browser(new ChromeDriver(service, options));
        browser.width(1280);
        return browser;
    }

    private static String program(String... names) {
        return Stream.of(names)
                .flatMap(name -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .map(folder -> new File(folder, name)))
                .filter(File::canExecute)
                .map(File::getPath)
                .findFirst()
                .orElse("");
    }

    public ChromeDriver driver() {
        return driver;
    }

    public Browser open(String url) {
        driver.get(url);
        return this;
    }

    /** Sets the width of the page in CSS pixels, as a telephone or a desk has it. */
    public Browser width(int pixels) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", pixels, "height", 844, "deviceScaleFactor", 1, "mobile", false));
        return this;
    }

    /** @param scheme {@code light} or {@code dark} */
    public Browser colours(String scheme) {
        return emulate("", scheme);
    }

    /** As on paper. */
    public Browser print() {
        return emulate("print", "light");
    }

    private Browser emulate(String media, String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("media", media, "features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        return this;
    }

    /** Switches the scripts of pages that are opened from now on. */
    public Browser scripts(Scripts scripts) {
        driver.executeCdpCommand("Emulation.setScriptExecutionDisabled", Map.of("value", scripts == Scripts.OFF));
        return this;
    }

    /** Whether the scripts of pages run. */
    public enum Scripts {
        ON,
        OFF
    }

    public List<WebElement> all(String css) {
        return driver.findElements(By.cssSelector(css));
    }

    public WebElement one(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    /** Runs a script in the page. */
    public Object run(String script) {
        return driver.executeScript(script);
    }

    /** Waits until a script of the page says {@code true}. */
    public void await(String condition) throws InterruptedException {
        long looks = WAIT_MAX.dividedBy(LOOK_AGAIN_AFTER);
        for (long i = 0; i < looks; i++) {
            if (Boolean.TRUE.equals(run("return !!(" + condition + ");"))) {
                return;
            }
            Thread.sleep(LOOK_AGAIN_AFTER.toMillis());
        }
        throw new AssertionError("in vain waited for: " + condition);
    }

    /** What the console has said since the last question, errors and warnings alike. */
    public List<String> console() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::toString)
                .toList();
    }

    /** By how many pixels the page is wider than the window. */
    public long sidewaysScrolling() {
        return (Long) run("return document.documentElement.scrollWidth - document.documentElement.clientWidth;");
    }

    /**
     * Texts that are shown with too little contrast (WCAG 2.2, 1.4.3: 4.5, or 3 where they are large), each with its
     * figures. A background is the nearest one that is not transparent.
     */
    @SuppressWarnings("unchecked")
    public List<String> faintTexts() {
        return (List<String>) run("""
                const rgb = c => { const p = c.match(/[\\d.]+/g).map(Number); return p.length > 3 ? p : [...p, 1]; };
                const light = c => { const p = c.slice(0, 3).map(v => { v /= 255;
                  return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); });
                  return 0.2126 * p[0] + 0.7152 * p[1] + 0.0722 * p[2]; };
                const found = [];
                const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                let seen = 0;
                while (walker.nextNode() && seen < 20000) {
                  const node = walker.currentNode, element = node.parentElement;
                  if (!node.data.trim() || !element.checkVisibility() || element.closest('script, style')) { continue; }
                  seen++;
                  const style = getComputedStyle(element);
                  const svg = element instanceof SVGElement;
                  const text = rgb(svg ? style.fill : style.color);
                  let at = element, back = [255, 255, 255, 1];
                  while (at) {
                    const b = rgb(getComputedStyle(at).backgroundColor);
                    if (b[3] > 0) { back = b; break; }
                    at = at.parentElement;
                  }
                  const a = light(text), b = light(back);
                  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                  const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
                  const least = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
                  if (ratio < least) {
                    found.push(node.data.trim().slice(0, 40) + ' ' + ratio.toFixed(2) + ' ' + style.color);
                  }
                }
                return found;
                """);
    }

    @Override
    public void close() {
        driver.quit();
    }

    /** What a screen reader is given: role and name of every node, such as {@code button Cancel}. */
    public List<String> spoken() {
        List<String> spoken = new ArrayList<>();
        for (Object each : (List<?>) driver.executeCdpCommand("Accessibility.getFullAXTree", Map.of())
                .get("nodes")) {
            Map<?, ?> node = (Map<?, ?>) each;
            if (!Boolean.TRUE.equals(node.get("ignored"))) {
                spoken.add(value(node, "role") + " " + value(node, "name"));
            }
        }
        return spoken;
    }

    private static Object value(Map<?, ?> node, String property) {
        return node.get(property) instanceof Map<?, ?> found && found.get("value") != null ? found.get("value") : "";
    }
}
