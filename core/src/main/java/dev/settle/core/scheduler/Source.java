package dev.settle.core.scheduler;

import dev.settle.core.model.WireName;
import java.util.Optional;

/** Who said something of a job. */
public enum Source implements WireName {
    SQUEUE("squeue", Role.CONTROLLER),
    SCONTROL("scontrol", Role.CONTROLLER),
    /** The process table of this machine, the local backend's controller. */
    PROCESS("process", Role.CONTROLLER),
    SACCT("sacct", Role.ACCOUNTING),
    EXIT_RECORD("exit_record", Role.EXIT_RECORD),
    START_RECORD("start_record", Role.START_RECORD);

    private final String word;
    private final Role role;

    Source(String word, Role role) {
        this.word = word;
        this.role = role;
    }

    @Override
    public String word() {
        return word;
    }

    public Role role() {
        return role;
    }

    public static Optional<Source> ofWord(String word) {
        return WireName.find(values(), word);
    }

    /**
     * The weight of a source: accounting decides, then the controller, then the item's own exit record. A start record
     * confirms no end, but no verdict contradicts it.
     */
    public enum Role {
        ACCOUNTING("accounting"),
        CONTROLLER("controller"),
        EXIT_RECORD("exit_record"),
        START_RECORD("start_record");

        private final String word;

        Role(String word) {
            this.word = word;
        }

        /** The word of {@code confirmed_by}, for those that can confirm. */
        public String word() {
            return word;
        }
    }
}
