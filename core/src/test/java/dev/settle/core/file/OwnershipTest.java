package dev.settle.core.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OwnershipTest {
    @TempDir
    Path temp;

    private Path folder(String name, String mode) throws Exception {
        Path folder = Files.createDirectory(temp.resolve(name));
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
    }

    private static NotOursException refusal(Path path, String uid) {
        return catchThrowableOfType(NotOursException.class, () -> Ownership.check(path, uid));
    }

    @Test
    void whatIsOursAloneAndWhatIsMissingIsAccepted() throws Exception {
        Path seen = folder("seen by others", "rwxr-xr-x");
        assertThatCode(() -> Ownership.check(seen)).doesNotThrowAnyException();
        assertThatCode(() -> Ownership.check(temp.resolve("missing"))).doesNotThrowAnyException();
    }

    @Test
    void whatOthersMayChangeIsRefusedWithACommandThatAShellReads() throws Exception {
        for (String mode : new String[] {"rwxrwx---", "rwx----w-", "rwxrwxrwx"}) {
            Path folder = folder("it's " + mode, mode);
            NotOursException refused = refusal(folder, Ownership.uid());
            assertThat(refused.kind()).isEqualTo(NotOursException.Kind.MODE);
            assertThat(refused).hasMessageContaining(mode);
            assertThat(refused.fix()).isEqualTo("chmod 700 '" + temp + "/it'\\''s " + mode + "'");
        }
    }

    @Test
    void whatBelongsToAnotherIsRefusedWhateverItsMode() throws Exception {
        assertThat(refusal(folder("theirs", "rwx------"), "4294967").kind()).isEqualTo(NotOursException.Kind.OWNER);
    }

    @Test
    void linkIsRefusedWhereverItLeadsAndALinkAboveIsNot() throws Exception {
        Path real = folder("real", "rwx------");
        Path link = Files.createSymbolicLink(temp.resolve("link"), real);
        NotOursException refused = refusal(link, Ownership.uid());
        assertThat(refused.kind()).isEqualTo(NotOursException.Kind.LINK);
        assertThat(refused).hasMessageContaining(real.toString());
        Files.createDirectory(real.resolve("below"));
        assertThatCode(() -> Ownership.check(link.resolve("below"))).doesNotThrowAnyException();
    }

    @Test
    void fileIsNotOpenedThroughALinkInItsPlace() throws Exception {
        Path victim = Files.writeString(temp.resolve("victim"), "as it was");
        Path planted = Files.createSymbolicLink(temp.resolve("planted"), victim);
        assertThatCode(() -> OwnFiles.open(planted, StandardOpenOption.CREATE, StandardOpenOption.WRITE))
                .isInstanceOf(java.io.IOException.class);
        AtomicFile.write(planted, "a text", AtomicFile.Durability.MAY_BE_LOST);
        assertThat(victim).hasContent("as it was");
        assertThat(planted).isRegularFile().hasContent("a text");
    }
}
