package dev.settle.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SizesTest {
    @ParameterizedTest
    @CsvSource({
        "2G, 2147483648",
        "512M, 536870912",
        "2048K, 2097152",
        "1T, 1099511627776",
        "3P, 3377699720527872",
        "1024P, 1152921504606846976",
        "1.5G, 1610612736",
        "0.5K, 512",
        "4g, 4294967296",
        "4GB, 4294967296",
        "4gb, 4294967296",
        "4GiB, 4294967296",
        "1024, 1073741824",
        "1, 1048576",
        "1.5, 1572864",
    })
    void sizesAreRead(String text, long bytes) {
        assertThat(Sizes.parse(text)).hasValue(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "4 GB",
                " 4G",
                "4G ",
                "G",
                "GB",
                "-1G",
                "+1G",
                "0",
                "0G",
                "4Gn",
                "4GG",
                "4GBs",
                "1e3",
                "1,5G",
                "1.G",
                ".5G",
                "1..5G",
                "1.2.3G",
                "1.0001K",
                "1025P",
                "99999999999999999999G",
                "4E",
                "4B",
                "0x10",
                "\u0664G"
            })
    void otherTextsAreNoSizes(String text) {
        assertThat(Sizes.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "4 GB, write 4G",
        "4 gb, write 4G",
        "4 GiB, write 4G",
        "8 gigabytes, write 8G",
        "8 Megabyte, write 8M",
        "4Gn, write 4G",
        "512 M, write 512M",
        "lots, write a size such as 512M or 2G",
        "-1G, write a size such as 512M or 2G",
        "0, leave it out for the site's default; for all memory of a node put --mem=0 in extra",
    })
    void hintSaysWhatWasProbablyMeant(String text, String hint) {
        assertThat(Sizes.hint(text)).isEqualTo(hint);
        assertThat(Sizes.complaint(text)).isEqualTo("\"" + text + "\" is not a size; " + hint);
    }

    @Test
    void wholeUnitsReadBackAsTheyWereWritten() {
        for (long kib = 1; kib < 1L << 40; kib = kib * 3 / 2 + 1) {
            long bytes = kib * 1024;
            assertThat(Sizes.parse(Sizes.format(bytes))).hasValue(bytes);
        }
        assertThat(Sizes.format(2147483648L)).isEqualTo("2G");
        assertThat(Sizes.format(1610612736L)).isEqualTo("1536M");
        assertThat(Sizes.format(512)).isEqualTo("512B");
    }
}
