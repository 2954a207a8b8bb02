package dev.settle.app.local.jobserver;

import java.nio.file.Path;

/** Is told how jobs end that a starter started. */
public interface ExitListener {
    /** The exit record of this process is on disk. */
    void recorded(long pid, Path record);

    /** The wrapper of this process was killed: the process may live on, and nobody will record its end. */
    void lost(long pid);
}
