package dev.settle.core.runfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.Notify;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class NotifyTest {
    private static final String ITEMS = "\nitems: [{id: a, command: 'true'}]\n";

    @Test
    void textAloneIsACommandForEveryEnd() {
        assertThat(Reads.plan("notify: ./tell.sh --loud" + ITEMS).notification())
                .contains(new Notify("./tell.sh --loud", Set.of(Notify.End.values())));
    }

    @Test
    void mapNamesTheEnds() {
        assertThat(Reads.plan("notify: {command: ./tell.sh, on: [failed, interrupted]}" + ITEMS)
                        .notification())
                .contains(new Notify("./tell.sh", Set.of(Notify.End.FAILED, Notify.End.INTERRUPTED)));
        assertThat(Reads.plan("notify: {command: ./tell.sh, on: failed}" + ITEMS)
                        .notification())
                .contains(new Notify("./tell.sh", Set.of(Notify.End.FAILED)));
    }

    @Test
    void fileWithoutItHasNone() {
        assertThat(Reads.plan(ITEMS).notification()).isEmpty();
    }

    @Test
    void whatIsMissingOrWrongIsAProblem() {
        assertThat(Reads.problems(Reads.yaml("notify: {on: [failed]}" + ITEMS))).contains("command");
        assertThat(Reads.problems(Reads.yaml("notify: {command: x, on: [sometimes]}" + ITEMS)))
                .contains("sometimes");
        assertThat(Reads.problems(Reads.yaml("notify: {command: ''}" + ITEMS))).contains("notify");
        assertThat(Reads.problems(Reads.yaml("notify: [a, b]" + ITEMS))).contains("notify");
        assertThat(Reads.problems(Reads.yaml("notify: {command: x, when: failed}" + ITEMS)))
                .contains("when");
    }
}
