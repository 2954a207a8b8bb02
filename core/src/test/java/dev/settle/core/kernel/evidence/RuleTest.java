package dev.settle.core.kernel.evidence;

import dev.settle.testdata.Golden;
import org.junit.jupiter.api.Test;

final class RuleTest {

    @Test
    void theRulesOfEvidenceAreTheReviewedOnesInTheReviewedOrder() {
        StringBuilder table = new StringBuilder();
        for (Rule rule : Rule.values()) {
            table.append(rule.word()).append(": ").append(rule.sentence()).append('\n');
        }
        Golden.check("rules-of-evidence.txt", table.toString());
    }
}
