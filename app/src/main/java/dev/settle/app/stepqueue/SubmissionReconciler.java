package dev.settle.app.stepqueue;

import dev.settle.app.stepqueue.client.RunStatus;
import dev.settle.app.stepqueue.client.ServiceBodies;
import dev.settle.app.stepqueue.files.Fingerprint;
import dev.settle.core.run.QueueState;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether a result whose answer was lost has reached the service: by looking, never by guessing. */
enum SubmissionReconciler {
    LANDED,
    NOT_LANDED,
    /** The look did not tell: it has to be repeated. */
    UNKNOWN;

    /**
     * Judges by one look.
     *
     * @param base how many steps the service had behind it when we came; earlier nodes are not ours
     * @param tasks what was ready at that time; empty when that could not be found out
     */
    static SubmissionReconciler of(
            QueueState queue,
            QueueState.Step step,
            int base,
            ServiceBodies.RunLook look,
            Optional<ServiceBodies.Tasks> tasks) {
        if (look.status().equals(RunStatus.COMPLETED)) {
            return LANDED;
        }
        for (ServiceBodies.Node node : look.nodes()) {
            if (node.task().filter(step.task()::equals).isPresent()) {
                return node.evaluated() ? LANDED : NOT_LANDED;
            }
        }
        if (tasks.isPresent() && tasks.get().ready().contains(step.task())) {
            return NOT_LANDED;
        }
        List<ServiceBodies.Node> alike = look.nodes().stream()
                .filter(node -> node.step().orElse(base) >= base)
                .filter(node -> Fingerprint.of(node.code()).equals(step.fingerprint()))
                .toList();
        if (!alike.isEmpty()) {
            long evaluated =
                    alike.stream().filter(ServiceBodies.Node::evaluated).count();
            return evaluated > submittedAlike(queue, step) ? LANDED : NOT_LANDED;
        }
        if (tasks.isEmpty()) {
            return look.status().equals(RunStatus.RUNNING) ? UNKNOWN : NOT_LANDED;
        }
        // The service proposes the next candidate only when it has the result of the one before.
        Set<String> fresh = new HashSet<>(tasks.get().ready());
        step.others().forEach(fresh::remove);
        queue.steps().forEach(known -> fresh.remove(known.task()));
        return fresh.isEmpty() ? NOT_LANDED : LANDED;
    }

    /** Steps with the very same candidate that the service has results of already. */
    private static long submittedAlike(QueueState queue, QueueState.Step step) {
        return queue.steps().stream()
                .filter(other -> !other.item().equals(step.item()))
                .filter(other -> other.submitted().isPresent())
                .filter(other -> other.fingerprint().equals(step.fingerprint()))
                .count();
    }
}
