package dev.settle.app.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A short search with seeds in every build; more with {@code -Dsettle.fuzz.rounds=N}. */
final class MutationsTest {
    private static final int ROUNDS = Integer.getInteger("settle.fuzz.rounds", 200);
    private static final String SIGNS = "|,;:-+%[]{}\"'\\_0129 \n\tZ\u0000\u001b\u00e9";

    @ParameterizedTest
    @EnumSource(FuzzTarget.class)
    void whatWasFoundOnceIsReadNow(FuzzTarget target) throws Exception {
        assertThat(target.seeds()).isNotEmpty();
        for (byte[] seed : target.seeds()) {
            check(target, seed, "a seed");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = FuzzTarget.class,
            // MangledFilesTest does the same to run files.
            names = "RUN_FILE",
            mode = EnumSource.Mode.EXCLUDE)
    void mutatedInputIsReadOrRefused(FuzzTarget target) throws Exception {
        List<byte[]> seeds = target.seeds();
        for (int round = 0; round < ROUNDS; round++) {
            Random random = new Random(round);
            byte[] input = seeds.get(random.nextInt(seeds.size()));
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                input = mutated(input, seeds, random);
            }
            check(target, input, "round " + round);
        }
    }

    private static void check(FuzzTarget target, byte[] input, String which) {
        try {
            target.check(input);
        } catch (Exception | Error e) {
            throw new AssertionError(
                    target + ", " + which + ": " + new String(input, StandardCharsets.UTF_8) + "\n"
                            + HexFormat.of().formatHex(input),
                    e);
        }
    }

    private static byte[] mutated(byte[] input, List<byte[]> seeds, Random random) {
        if (input.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        int at = random.nextInt(input.length);
        int length = 1 + random.nextInt(Math.min(20, input.length - at));
        return switch (random.nextInt(7)) {
            case 0 -> {
                byte[] changed = input.clone();
                changed[at] ^= (byte) (1 << random.nextInt(8));
                yield changed;
            }
            case 1 -> join(input, at, sign(random), at + 1);
            case 2 -> join(input, at, sign(random), at);
            case 3 -> join(input, at, new byte[0], at + length);
            case 4 -> Arrays.copyOf(input, at);
            case 5 -> join(input, at, Arrays.copyOfRange(input, at, at + length), at);
            default -> {
                byte[] other = seeds.get(random.nextInt(seeds.size()));
                yield join(
                        input,
                        at,
                        Arrays.copyOfRange(other, random.nextInt(other.length + 1), other.length),
                        input.length);
            }
        };
    }

    private static byte[] sign(Random random) {
        return String.valueOf(SIGNS.charAt(random.nextInt(SIGNS.length()))).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] join(byte[] input, int end, byte[] middle, int from) {
        byte[] joined = Arrays.copyOf(input, end + middle.length + input.length - from);
        System.arraycopy(middle, 0, joined, end, middle.length);
        System.arraycopy(input, from, joined, end + middle.length, input.length - from);
        return joined;
    }
}
