package dev.settle.core.wrapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.core.file.NotOursException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in the wrapper's place is run as its user: it is checked each time, and not believed because of its name. */
final class WrapperFilesTest {
    @TempDir
    Path state;

    @Test
    void scriptThatIsNotThatOfThisBuildIsReplacedBeforeItIsUsed() throws Exception {
        Path script = WrapperFiles.install(state).resolve(WrapperFiles.PERL);
        byte[] ours = Files.readAllBytes(script);
        Files.writeString(script, "print STDERR qq(planted\\n);");
        assertThat(WrapperFiles.install(state).resolve(WrapperFiles.PERL)).isEqualTo(script);
        assertThat(Files.readAllBytes(script)).isEqualTo(ours);
        assertThat(Files.list(script.getParent())).hasSize(2);
    }

    @Test
    void scriptThatWasRemovedIsPutBack() throws Exception {
        Path script = WrapperFiles.install(state).resolve(WrapperFiles.SHELL);
        Files.delete(script);
        WrapperFiles.install(state);
        assertThat(script).isNotEmptyFile();
    }

    @Test
    void installationThatOthersMayChangeIsRefused() throws Exception {
        Path folder = WrapperFiles.install(state);
        for (Path each : new Path[] {folder.resolve(WrapperFiles.PERL), folder, folder.getParent()}) {
            var before = Files.getPosixFilePermissions(each);
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxrwxrwx"));
            assertThatThrownBy(() -> WrapperFiles.install(state))
                    .isInstanceOf(NotOursException.class)
                    .hasMessageContaining(each.toString());
            Files.setPosixFilePermissions(each, before);
        }
        WrapperFiles.install(state);
    }

    @Test
    void linkInPlaceOfTheInstallationIsRefused() throws Exception {
        Path folder = WrapperFiles.install(state);
        Path elsewhere = Files.move(folder, state.resolve("elsewhere"));
        Files.createSymbolicLink(folder, elsewhere);
        assertThatThrownBy(() -> WrapperFiles.install(state)).isInstanceOf(NotOursException.class);
    }
}
