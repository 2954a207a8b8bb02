package dev.settle.app.stepqueue.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.app.stepqueue.client.ServiceBodies.AutoTopup;
import dev.settle.app.stepqueue.client.ServiceBodies.Best;
import dev.settle.app.stepqueue.client.ServiceBodies.Claimed;
import dev.settle.app.stepqueue.client.ServiceBodies.Node;
import dev.settle.app.stepqueue.client.ServiceBodies.RunLook;
import dev.settle.app.stepqueue.client.ServiceBodies.Started;
import dev.settle.app.stepqueue.client.ServiceBodies.Taken;
import dev.settle.app.stepqueue.client.ServiceBodies.Tasks;
import dev.settle.core.model.QueueObjective;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from the bodies of the service, and what is refused. */
final class ServiceBodiesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "null",
                "{\"run_id\": null}",
                "{\"run_id\": true}",
                "{\"run_id\": 1.5}",
                "{\"run_id\": \"a\", \"run_name\": 3}",
                "{\"run_id\": \"a\", \"run_id\": \"b\"}",
                "{\"run_id\": \"a\"} x"
            })
    void startWithoutAnIdThatIsOneIsAnError(String body) {
        assertThatThrownBy(() -> QueueJson.read(body, Started.class)).isInstanceOf(IOException.class);
    }

    @Test
    void idMayBeANumberAndUnknownFieldsArePassedOver() throws IOException {
        assertThat(QueueJson.read("{\"run_id\": 17, \"more\": {\"a\": [1]}}", Started.class))
                .isEqualTo(new Started("17", Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"status\": 1}",
                "{\"status\": \"running\", \"nodes\": 1}",
                "{\"status\": \"running\", \"nodes\": [1]}",
                "{\"status\": \"running\", \"nodes\": [null]}",
                "{\"status\": \"running\", \"best_result\": \"x\"}",
                "{\"status\": \"running\", \"current_step\": \"3\"}",
                "{\"status\": \"running\", \"termination_reason\": 3}"
            })
    void lookThatMakesNoSenseIsAnError(String body) {
        assertThatThrownBy(() -> QueueJson.read(body, RunLook.class)).isInstanceOf(IOException.class);
    }

    @Test
    void lookHasTheHistoryAndTheBestStep() throws IOException {
        RunLook look = QueueJson.read("""
                {"status": "running", "current_step": 3.0, "run_name": "otter",
                 "nodes": [{"step": 2, "task_id": 5, "code": {"a.py": "x", "n": 1}, "metric_value": 0},
                           {"task_id": null, "execution_task_id": "t6", "code": "none", "execution_output": null}],
                 "best_result": {"step": 2, "code": {"a.py": "x"}, "metric_value": 1}}""", RunLook.class);
        assertThat(look.step()).isEqualTo(3);
        assertThat(look.name()).contains("otter");
        Node first = look.nodes().get(0);
        assertThat(first.task()).contains("5");
        assertThat(first.code()).isEqualTo(Map.of("a.py", "x"));
        assertThat(first.evaluated()).isTrue();
        Node second = look.nodes().get(1);
        assertThat(second.task()).contains("t6");
        assertThat(second.code()).isEmpty();
        assertThat(second.evaluated()).isFalse();
        assertThat(look.best()).contains(new Best(OptionalInt.of(2), Map.of("a.py", "x"), OptionalDouble.of(1)));
        assertThat(look.objective()).isEqualTo(QueueObjective.NONE);
        assertThat(look.endedBecause()).isEmpty();
    }

    @Test
    void objectiveOfAnotherTypeIsForTheRunFileToSay() throws IOException {
        RunLook look = QueueJson.read("""
                {"status": "running", "optimizer": {"steps": 20},
                 "objective": {"evaluation_command": " eval ", "metric_name": 3, "maximize": "yes"}}""", RunLook.class);
        assertThat(look.objective())
                .isEqualTo(new QueueObjective(
                        Optional.of("eval"), Optional.empty(), Optional.empty(), OptionalInt.of(20)));
    }

    @Test
    void recordOfTheEndSaysCreditsOnlyByItsCode() throws IOException {
        RunLook spent = QueueJson.read(
                "{\"status\": \"error\", \"error_code\": \"out_of_credits\", \"termination_details\": \"spent\"}",
                RunLook.class);
        assertThat(spent.endedForCredits()).isTrue();
        assertThat(spent.endedBecause()).contains("out_of_credits: spent");
        RunLook words = QueueJson.read(
                "{\"status\": \"error\", \"error_code\": 3, \"termination_details\": \"no credits\"}", RunLook.class);
        assertThat(words.endedForCredits()).isFalse();
        assertThat(words.endedBecause()).contains("no credits");
    }

    @Test
    void tasksSayWhatIsReadyAndHowTheRunIs() throws IOException {
        Tasks tasks = QueueJson.read(
                "{\"tasks\": [{\"id\": \"a\"}, {\"id\": 2}], \"run\": {\"status\": \"stopping\"}}", Tasks.class);
        assertThat(tasks.ready()).isEqualTo(List.of("a", "2"));
        assertThat(tasks.status()).contains("stopping");
        assertThat(QueueJson.read("{\"tasks\": []}", Tasks.class).status()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"revision\": {}}",
                "{\"revision\": {\"code\": {\"a\": 1}}}",
                "{\"revision\": {\"code\": {\"a\": null}}}",
                "{\"revision\": {\"code\": []}}"
            })
    void candidateThatIsNotAllTextIsAnError(String body) {
        assertThatThrownBy(() -> QueueJson.read(body, Claimed.class)).isInstanceOf(IOException.class);
    }

    @Test
    void flagThatIsMissingIsFalseAndATextIsNoFlag() throws IOException {
        assertThat(QueueJson.read("{}", Taken.class).done()).isFalse();
        assertThatThrownBy(() -> QueueJson.read("{\"is_done\": \"true\"}", Taken.class))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is_done");
        assertThatThrownBy(() -> QueueJson.read("{\"is_done\": 1}", Taken.class))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> QueueJson.read("{\"previous_solution_metric_value\": \"1\"}", Taken.class))
                .isInstanceOf(IOException.class);
    }

    @Test
    void topUpIsWrittenWithWhatIsSetOnly() throws IOException {
        String text = QueueJson.write(new AutoTopup(Optional.of(true), OptionalDouble.of(5), OptionalDouble.empty()));
        assertThat(text).isEqualTo("{\"enabled\":true,\"threshold_credits\":5.0}");
        assertThat(QueueJson.read(text, AutoTopup.class).threshold()).hasValue(5);
    }

    @Test
    void bodyNestedWithoutEndIsRefused() {
        String deep = "{\"tasks\": [], \"x\": " + "[".repeat(300) + "]".repeat(300) + "}";
        assertThatThrownBy(() -> QueueJson.read(deep, Tasks.class)).isInstanceOf(IOException.class);
    }
}
