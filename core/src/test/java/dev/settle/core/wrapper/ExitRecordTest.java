package dev.settle.core.wrapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.core.model.ItemReason;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExitRecordTest {
    private static final String WHO =
            "{\"settle_record\":1,\"token\":\"st0123456789ab\",\"index\":2,\"item\":\"a\",\"attempt\":1,"
                    + "\"restart\":0,\"slurm_job\":\"47_2\",\"host\":\"n1\",\"boot\":\"b-1\",\"pid\":123,\"start_ticks\":456,"
                    + "\"started_at\":\"2026-11-21T02:45:31.205Z\",\"timeout_s\":1.5";
    private static final String START = WHO + ",\"kind\":\"start\",\"mode\":\"slurm\"}\n";

    private static String end(String code, String signal, String more) {
        return START + WHO + ",\"kind\":\"end\",\"exit_code\":" + code + ",\"signal\":" + signal + more
                + ",\"ended_at\":\"2026-11-21T02:46:33.105Z\",\"cpu_s\":1.25,\"max_rss_bytes\":4096}\n";
    }

    @Test
    void recordBecomesAnObservationWithAllItSays() throws Exception {
        ExitRecord record = ExitRecord.parse(end("3", "null", ""));
        JobObservation observation = record.observation(new JobId("47_2"), Instant.EPOCH);
        assertThat(observation.source()).isEqualTo(Source.EXIT_RECORD);
        assertThat(observation.jobId()).isEqualTo(new JobId("47_2"));
        assertThat(observation.exitCode()).hasValue(3);
        assertThat(observation.signal()).isEmpty();
        assertThat(observation.state().reason()).isEqualTo(ItemReason.EXIT_CODE);
        assertThat(observation.token()).hasValue(record.start().token());
        assertThat(observation.startedAt()).hasValue(Instant.parse("2026-11-21T02:45:31.205Z"));
        assertThat(observation.endedAt()).hasValue(Instant.parse("2026-11-21T02:46:33.105Z"));
        assertThat(observation.node()).hasValue("n1");
        assertThat(observation.usage().elapsedSeconds()).hasValue(61);
        assertThat(observation.usage().cpuSeconds()).hasValue(1.25);
        assertThat(observation.usage().maxRssBytes()).hasValue(4096);
        assertThat(observation.batchEnded()).isTrue();
        assertThat(record.start().slurmJob()).hasValue(new JobId("47_2"));
        assertThat(record.start().timeoutSeconds()).hasValue(1.5);
    }

    @ParameterizedTest
    @CsvSource({
        "0,null,'',COMPLETED,COMPLETED,OK",
        "3,null,'',FAILED,FAILED,EXIT_CODE",
        "null,9,'',FAILED,FAILED,SIGNAL",
        "0,null,\"ended_by\":\"timeout\",TIMED_OUT,FAILED,TIMEOUT",
        "null,15,\"ended_by\":\"timeout\",TIMED_OUT,FAILED,TIMEOUT",
        "null,15,\"ended_by\":\"time_limit\",TIMEOUT,FAILED,TIME_LIMIT",
        "0,null,\"ended_by\":\"cancel\",CANCELLED,CANCELLED,CANCELLED_BY_OTHER",
        "0,null,\"terminated\":true,COMPLETED,COMPLETED,OK",
    })
    void stateFollowsFromHowItEnded(
            String code, String signal, String flag, String raw, JobState.Phase phase, ItemReason reason)
            throws Exception {
        String more = flag.isEmpty() ? "" : "," + flag;
        JobState state = ExitRecord.parse(end(code, signal, more))
                .observation(new JobId("1"), Instant.EPOCH)
                .state();
        assertThat(state).isEqualTo(new JobState(raw, phase, reason));
    }

    @Test
    void launchFailureNeedsNeitherCodeNorSignal() throws Exception {
        JobObservation observation = ExitRecord.parse(end("null", "null", ",\"launch_failure\":\"no such directory\""))
                .observation(new JobId("1"), Instant.EPOCH);
        assertThat(observation.state().reason()).isEqualTo(ItemReason.LAUNCH_FAILURE);
        assertThat(observation.exitCode()).isEmpty();
        assertThat(observation.note()).hasValue("no such directory");
    }

    @Test
    void absentCodeIsNeverSuccess() {
        assertThatThrownBy(() -> ExitRecord.parse(end("null", "null", "")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("neither exit code nor signal");
        assertThatThrownBy(() -> ExitRecord.parse(end("0", "null", "").replace("\"exit_code\":0,", "")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void reasonThatThisVersionLacksIsRefused() {
        assertThatThrownBy(() -> ExitRecord.parse(end("0", "null", ",\"ended_by\":\"moon\"")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void codeBesideASignalIsRefused() {
        assertThatThrownBy(() -> ExitRecord.parse(end("0", "9", ""))).isInstanceOf(IOException.class);
    }

    @Test
    void everyCutRecordIsRefused() {
        String whole = end("0", "null", "");
        for (int length = 0; length < whole.length(); length++) {
            String cut = whole.substring(0, length);
            assertThatThrownBy(() -> ExitRecord.parse(cut))
                    .as("cut after %d", length)
                    .isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"settle_record\":2", "\"settle_record\":null", "\"settle_record\":\"1\""})
    void recordOfAnotherVersionIsRefused(String version) {
        assertThatThrownBy(() -> ExitRecord.parse(end("0", "null", "").replace("\"settle_record\":1", version)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void fieldsOfLaterVersionsAreNoTrouble() throws Exception {
        assertThat(ExitRecord.parse(end("0", "null", ",\"gpu_s\":7")).exitCode())
                .hasValue(0);
    }

    @Test
    void recordIsReadWhileItsRenamingIsLost(@TempDir Path dir) throws Exception {
        Path record = dir.resolve("a.1");
        assertThat(ExitRecord.read(record)).isEmpty();
        assertThat(StartRecord.read(record)).isEmpty();
        Path start = JobWrapper.startRecord(record);
        Files.writeString(start, START.substring(0, 100));
        assertThat(ExitRecord.read(record)).isEmpty();
        assertThat(StartRecord.read(record)).isEmpty();
        Files.writeString(start, START);
        assertThat(ExitRecord.read(record)).isEmpty();
        assertThat(StartRecord.read(record).orElseThrow().pid()).isEqualTo(123);
        String whole = end("3", "null", "");
        Files.writeString(start, whole.substring(0, whole.length() - 40));
        assertThat(ExitRecord.read(record)).isEmpty();
        Files.writeString(start, whole);
        assertThat(ExitRecord.read(record).orElseThrow().exitCode()).hasValue(3);
        Files.move(start, record);
        assertThat(ExitRecord.read(record).orElseThrow().exitCode()).hasValue(3);
        assertThat(StartRecord.read(record).orElseThrow().startTicks()).isEqualTo(456);
    }

    @Test
    void fileThatIsNoRecordIsRefusedUnread(@TempDir Path dir) throws Exception {
        Path record = Files.write(dir.resolve("a.1"), new byte[ExitRecord.BYTES_MAX + 1]);
        assertThatThrownBy(() -> ExitRecord.read(record))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a.1");
    }
}
