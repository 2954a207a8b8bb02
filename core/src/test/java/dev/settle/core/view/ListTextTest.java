package dev.settle.core.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.testdata.Golden;
import java.io.IOException;
import java.io.StringWriter;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ListTextTest {
    private static List<RunSummary> summaries() {
        List<RunSummary> runs = new ArrayList<>();
        runs.add(RunSummary.of(Samples.stalled(Samples.running())));
        Samples.all().values().forEach(run -> runs.add(RunSummary.of(Samples.view(run))));
        return runs;
    }

    private static RunList list() {
        return new RunList(
                summaries(),
                List.of(RunList.Unreadable.damaged(
                        "b9jbtamc", "/s/runs/b9jbtamc/journal.log", "its journal is damaged at byte 176")));
    }

    @Test
    void tableIsAsPublished() {
        Golden.check(
                "view/list.txt", StatusTextTest.plain(ListText.of(list(), ZoneOffset.UTC, StatusText.ANY_WIDTH, 50)));
    }

    @Test
    void documentIsAsPublished() throws IOException {
        StringWriter out = new StringWriter();
        ListText.write(list(), out, Json.Layout.INDENTED);
        Golden.check("view/list.json", out.toString());
        Fields first = Json.parseObject(out.toString()).objects("runs").get(0);
        assertThat(first.text("state")).isEqualTo("stalled");
    }

    @Test
    void noLineIsWiderThanTheTerminalAndTheRestIsCounted() {
        for (int columns = 8; columns <= 120; columns++) {
            List<Line> lines = ListText.of(new RunList(summaries(), List.of()), ZoneOffset.UTC, columns, 3);
            assertThat(lines).hasSize(5).allMatch(fits(columns));
        }
    }

    @Test
    void emptyListSaysHowToStart() {
        assertThat(ListText.of(new RunList(List.of(), List.of()), ZoneOffset.UTC, 80, 50)
                        .get(0)
                        .plain())
                .contains("settle run");
    }

    private static java.util.function.Predicate<Line> fits(int columns) {
        return line -> line.width() <= columns;
    }
}
