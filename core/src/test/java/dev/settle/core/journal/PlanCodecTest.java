package dev.settle.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.PlanSource;
import dev.settle.core.model.RunChoices;
import dev.settle.core.runfile.Reads;
import dev.settle.core.text.Suggest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PlanCodecTest {
    private static final String HEAD = "{\"schema\":\"settle.plan/1\",\"name\":\"n\",\"on_exhausted\":\"interrupt\"";

    @Test
    void planReadsBackAsItWasWritten() throws IOException {
        Plan plan = Reads.plan("""
                name: "größe \\"q\\" \\u0001"
                backend: local
                max_concurrent: 3
                max_failures: 2
                exclusive: true
                credits: {topup_url: "https://x.org", on_exhausted: wait}
                budget: {cpu_hours: 1.5}
                notify: {command: "echo \\"é\\" | cat", on: [interrupted, failed]}
                items:
                  - id: a
                    command: "line one\\nline two\\t"
                    env: {Z: "", A: "é"}
                    expect: [0, 3, "m != -1e-3"]
                    retries: {max: 2, on: [lost, timeout], delay: 1h}
                    generates_source: x.json
                  - {id: b, command: x, deps: [a], setup: s, timeout: 5s}
                """.replace(" \\u0001", ""));
        assertThat(PlanCodec.fromJson(PlanCodec.toJson(plan))).isEqualTo(plan);
        assertThat(PlanCodec.fromJson(PlanCodec.toJson(plan))
                        .items()
                        .get(0)
                        .env()
                        .keySet())
                .containsExactly("Z", "A");
    }

    @Test
    void growingRetriesAndWhatTheCommandLineSaidAreKept() throws IOException {
        Plan plan = Reads.plan(
                        "items: [{id: a, command: x, memory: 2G, time_limit: 1h, retries: {max: 2, memory: x2, time_limit: x1.5}}]")
                .withSource(new PlanSource(
                        "/data/run.yaml",
                        List.of(),
                        OptionalInt.empty(),
                        new RunChoices(Optional.of("tonight"), Map.of("lr", "0.1=x", "b", ""), List.of("train*"))));
        assertThat(PlanCodec.fromJson(PlanCodec.toJson(plan))).isEqualTo(plan);
    }

    @Test
    void fieldsOfALaterVersionArePassedOver() throws IOException {
        Plan plan = PlanCodec.fromJson(
                HEAD + ",\"new\":{\"x\":[1]},\"items\":[{\"id\":\"a\",\"script\":\"x\",\"new\":[{}]}],\"after\":1}");
        assertThat(plan).isEqualTo(Plan.of("n", List.of(PlanItem.command(new ItemId("a"), "x"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"schema\":\"settle.plan/2\",\"name\":\"n\",\"items\":[]}",
                "{\"schema\":\"settle.plan/1\",\"items\":[]}",
                HEAD,
                HEAD + ",\"items\":{}}",
                HEAD + ",\"items\":[1]}",
                HEAD + ",\"items\":[{\"id\":\"a\",\"script\":\"x\"}",
                HEAD + ",\"items\":[{\"id\":\"a/b\",\"script\":\"x\"}]}",
                HEAD + ",\"items\":[{\"id\":\"a\"}]}",
                HEAD + ",\"items\":[{\"id\":\"a\",\"script\":null}]}",
                HEAD + ",\"items\":[{\"id\":\"a\",\"script\":\"x\",\"cpus\":\"4\"}]}",
                HEAD
                        + ",\"items\":[{\"id\":\"a\",\"script\":\"x\",\"retries\":{\"max\":1,\"on\":[\"huh\"],\"delay_s\":0}}]}",
                HEAD + ",\"items\":[{\"id\":\"a\",\"script\":\"x\",\"retries\":{\"on\":[],\"delay_s\":0}}]}",
                HEAD + ",\"items\":[{\"id\":\"a\",\"script\":\"x\",\"expect\":{\"exit_codes\":[],\"metric\":\"m\"}}]}",
                HEAD + ",\"backend\":\"pbs\",\"items\":[]}",
                HEAD + ",\"name\":\"twice\",\"items\":[]}",
            })
    void damagedPlanIsRefused(String json) {
        assertThatThrownBy(() -> PlanCodec.fromJson(json)).isInstanceOf(IOException.class);
    }

    @Test
    void everyPlaceWhereAPlanCanBeCutShortIsNoticed() {
        String json =
                PlanCodec.toJson(Reads.plan("items: [{id: a, command: x, env: {A: b}}, {id: b, command: y, deps: a}]"));
        for (int length = 0; length < json.strip().length(); length++) {
            String cut = json.substring(0, length);
            assertThatThrownBy(() -> PlanCodec.fromJson(cut)).as(cut).isInstanceOf(IOException.class);
        }
    }

    @Test
    void alikeItemsShareWhatIsAlikeAfterReading() throws IOException {
        List<PlanItem> items = new ArrayList<>();
        Plan plan = Reads.plan("""
                defaults: {setup: "a long text", env: {A: "1"}, cpus: 2, retries: 1, working_dir: d, timeout: 5s}
                items: [{id: a, command: x}, {id: b, command: x}]
                """);
        items.addAll(PlanCodec.fromJson(PlanCodec.toJson(plan)).items());
        assertThat(items.get(0).setup()).isSameAs(items.get(1).setup());
        assertThat(items.get(0).env()).isSameAs(items.get(1).env());
        assertThat(items.get(0).resources()).isSameAs(items.get(1).resources());
        assertThat(items.get(0).retries()).isSameAs(items.get(1).retries());
    }

    @ParameterizedTest
    @CsvSource({"comand, command", "max-concurrent, max_concurrent", "MEMORY, memory", "memroy, memory", "dep, deps"})
    void mistypedWordIsRecognised(String word, String meant) {
        assertThat(Suggest.nearest(word, List.of("command", "max_concurrent", "memory", "deps", "id")))
                .contains(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "zzz", "completely_different", ""})
    void wordThatIsNearNothingGetsNoSuggestion(String word) {
        assertThat(Suggest.nearest(word, List.of("command", "memory", "deps", "id")))
                .isEmpty();
    }
}
