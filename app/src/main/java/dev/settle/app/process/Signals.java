package dev.settle.app.process;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/**
 * Takes over INT, TERM and HUP from the JVM.
 *
 * <p>{@code sun.misc.Signal} is the only way there is (a shutdown hook cannot keep the process alive to ask a
 * question); it is reached by reflection because the compiler warns of it in a way that cannot be switched off.
 */
public final class Signals {
    private Signals() {}

    /** Which signal came. */
    public enum Kind {
        HUP(ExitStatus.SIGNAL_HUP),
        INT(ExitStatus.SIGNAL_INT),
        TERM(ExitStatus.SIGNAL_TERM);

        private final ExitStatus status;

        Kind(ExitStatus status) {
            this.status = status;
        }

        public ExitStatus status() {
            return status;
        }
    }

    /**
     * Calls the handler, in a thread of its own, each time one of the signals comes.
     *
     * @throws IllegalStateException when this JVM has no signals
     */
    public static void handle(Consumer<Kind> handler) {
        for (Kind kind : Kind.values()) {
            install(kind.name(), () -> {
                try {
                    handler.accept(kind);
                } catch (RuntimeException | Error e) {
                    // The signal asks the process to end, and a journal may be left at any instruction.
                    Console.ofProcess().notice("settle: SIG" + kind + " ends this at once: " + e);
                    ProcessEnd.halt(kind.status().code());
                }
            });
        }
    }

    /** Calls back, in a thread of its own, each time the terminal has changed its size. */
    public static void onResize(Runnable handler) {
        install("WINCH", handler);
    }

    /**
     * Calls back around a stop of this process by Ctrl-Z: {@code before} it stops, and {@code after} it goes on, in the
     * foreground or not. {@code after} is also called when the process was stopped in a way that cannot be caught.
     */
    public static void onStop(Runnable before, Runnable after) {
        install("CONT", after);
        install("TSTP", () -> {
            before.run();
            try {
                // Java cannot raise STOP; nothing else stops a process that has caught TSTP.
                new ProcessBuilder(
                                "kill",
                                "-STOP",
                                String.valueOf(ProcessHandle.current().pid()))
                        .inheritIO()
                        .start()
                        .waitFor();
            } catch (IOException e) {
                after.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static void install(String name, Runnable handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
            Method handle = signal.getMethod("handle", signal, signalHandler);
            Object proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {signalHandler}, (self, method, args) -> {
                        if (method.getName().equals("handle")) {
                            handler.run();
                            return null;
                        }
                        // Object's own methods, which the JVM calls when it compares handlers.
                        return method.getName().equals("hashCode")
                                ? (Object) System.identityHashCode(self)
                                : method.getName().equals("equals") ? (Object) (self == args[0]) : name;
                    });
            handle.invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM lets nobody handle signals", e);
        }
    }
}
