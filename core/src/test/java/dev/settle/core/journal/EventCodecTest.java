package dev.settle.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.core.json.Json;
import dev.settle.core.run.Entry;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.RunEvent;
import dev.settle.testdata.Golden;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class EventCodecTest {

    private static List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (RunEvent event : Samples.runEvents()) {
            entries.add(new Entry(entries.size() + 1, Samples.AT, event));
        }
        for (ItemEvent event : Samples.itemEvents()) {
            entries.add(new Entry(entries.size() + 1, Samples.AT.plusSeconds(1), new RunEvent.OfItem(event)));
        }
        for (QueueEvent event : Samples.queueEvents()) {
            entries.add(new Entry(entries.size() + 1, Samples.AT.plusSeconds(2), new RunEvent.OfQueue(event)));
        }
        return entries;
    }

    @Test
    void everyKindHasASample() {
        Set<RunEvent.Kind> run = entries().stream().map(e -> e.event().kind()).collect(Collectors.toSet());
        Set<ItemEvent.Kind> item =
                Samples.itemEvents().stream().map(ItemEvent::kind).collect(Collectors.toSet());
        Set<QueueEvent.Kind> queue =
                Samples.queueEvents().stream().map(QueueEvent::kind).collect(Collectors.toSet());
        assertThat(queue).isEqualTo(EnumSet.allOf(QueueEvent.Kind.class));
        assertThat(run).isEqualTo(EnumSet.allOf(RunEvent.Kind.class));
        assertThat(item).isEqualTo(EnumSet.allOf(ItemEvent.Kind.class));
    }

    @Test
    void everyEventReadsBackAsItWasWritten() throws IOException {
        for (Entry entry : entries()) {
            String json = EventCodec.encode(entry);
            assertThat(json).doesNotContain("\n");
            assertThat(EventCodec.decode(json)).as(json).isEqualTo(entry);
        }
    }

    /** The names are for ever: this golden only ever grows. */
    @Test
    void linesAreWrittenAsTheyAlwaysWere() {
        Golden.check(
                "journal-lines.txt",
                entries().stream().map(EventCodec::encode).collect(Collectors.joining("\n", "", "\n")));
    }

    @Test
    void absentExitCodeIsNotWrittenAndNotReadAsZero() throws IOException {
        String json = EventCodec.encode(new Entry(
                1, Samples.AT, new RunEvent.OfItem(new ItemEvent.Settled(Samples.ITEM, Samples.bareOutcome()))));
        assertThat(json).doesNotContain("exit_code").doesNotContain("signal").doesNotContain("null");
        Outcome read =
                ((ItemEvent.Settled) ((RunEvent.OfItem) EventCodec.decode(json).event()).event()).outcome();
        assertThat(read.exitCode()).isEmpty();
        assertThat(read.signal()).isEmpty();
    }

    @Test
    void firstLineCarriesTheFormat() throws IOException {
        String json =
                EventCodec.encode(new Entry(1, Samples.AT, Samples.runEvents().get(0)));
        assertThat(Json.parseObject(json).integer("v")).isEqualTo(EventCodec.FORMAT);
    }

    @Test
    void newerFormatIsRefused() {
        String json =
                EventCodec.encode(new Entry(1, Samples.AT, Samples.runEvents().get(0)));
        assertThatThrownBy(() -> EventCodec.decode(json.replace("\"v\":1", "\"v\":2")))
                .isInstanceOf(UnknownWordException.class)
                .hasMessage("unknown journal format '2': a newer settle wrote it; use that one");
    }

    @Test
    void unknownKindIsRefusedWithASentence() {
        assertThatThrownBy(() -> EventCodec.decode("{\"n\":5,\"at\":\"2026-11-20T23:59:00Z\",\"e\":\"item.cloned\"}"))
                .isInstanceOf(UnknownWordException.class)
                .hasMessage("unknown event 'item.cloned': a newer settle wrote it; use that one");
    }

    @Test
    void unknownStateWordIsRefusedNeverGuessed() {
        String json = EventCodec.encode(new Entry(
                1, Samples.AT, new RunEvent.OfItem(new ItemEvent.Settled(Samples.ITEM, Samples.bareOutcome()))));
        assertThatThrownBy(() -> EventCodec.decode(json.replace("\"state\":\"completed\"", "\"state\":\"finished\"")))
                .isInstanceOf(UnknownWordException.class)
                .hasMessageContaining("unknown item state 'finished'");
    }

    @Test
    void unknownFieldsAreIgnored() throws IOException {
        for (Entry entry : entries()) {
            String json = EventCodec.encode(entry);
            String more = json.substring(0, json.length() - 1) + ",\"mood\":{\"good\":[1,2]}}";
            assertThat(EventCodec.decode(more)).isEqualTo(entry);
        }
    }

    @Test
    void missingFieldIsAnErrorThatNamesIt() {
        assertThatThrownBy(() -> EventCodec.decode(
                        "{\"n\":5,\"at\":\"2026-11-20T23:59:00Z\",\"e\":\"item.submitted\",\"item\":\"a\"}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("job");
    }

    @Test
    void badValuesAreErrorsNotDefects() {
        for (String bad : List.of(
                "{\"n\":5,\"at\":\"2026-11-20T23:59:00Z\",\"e\":\"item.submitted\",\"item\":\"a\",\"job\":\"x\"}",
                "{\"n\":5,\"at\":\"2026-11-20T23:59:00Z\",\"e\":\"item.submitted\",\"item\":\"/\",\"job\":\"1\"}",
                "{\"n\":5,\"at\":\"2026-11-20T23:59:00Z\",\"e\":\"item.requeued\",\"item\":\"a\",\"attempt\":9999999999}",
                "{\"n\":5,\"at\":\"yesterday\",\"e\":\"credit_back\"}",
                "{\"n\":5",
                "",
                "[]")) {
            assertThatThrownBy(() -> EventCodec.decode(bad)).as(bad).isInstanceOf(IOException.class);
        }
    }
}
