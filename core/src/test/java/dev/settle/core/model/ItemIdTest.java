package dev.settle.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ItemIdTest {
    private static final String SIGNS = "._=,[]+-:@";

    @Test
    void everySignOfAsciiIsTakenOrRefusedAsTheContractSays() {
        for (char character = 0; character < 0x100; character++) {
            boolean letter = character < 0x80 && Character.isLetterOrDigit(character);
            boolean legal = letter || SIGNS.indexOf(character) >= 0;
            assertThat(ItemId.isLegal("a" + character))
                    .as("a then %x", (int) character)
                    .isEqualTo(legal);
            assertThat(ItemId.isLegal(String.valueOf(character)))
                    .as("%x alone", (int) character)
                    .isEqualTo(legal && character != '-' && character != '.');
        }
    }

    @Test
    void idHasOneToTwoHundredCharacters() {
        assertThat(ItemId.isLegal("")).isFalse();
        assertThat(ItemId.isLegal("x".repeat(200))).isTrue();
        assertThat(ItemId.isLegal("x".repeat(201))).isFalse();
    }

    @Test
    void illegalIdIsNoItemId() {
        assertThatThrownBy(() -> new ItemId("a/b")).isInstanceOf(IllegalArgumentException.class);
    }
}
