package dev.settle.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ItemSelectionTest {
    private static final List<ItemId> IDS = Stream.of(
                    "prepare",
                    "train[lr=0.1,seed=1]",
                    "train[lr=0.1,seed=2]",
                    "train",
                    "eval[x=1]",
                    "eval[x=2]",
                    "step.1")
            .map(ItemId::new)
            .toList();

    private static List<String> select(String... words) {
        ItemSelection selection = ItemSelection.of(IDS, List.of(words));
        assertThat(selection.unknown()).isEmpty();
        return selection.ids().stream().map(ItemId::value).toList();
    }

    @Test
    void idsComeInTheOrderOfTheRunEachOnce() {
        assertThat(select("step.1", "prepare", "prepare", "step.?")).containsExactly("prepare", "step.1");
    }

    @Test
    void idIsAnItemBeforeItIsAMatrix() {
        assertThat(select("train")).containsExactly("train");
        assertThat(select("eval")).containsExactly("eval[x=1]", "eval[x=2]");
    }

    @Test
    void patternsMatchManyItems() {
        assertThat(select("train*seed=1]")).containsExactly("train[lr=0.1,seed=1]");
        assertThat(select("train[lr=*]")).containsExactly("train[lr=0.1,seed=1]", "train[lr=0.1,seed=2]");
        assertThat(select("*")).hasSize(7);
    }

    @Test
    void wordsThatNameNothingAreTold() {
        ItemSelection selection = ItemSelection.of(IDS, List.of("prepaer", "step.1", "none*"));
        assertThat(selection.ids()).containsExactly(new ItemId("step.1"));
        assertThat(selection.unknown()).containsExactly("prepaer", "none*");
        assertThat(ItemSelection.hint(IDS, "prepaer")).isEqualTo("did you mean \"prepare\"?");
    }
}
