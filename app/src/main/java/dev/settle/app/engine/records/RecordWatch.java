package dev.settle.app.engine.records;

import dev.settle.app.process.Ticker;
import dev.settle.app.runs.Requests;
import dev.settle.core.kernel.Input;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.wrapper.JobWrapper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notices start and exit records within a second: by the file system's own notices where it has them, and by a look at the
 * folder's modification time where it has none (network file systems do not tell what other nodes write).
 */
public final class RecordWatch implements AutoCloseable {
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    /** Looks take at most one part in so many of the time, however many records there are, but are never rarer than this. */
    private static final int LOOK_SHARE = 20;

    /** The same where the scheduler tells of records: a look finds only those of an earlier driver's jobs. */
    private static final int LOOK_SHARE_WHEN_TOLD = 100;

    private static final Duration LOOK_PAUSE_MAX = Duration.ofSeconds(2);

    private static final Duration TROUBLE_PAUSE = Duration.ofSeconds(5);

    /** A record that cannot be read yet is looked at again so many times; attribute caches of NFS last seconds. */
    private static final int READ_TRIES = 20;

    private final Path folder;
    private final Records records;
    private final Clock clock;
    private final Consumer<Input> inbox;
    private final Consumer<String> notices;
    private final Set<String> seen = new HashSet<>();
    /** Records of earlier runs of requeued jobs, which the wrapper put aside. */
    private final Set<String> aside = new HashSet<>();

    private final Map<String, Integer> unread = new HashMap<>();
    private boolean watchesStarts = true;
    private String told = "";
    private @Nullable FileTime lookedAt;
    private long nextLookMillis;
    private Optional<FolderNotices.Listening> listening = Optional.empty();
    private Optional<ScheduledFuture<?>> looks = Optional.empty();

    /**
     * Watches one run's folder of records.
     *
     * @param numbers is told the scheduler's own number of each task of an array
     */
    public RecordWatch(
            Requests requests,
            Clock clock,
            Consumer<Input> inbox,
            Consumer<String> notices,
            BiConsumer<JobId, JobId> numbers) {
        this.records = new Records(requests, clock, notices, numbers);
        this.folder = requests.folder().records();
        this.clock = clock;
        this.inbox = inbox;
        this.notices = notices;
    }

    /** Starts watching, first with all records that are there. */
    public void start() {
        try {
            listening = Optional.of(FolderNotices.listen(folder, this::appeared));
        } catch (IOException e) {
            notices.accept("the file system does not tell of exit records: " + e.getMessage()
                    + "; their folder is looked at instead");
        }
        startLooking(LOOK_SHARE);
    }

    /** The same where the scheduler tells of records ({@link #ended}): notices of the file system would tell it twice. */
    public void startLooking() {
        watchesStarts = false;
        startLooking(LOOK_SHARE_WHEN_TOLD);
    }

    private void startLooking(int share) {
        looks = Optional.of(Ticker.RECORDS.nowAndEvery(LOOK_EVERY, () -> lookIfDue(share)));
    }

    /** A record is there. */
    public void ended(Path record) {
        appeared(String.valueOf(record.getFileName()));
    }

    private void tell(IOException trouble) {
        lookedAt = null;
        String why = String.valueOf(trouble.getMessage());
        if (!why.equals(told)) {
            told = why;
            notices.accept("exit records cannot be watched: " + why + "; the regular questions go on");
        }
    }

    /** Looks cost the more the more is there already; and a file system that fails for a while is looked at again. */
    private void lookIfDue(int share) {
        long now = clock.millis();
        if (now < nextLookMillis && nextLookMillis <= now + TROUBLE_PAUSE.toMillis()) {
            return;
        }
        try {
            look();
            long took = clock.millis() - now;
            nextLookMillis =
                    now + took + Math.min(LOOK_PAUSE_MAX.toMillis(), Math.max(LOOK_EVERY.toMillis(), took * share));
        } catch (IOException e) {
            tell(e);
            nextLookMillis = now + TROUBLE_PAUSE.toMillis();
        }
    }

    /** A look at the whole folder if its modification time is new; and at records that could not be read before. */
    public synchronized void look() throws IOException {
        for (String name : Set.copyOf(unread.keySet())) {
            read(name);
        }
        FileTime modified = modified();
        if (modified.equals(lookedAt)) {
            return;
        }
        // Times may be coarse: a folder that changed just now is looked at once more.
        boolean settled = clock.millis() - modified.toMillis() > 2 * LOOK_EVERY.toMillis();
        lookedAt = settled ? modified : null;
        int asideBefore = aside.size();
        // Names alone: with a path for each a look at 10,000 records takes three times as long.
        String[] names = folder.toFile().list();
        if (names == null) {
            throw new IOException("cannot list " + folder);
        }
        for (String name : names) {
            appeared(name);
        }
        if (aside.size() > asideBefore) {
            // The record of the next run may have been passed over before the earlier one's was met.
            lookedAt = null;
        }
    }

    /** NFS asks its server when a folder is opened; the times that it keeps may be a minute old (acdirmax, nfs(5)). */
    private FileTime modified() throws IOException {
        try (DirectoryStream<Path> opened = Files.newDirectoryStream(folder)) {
            Objects.requireNonNull(opened);
            return Files.getLastModifiedTime(folder);
        }
    }

    private synchronized void appeared(String name) {
        if (isRecord(name) || isStart(name)) {
            if (seen.add(name)) {
                read(name);
            }
        } else {
            int mark = name.lastIndexOf(JobWrapper.ASIDE);
            if (mark > 0 && isRecord(name.substring(0, mark)) && aside.add(name)) {
                // The scheduler started the job again: other records of this name are to come, or are there.
                String record = name.substring(0, mark);
                for (String each : List.of(record, record + JobWrapper.START_SUFFIX)) {
                    seen.remove(each);
                    unread.remove(each);
                }
            }
        }
    }

    /** The scheduler's jobs say that they run; of jobs on this machine it is known. */
    private boolean isStart(String name) {
        return watchesStarts && name.endsWith(JobWrapper.START_SUFFIX) && isRecord(ended(name));
    }

    private static String ended(String start) {
        return start.substring(0, start.length() - JobWrapper.START_SUFFIX.length());
    }

    /** {@code ITEM.ATTEMPT}; start records and what is being written have another suffix. */
    private static boolean isRecord(String name) {
        int dot = name.lastIndexOf('.');
        boolean number = dot > 0 && dot < name.length() - 1;
        for (int i = dot + 1; number && i < name.length(); i++) {
            number = name.charAt(i) >= '0' && name.charAt(i) <= '9';
        }
        return number;
    }

    private void read(String name) {
        boolean starts = name.endsWith(JobWrapper.START_SUFFIX);
        if (starts && seen.contains(ended(name))) {
            unread.remove(name);
            return;
        }
        try {
            Optional<? extends Input> record = starts ? records.start(ended(name)) : records.end(name);
            if (record.isPresent()) {
                unread.remove(name);
                inbox.accept(record.get());
                return;
            }
            again(name, "it is empty");
        } catch (IOException e) {
            again(name, e.getMessage());
        }
    }

    private void again(String name, @Nullable String why) {
        int tries = unread.merge(name, 1, Integer::sum);
        if (tries > READ_TRIES) {
            unread.remove(name);
            notices.accept("record " + name + " cannot be read: " + why + "; it is left out of the evidence");
        }
    }

    @Override
    public void close() {
        listening.ifPresent(FolderNotices.Listening::close);
        looks.ifPresent(each -> each.cancel(false));
    }
}
