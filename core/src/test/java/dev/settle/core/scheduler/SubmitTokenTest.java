package dev.settle.core.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SubmitTokenTest {
    @Test
    void nameThatEndsWithATokenBehindADotCarriesIt() {
        assertThat(SubmitToken.ofJobName("train.st0a1b2c3d4e5z")).hasValue(new SubmitToken("st0a1b2c3d4e5z"));
    }

    @Test
    void whatIsNotExactlyATokenIsNone() {
        for (String name : new String[] {
            "st0a1b2c3d4e5z", // without a label it is no name of ours
            "train.st0a1b2c3d4e5",
            "train.st0a1b2c3d4e5zz",
            "train.sT0a1b2c3d4e5z",
            "train.xt0a1b2c3d4e5z",
            "train.st0a1b2c3d4e5Z",
            "train.st0a1b2c3d4e5/",
            "train.st0a1b2c3d4e5:",
            "train.st0a1b2c3d4e5`",
            "train.st0a1b2c3d4e5{",
            "train.",
            ""
        }) {
            assertThat(SubmitToken.ofJobName(name)).as(name).isEmpty();
        }
    }
}
