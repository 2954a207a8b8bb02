package dev.settle.app.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Searches one target by coverage: {@code mvn -Pfuzz -pl app -am test -Dsettle.fuzz.target=SACCT} (testing.md).
 *
 * <p>Put what it finds into {@code testdata/fuzzed}, in the folder of the target.
 */
final class ParsersFuzzTest {
    private static final FuzzTarget TARGET = FuzzTarget.valueOf(System.getProperty("settle.fuzz.target", "SACCT"));

    static Stream<Arguments> seeds() {
        return TARGET.seeds().stream().map(Arguments::of);
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "60m")
    void targetEndsWithAValueOrItsOwnTrouble(byte[] input) throws IOException {
        TARGET.check(input);
    }
}
