package dev.settle.core.model;

import java.util.Locale;
import java.util.Optional;

/**
 * Why an item ended as it did: the closed table of contract.md, 7.
 *
 * <p>It lives beside the plan because users write these words in {@code retries.on}.
 */
public enum ItemReason implements WireName {
    OK("completed"),
    EXIT_CODE("exit code"),
    SIGNAL("killed by a signal"),
    TIME_LIMIT("time limit"),
    OUT_OF_MEMORY("out of memory"),
    NODE_FAILURE("node failure"),
    BOOT_FAILURE("boot failure"),
    LAUNCH_FAILURE("launch failure"),
    PREEMPTED("preempted"),
    DEADLINE("deadline"),
    CANCELLED_BY_USER("cancelled"),
    CANCELLED_BY_OTHER("cancelled by someone else"),
    CANCELLED_WHILE_PENDING("cancelled while pending"),
    DEPENDENCY_FAILED("dependency failed"),
    DEPENDENCY_NEVER_SATISFIED("dependency never satisfied"),
    CAN_NEVER_START("can never start"),
    SUBMISSION_REFUSED("submission refused"),
    OUT_OF_CREDITS("out of credits"),
    BAD_GENERATED_SOURCE("bad generated source"),
    TIMEOUT("timeout"),
    LOST("lost"),
    UNCONFIRMED("unconfirmed"),
    UNKNOWN_STATE("unknown state");

    private final String phrase;

    ItemReason(String phrase) {
        this.phrase = phrase;
    }

    /** The word in JSON and in run files: {@code time_limit}. */
    @Override
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The words in a sentence: {@code time limit}. */
    public String phrase() {
        return phrase;
    }

    public static Optional<ItemReason> ofWord(String word) {
        return WireName.find(values(), word);
    }
}
