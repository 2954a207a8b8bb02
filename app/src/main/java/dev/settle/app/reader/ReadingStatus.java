package dev.settle.app.reader;

import dev.settle.app.process.ExitStatus;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.run.RunState;

/**
 * The exit status of a command that reads a run, as a function of the run.
 *
 * @param of what the exit status says
 * @param only the items that it is about
 */
public record ReadingStatus(Of of, ItemFilter only, Policy.Confirmation confirmation) {
    /** What the exit status says. */
    public enum Of {
        RUN,
        WATCHING
    }

    /** The verdict of the whole run, whatever the command was asked for. */
    ExitStatus ofRun(RunState state) {
        return RunPresenter.exitStatus(state, confirmation);
    }

    boolean isGood(RunState state) {
        return state.ended().isPresent() && ofRun(state) == ExitStatus.COMPLETED;
    }

    /** The run has ended, and with it what was watched of it. */
    ExitStatus ended(RunState state) {
        ExitStatus ofRun = ofRun(state);
        return mapped(isVerdict(ofRun) && !only.isAll() ? ofChosen(state) : ofRun);
    }

    /** What was watched of the run has ended. */
    ExitStatus enough(RunState state) {
        return mapped(ofChosen(state));
    }

    /** Without --exit-status a run that ended is a success of watching; the codes from 5 on apply to both. */
    ExitStatus mapped(ExitStatus verdict) {
        return of == Of.WATCHING && isVerdict(verdict) ? ExitStatus.COMPLETED : verdict;
    }

    ExitStatus ofChosen(RunState state) {
        return only.isAll() ? ExitStatus.COMPLETED : only.status(state, confirmation);
    }

    private static boolean isVerdict(ExitStatus status) {
        return status.code() < ExitStatus.NOT_FOUND.code();
    }
}
