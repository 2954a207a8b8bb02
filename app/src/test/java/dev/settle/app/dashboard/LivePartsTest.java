package dev.settle.app.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.dashboard.web.LiveSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LivePartsTest {
    private final LiveParts parts = new LiveParts();

    private static Map<String, String> rows(String... keysAndHtml) {
        Map<String, String> rows = new LinkedHashMap<>();
        for (int i = 0; i < keysAndHtml.length; i += 2) {
            rows.put(keysAndHtml[i], keysAndHtml[i + 1]);
        }
        return rows;
    }

    @Test
    void aPageIsSentWhatHasChangedSinceItsVersionAndNothingElse() {
        parts.show(Map.of("head", "running"), rows("a", "1", "b", "1"));
        LiveSource page = parts.page(parts.version());
        assertThat(page.next()).isEmpty();
        parts.show(Map.of("head", "running"), rows("a", "1", "b", "2"));
        assertThat(page.next().orElseThrow().data()).isEqualTo("{\"parts\":{\"b\":\"2\"}}");
        assertThat(page.next()).isEmpty();
    }

    @Test
    void aPageThatWasAwayGetsAllChangesAtOnce() {
        parts.show(Map.of("head", "running"), rows("a", "1"));
        LiveSource page = parts.page(parts.version());
        parts.show(Map.of("head", "running"), rows("a", "2"));
        parts.show(Map.of("head", "ended"), rows("a", "3", "b", "1"));
        LiveSource.Message message = page.next().orElseThrow();
        assertThat(message.data())
                .contains("\"head\":\"ended\"", "\"a\":\"3\"", "\"b\":\"1\"", "\"order\":[\"a\",\"b\"]");
        assertThat(message.id()).isEqualTo(String.valueOf(parts.version()));
        assertThat(page.next()).isEmpty();
    }

    @Test
    void aVersionThatWasNeverGivenOutGetsEverything() {
        parts.show(Map.of("head", "running"), rows("a", "1"));
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
        parts.show(Map.of("head", "running"), rows());
        int[] woken = {0};
        LiveSource page = parts.page(parts.version());
        page.begin(() -> woken[0]++);
        assertThat(parts.hasPages()).isTrue();
        parts.show(Map.of("head", "running"), rows());
        assertThat(woken[0]).isZero();
        parts.replace("head", "ended");
        parts.replace("head", "ended");
        assertThat(woken[0]).isEqualTo(1);
        page.end();
        assertThat(parts.hasPages()).isFalse();
    }
}
