package dev.settle.app.process;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The one place where threads are made. All of them are daemons: a command ends when its own thread does.
 *
 * <p>What a thread does has to give its answer whatever happens; an error that reaches the end of a thread all the same
 * has taken somebody's answer with it, and the process ends with 70 and says so, rather than wait for ever.
 */
public final class Threads {
    private Threads() {}

    /** A thread that is not started yet. */
    public static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler(Threads::endProcess);
        return thread;
    }

    /** Makes threads called {@code NAME-1}, {@code NAME-2} and so on. */
    public static ThreadFactory factory(String name) {
        AtomicInteger number = new AtomicInteger();
        return work -> daemon(name + "-" + number.incrementAndGet(), work);
    }

    /** Tells of an error in something that is done again and again, and that goes on. */
    public static void tell(Throwable error) {
        Thread.UncaughtExceptionHandler elsewhere = Thread.getDefaultUncaughtExceptionHandler();
        if (elsewhere != null) {
            elsewhere.uncaughtException(Thread.currentThread(), error);
            return;
        }
        Console.ofProcess().notice("settle: " + Thread.currentThread().getName() + ": " + error + "; going on");
    }

    private static void endProcess(Thread thread, Throwable error) {
        try {
            Console console = Console.ofProcess();
            console.notice("settle: thread " + thread.getName() + " died: " + error);
            console.notice("settle: the run cannot continue here; nothing of it is lost. To continue it: settle watch");
        } finally {
            ProcessEnd.halt(ExitStatus.DEFECT.code());
        }
    }
}
