package dev.settle.app;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Tests of pages that share a real Chromium; each begins with an empty page and an empty console. */
@ResourceLock("browser")
abstract class BrowserCase extends LauncherCase {
    static Browser browser;

    @BeforeAll
    static void startBrowser() {
        browser = Browser.start();
    }

    @AfterAll
    static void endBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void forget() {
        browser.open("about:blank");
        browser.width(1280).colours("light").scripts(Browser.Scripts.ON);
        browser.console();
    }
}
