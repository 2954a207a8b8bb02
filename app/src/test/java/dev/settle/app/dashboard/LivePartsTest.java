package dev.settle.app.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.dashboard.web.LiveSource;
import dev.settle.core.view.html.Fragment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LivePartsTest {
    private static final Map<String, Fragment> RUNNING = Map.of("head", new Fragment("running"));

    private final LiveParts parts = new LiveParts();

    private static Map<String, Fragment> rows(String... keysAndHtml) {
        Map<String, Fragment> rows = new LinkedHashMap<>();
        for (int i = 0; i < keysAndHtml.length; i += 2) {
            rows.put(keysAndHtml[i], new Fragment(keysAndHtml[i + 1]));
        }
        return rows;
    }

    @Test
    void aPageIsSentWhatHasChangedSinceItsVersionAndNothingElse() {
        parts.show(RUNNING, rows("a", "1", "b", "1"));
        LiveSource page = parts.page(parts.version());
        assertThat(page.next()).isEmpty();
        parts.show(RUNNING, rows("a", "1", "b", "2"));
        assertThat(page.next().orElseThrow().data()).isEqualTo("{\"parts\":{\"b\":\"2\"}}");
        assertThat(page.next()).isEmpty();
    }

    @Test
    void aPageThatWasAwayGetsAllChangesAtOnce() {
        parts.show(RUNNING, rows("a", "1"));
        LiveSource page = parts.page(parts.version());
        parts.show(RUNNING, rows("a", "2"));
        parts.show(Map.of("head", new Fragment("ended")), rows("a", "3", "b", "1"));
        LiveSource.Message message = page.next().orElseThrow();
        assertThat(message.data())
                .contains("\"head\":\"ended\"", "\"a\":\"3\"", "\"b\":\"1\"", "\"order\":[\"a\",\"b\"]");
        assertThat(message.id()).isEqualTo(String.valueOf(parts.version()));
        assertThat(page.next()).isEmpty();
    }

    @Test
    void aVersionThatWasNeverGivenOutGetsEverything() {
        parts.show(RUNNING, rows("a", "1"));
        for (long version : new long[] {0, parts.version() + 1, Long.MAX_VALUE}) {
            assertThat(parts.page(version).next().orElseThrow().data())
                    .contains("\"head\":\"running\"", "\"a\":\"1\"", "\"order\":[\"a\"]");
        }
    }

    @Test
    void aRowThatIsGoneLeavesTheOrder() {
        parts.show(Map.of(), rows("a", "1", "b", "1"));
        LiveSource page = parts.page(parts.version());
        parts.show(Map.of(), rows("b", "1"));
        assertThat(page.next().orElseThrow().data()).isEqualTo("{\"parts\":{},\"order\":[\"b\"]}");
    }

    @Test
    void pagesAreWokenByNewsAlone() {
        parts.show(RUNNING, rows());
        int[] woken = {0};
        LiveSource page = parts.page(parts.version());
        page.begin(() -> woken[0]++);
        assertThat(parts.hasPages()).isTrue();
        parts.show(RUNNING, rows());
        assertThat(woken[0]).isZero();
        parts.replace("head", new Fragment("ended"));
        parts.replace("head", new Fragment("ended"));
        assertThat(woken[0]).isEqualTo(1);
        page.end();
        assertThat(parts.hasPages()).isFalse();
    }
}
