package dev.settle.core.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about JSON in {@code app/docs} names every field that settle writes. */
final class JsonPageTest {
    /** Objects whose fields are named by users, by states or by tools. */
    private static final Set<String> OPEN = Set.of("metrics", "counts", "commands");

    @Test
    void everyFieldOfTheRunDocumentAndOfEventLinesIsOnThePage() throws IOException {
        String page = Files.readString(TestData.path("..").resolve("app/docs/json.md"));
        Set<String> fields = new TreeSet<>();
        try (Stream<Path> goldens = Files.list(TestData.path("golden", "view"))) {
            for (Path golden : goldens.sorted().toList()) {
                String name = golden.getFileName().toString();
                if (name.startsWith("run-") || name.startsWith("events-")) {
                    collect(golden, fields);
                }
            }
        }
        assertThat(fields).hasSizeGreaterThan(60);
        List<String> missing = new ArrayList<>();
        for (String field : fields) {
            if (!page.contains("`" + field + "`")) {
                missing.add(field);
            }
        }
        assertThat(missing).isEmpty();
    }

    private static void collect(Path golden, Set<String> fields) throws IOException {
        try (JsonParser json = new JsonFactory().createParser(golden.toFile())) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    String name = json.currentName();
                    fields.add(name);
                    if (OPEN.contains(name) && json.nextToken() == JsonToken.START_OBJECT) {
                        json.skipChildren();
                    }
                }
            }
        }
    }
}
