package dev.settle.core.file;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/** Why a file could not be written, as far as the system's words tell. */
public enum StorageTrouble {
    FULL("no space is left", "No space left on device"),
    QUOTA("the disk quota is used up", "Disk quota exceeded"),
    READ_ONLY("the file system is read-only", "Read-only file system"),
    NOT_PERMITTED("the permission is missing", "Permission denied"),
    GONE("the folder is gone", "No such file or directory"),
    STALE("the file server has lost the file", "Stale file handle"),
    IO_ERROR("the device or the file server fails", "Input/output error"),
    OTHER("the file system refuses", "");

    private final String phrase;
    private final String systemText;

    StorageTrouble(String phrase, String systemText) {
        this.phrase = phrase;
        this.systemText = systemText;
    }

    /** In a sentence: {@code no space is left}. */
    public String phrase() {
        return phrase;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static StorageTrouble of(IOException e) {
        if (e instanceof NoSuchFileException) {
            return GONE;
        }
        if (e instanceof AccessDeniedException) {
            return NOT_PERMITTED;
        }
        String message = String.valueOf(e.getMessage());
        for (StorageTrouble trouble : values()) {
            if (trouble != OTHER && message.contains(trouble.systemText)) {
                return trouble;
            }
        }
        return e instanceof FileNotFoundException ? GONE : OTHER;
    }
}
