package dev.settle.core.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a table where the terminal is too narrow for it. */
final class TableTest {
    private static List<String> lines(int columns, String id) {
        Table table = new Table()
                .column("ID", Table.Align.LEFT, Table.Cut.NEVER, Table.NEEDED)
                .column("NAME", Table.Align.LEFT, Table.Cut.IN_THE_MIDDLE, 1)
                .column("STATE", Table.Align.LEFT)
                .column("CREATED", Table.Align.LEFT, Table.Cut.AT_THE_END, 3)
                .column("DETAIL", Table.Align.LEFT, Table.Cut.AT_THE_END, 2);
        table.row()
                .cell(id)
                .cell("a-rather-long-name-of-an-evaluation")
                .cell("failed")
                .cell("2026-11-20 23:00")
                .cell("2 of 20 items failed");
        return table.lines(columns).stream().map(Line::plain).toList();
    }

    @Test
    void nothingIsCutWhereThereIsRoom() {
        assertThat(lines(200, "k3v9q2m7").get(1))
                .isEqualTo(
                        "k3v9q2m7  a-rather-long-name-of-an-evaluation  failed  2026-11-20 23:00  2 of 20 items failed");
    }

    @Test
    void namesAreCutInTheMiddleFirst() {
        assertThat(lines(80, "k3v9q2m7").get(1))
                .isEqualTo("k3v9q2m7  a-rather-lon...-evaluation  failed  2026-11-20 23:00  2 of 20 items...");
    }

    @Test
    void thenColumnsGoThatCanBeDoneWithout() {
        assertThat(lines(60, "k3v9q2m7").get(1)).isEqualTo("k3v9q2m7  a-rat...tion  failed  2 of 20 items failed");
        assertThat(lines(40, "k3v9q2m7"))
                .containsExactly("ID        NAME          STATE", "k3v9q2m7  a-rat...tion  failed");
        assertThat(lines(20, "k3v9q2m7").get(1)).isEqualTo("k3v9q2m7  failed");
    }

    @Test
    void anIdThatIsTooLongIsWholeOnALineOfItsOwn() {
        String id = "train[lr=0.1,seed=1,optimizer=adam,schedule=cosine,warmup=1000]";
        assertThat(lines(60, id)).hasSize(3).element(1).isEqualTo(id);
        assertThat(lines(60, id).get(2)).startsWith("  ").endsWith("failed");
    }
}
