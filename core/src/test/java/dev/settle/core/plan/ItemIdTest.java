package dev.settle.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ItemIdTest {
    private static final String SIGNS = "._=,[]+-:@";

    @Test
    void everySignOfAsciiIsTakenOrRefusedAsTheContractSays() {
        for (char sign = 0; sign < 0x100; sign++) {
            boolean letter = sign < 0x80 && Character.isLetterOrDigit(sign);
            boolean legal = letter || SIGNS.indexOf(sign) >= 0;
            assertThat(ItemId.isLegal("a" + sign)).as("a then %x", (int) sign).isEqualTo(legal);
            assertThat(ItemId.isLegal(String.valueOf(sign)))
                    .as("%x alone", (int) sign)
                    .isEqualTo(legal && sign != '-' && sign != '.');
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
