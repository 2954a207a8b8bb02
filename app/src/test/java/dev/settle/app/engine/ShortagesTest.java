package dev.settle.app.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Shortage;
import dev.settle.core.kernel.Input;
import dev.settle.core.model.RunId;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.scheduler.SubmitToken;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ShortagesTest {
    private static final SubmitToken TOKEN = new SubmitToken("st0123456789ab");

    private final List<String> notices = new ArrayList<>();
    private Duration now = Duration.ZERO;

    private Shortages shortages(Shortages.When when) {
        return new Shortages(new RunId("k3v9q2m7"), when, notices::add, () -> now);
    }

    private static Input refused() {
        return new Input.SubmitAnswered(
                TOKEN, new SubmitAnswer.Refused(SubmitAnswer.Refusal.NO_PROCESS, "cannot fork: try later"));
    }

    @Test
    void shortageIsSaidOnceAndEndsTheDriveWithSeventyWhenItLasts() {
        Shortages shortages = shortages(Shortages.When.LASTING_ENDS);
        assertThat(shortages.heard(refused())).isEmpty();
        now = Shortage.PATIENCE.minusMillis(1);
        assertThat(shortages.heard(refused())).isEmpty();
        assertThat(notices).singleElement().asString().contains("cannot fork: try later", "trying again");
        now = Shortage.PATIENCE;
        assertThat(shortages.heard(refused()).orElseThrow().status()).isEqualTo(ExitStatus.DEFECT);
    }

    @Test
    void shortageThatPassesIsForgotten() {
        Shortages shortages = shortages(Shortages.When.LASTING_ENDS);
        shortages.heard(refused());
        shortages.heard(new Input.SubmitAnswered(TOKEN, new SubmitAnswer.Accepted(List.of(new JobId("1")), "")));
        now = Shortage.PATIENCE;
        assertThat(shortages.heard(refused())).isEmpty();
    }

    @Test
    void shortageIsWaitedOutWhereNobodyWaitsForTheRun() {
        Shortages shortages = shortages(Shortages.When.LASTING_IS_WAITED_FOR);
        shortages.heard(refused());
        now = Duration.ofDays(1);
        assertThat(shortages.heard(refused())).isEmpty();
    }

    @Test
    void shortageIsKnownByTheWordsOfTheJdk() {
        assertThat(Shortage.isOf(
                        new IOException("Cannot run program \"sh\": error=11, Resource temporarily unavailable")))
                .isTrue();
        assertThat(Shortage.isOf(new OutOfMemoryError("unable to create native thread: possibly out of memory")))
                .isTrue();
        assertThat(Shortage.isOf(new OutOfMemoryError("Java heap space"))).isFalse();
        assertThat(Shortage.isOf(new IOException("error=2, No such file or directory")))
                .isFalse();
    }
}
