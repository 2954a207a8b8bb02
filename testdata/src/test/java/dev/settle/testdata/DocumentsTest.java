package dev.settle.testdata;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What comments and documents refer to is in the repository, down to the section that they name. */
final class DocumentsTest {
    private static final Path CHECKOUT = TestData.path("..").toAbsolutePath().normalize();

    /** Raise them as the repository grows: a scan that finds less has missed a folder. */
    private static final int PAGES_AT_LEAST = 90;

    private static final int REFERENCES_AT_LEAST = 110;
    private static final int LINKS_AT_LEAST = 100;

    private static final Set<String> FOLDERS_LEFT_OUT = Set.of(".git", "target", "recorded", "fuzzed", "node_modules");

    /** The text of a link, then its target. */
    private static final Pattern LINK = Pattern.compile("\\[[^\\]\\[]*\\]\\(([^()\\s]+)\\)");

    private static final Pattern HEADING = Pattern.compile("#{1,6} +(.*)");
    private static final Pattern NUMBERED = Pattern.compile("(?:(#{2,4}) +)?([0-9]+)\\. .*");

    /** {@code slurm.md, 7}, {@code contract.md, 4.5 and 8}, {@code conformance.md, A3, SR-06}, or a page as such. */
    private static final Pattern REFERENCE = Pattern.compile(
            "(?<![\\w.-])((?:[\\w.-]+/)*[\\w-]+\\.md)\\b((?:(?:,| and) (?:[0-9]+(?:\\.[0-9]+)?|[A-Z]{1,2}-?[0-9]+)(?![\\w-]))*)");

    /** The same in a form that nothing can follow. */
    private static final Pattern LOOSE_REFERENCE =
            Pattern.compile("\\.md(?: [0-9]|,? (?:Identity|Outages|States|Refusals|Out of|table of|[Ss]ection))"
                    + "|\\b[Cc]ontract(?: section)?s? [0-9]|\\b[Cc]ontract, section|\\b[Cc]onformance (?:table )?[A-Z]"
                    + "|\\b[Ii]ssue [0-9]");

    @Test
    void linksOfAllPagesLeadToFilesAndHeadingsThatAreThere() throws IOException {
        List<Path> pages = files().stream().filter(DocumentsTest::isPage).toList();
        assertThat(pages).hasSizeGreaterThanOrEqualTo(PAGES_AT_LEAST);
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path page : pages) {
            Matcher link = LINK.matcher(withoutCode(Files.readString(page)));
            while (link.find()) {
                String target = link.group(1);
                if (!target.matches("[a-z]+:.*")) {
                    links++;
                    linkProblem(page, target).ifPresent(why -> broken.add(named(page) + ": " + target + ": " + why));
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(links).isGreaterThanOrEqualTo(LINKS_AT_LEAST);
    }

    @Test
    void pagesThatTheDistributionCarriesLinkOnlyToEachOther() throws IOException {
        Path folder = CHECKOUT.resolve("app/docs");
        List<String> outside = new ArrayList<>();
        for (Path page : files()) {
            if (page.startsWith(folder)) {
                Matcher link = LINK.matcher(withoutCode(Files.readString(page)));
                while (link.find()) {
                    if (link.group(1).startsWith("..")) {
                        outside.add(named(page) + ": " + link.group(1));
                    }
                }
            }
        }
        assertThat(outside).isEmpty();
    }

    @Test
    void referencesOfCommentsLeadToSectionsThatAreThere() throws IOException {
        Map<String, List<Path>> pages = new HashMap<>();
        for (Path file : files()) {
            if (isPage(file)) {
                pages.computeIfAbsent(file.getFileName().toString(), name -> new ArrayList<>())
                        .add(file);
            }
        }
        List<String> broken = new ArrayList<>();
        int references = 0;
        for (Path file : files()) {
            for (String comment : comments(file)) {
                Matcher reference = REFERENCE.matcher(comment);
                while (reference.find()) {
                    references++;
                    referenceProblem(file, reference.group(1), reference.group(2), pages)
                            .ifPresent(why -> broken.add(named(file) + ": " + why));
                }
                Matcher loose = LOOSE_REFERENCE.matcher(comment);
                while (loose.find()) {
                    broken.add(named(file) + ": write NAME.md, NUMBER in place of \"" + loose.group() + "\" in: "
                            + comment);
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(references).isGreaterThanOrEqualTo(REFERENCES_AT_LEAST);
    }

    @Test
    void everyDecisionIsInTheIndexAndHasAllOfItsParts() throws IOException {
        Path folder = CHECKOUT.resolve("core/docs/decisions");
        String index = Files.readString(folder.resolve("README.md"));
        List<Path> decisions;
        try (Stream<Path> all = Files.list(folder)) {
            decisions = all.filter(file -> file.getFileName().toString().matches("[0-9]{4}-.*\\.md"))
                    .sorted()
                    .toList();
        }
        int number = 0;
        for (Path file : decisions) {
            number++;
            String name = file.getFileName().toString();
            String text = Files.readString(file);
            String title = text.lines().findFirst().orElseThrow();
            assertThat(name).startsWith(String.format(Locale.ROOT, "%04d-", number));
            assertThat(title).startsWith("# " + number + ". ");
            assertThat(text).contains("\nStatus: ", "\n## Context\n", "\n## Decision\n", "\n## Consequences\n");
            assertThat(index)
                    .contains(
                            "\n| " + number + " | [" + title.substring(title.indexOf(". ") + 2) + "](" + name + ") | ");
        }
        assertThat(index.lines().filter(line -> line.matches("\\| [0-9]+ \\| .*")))
                .hasSize(number);
    }

    @Test
    void numberedSectionsOfAPageAreNumberedOnce() throws IOException {
        for (String name : List.of("core/docs/slurm.md", "app/docs/contract.md")) {
            List<String> numbers = new ArrayList<>();
            for (String line : Files.readAllLines(CHECKOUT.resolve(name))) {
                Matcher numbered = NUMBERED.matcher(line);
                if (numbered.matches() && numbered.group(1) != null) {
                    numbers.add(numbered.group(2));
                }
            }
            assertThat(numbers).as(name).doesNotHaveDuplicates().isNotEmpty();
        }
    }

    // Links.

    private static Optional<String> linkProblem(Path page, String target) throws IOException {
        int hash = target.indexOf('#');
        String path = hash < 0 ? target : target.substring(0, hash);
        Path file = path.isEmpty() ? page : page.resolveSibling(path).normalize();
        if (!Files.exists(file)) {
            return Optional.of("there is no such file");
        }
        if (hash >= 0 && !anchors(file).contains(target.substring(hash + 1))) {
            return Optional.of("there is no such heading; there are " + anchors(file));
        }
        return Optional.empty();
    }

    /** The headings of a page as hosting platforms name them in links. */
    private static Set<String> anchors(Path page) throws IOException {
        Set<String> anchors = new LinkedHashSet<>();
        for (String line : withoutBlocks(Files.readString(page)).split("\n", -1)) {
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                anchors.add(heading.group(1)
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                        .replace(' ', '-'));
            }
        }
        return anchors;
    }

    private static String withoutBlocks(String markdown) {
        return markdown.replaceAll("(?ms)^```.*?^```", "");
    }

    private static String withoutCode(String markdown) {
        return withoutBlocks(markdown).replaceAll("(?m)^    .*$", "").replaceAll("`[^`\n]*`", "code");
    }

    // References.

    private static Optional<String> referenceProblem(
            Path file, String name, String sections, Map<String, List<Path>> pages) throws IOException {
        Optional<Path> page = page(file, name, pages);
        if (page.isEmpty()) {
            return Optional.of(name + " is not in the repository, or there are several");
        }
        String text = Files.readString(page.get());
        for (String section : sections.split(",| and", -1)) {
            if (!section.isBlank() && !hasSection(text, section.strip())) {
                return Optional.of(name + " has no section " + section.strip());
            }
        }
        return Optional.empty();
    }

    private static Optional<Path> page(Path from, String name, Map<String, List<Path>> pages) {
        for (Path base : List.of(from.resolveSibling("."), CHECKOUT)) {
            Path file = base.resolve(name).normalize();
            if (Files.isRegularFile(file)) {
                return Optional.of(file);
            }
        }
        List<Path> called = pages.getOrDefault(name, List.of());
        return called.size() == 1 ? Optional.of(called.get(0)) : Optional.empty();
    }

    /** A heading with the number, a numbered point below it, or an id in the first column of a table or in a heading. */
    private static boolean hasSection(String text, String section) {
        if (!Character.isDigit(section.charAt(0))) {
            String id = Pattern.quote(section);
            return Pattern.compile("(?m)^\\| (?:[^|]*\\b)?" + id + "\\b[^|]*\\||^#+ .*\\(" + id + "\\)$")
                    .matcher(text)
                    .find();
        }
        String[] numbers = section.split("\\.", -1);
        boolean inSection = false;
        for (String line : withoutBlocks(text).split("\n", -1)) {
            Matcher numbered = NUMBERED.matcher(line);
            boolean heading = line.startsWith("#");
            if (numbered.matches() && heading) {
                inSection = numbered.group(2).equals(numbers[0]);
                if (inSection && numbers.length == 1) {
                    return true;
                }
            } else if (heading && line.startsWith("## ")) {
                inSection = false;
            } else if (inSection && numbered.matches() && numbered.group(2).equals(numbers[1])) {
                return true;
            }
        }
        return false;
    }

    // Comments.

    /** The comments of a source, each with its lines joined; of a page, its paragraphs. */
    private static List<String> comments(Path file) throws IOException {
        String name = file.getFileName().toString();
        String text = Files.readString(file);
        if (isPage(file)) {
            return List.of(withoutBlocks(text).replaceAll("(?m)^    .*$", "").replace('\n', ' '));
        }
        Pattern comment = name.endsWith(".java") ? JAVA_COMMENT : name.endsWith(".xml") ? ALL : HASH_COMMENT;
        List<String> comments = new ArrayList<>();
        StringBuilder open = new StringBuilder();
        for (String line : text.split("\n", -1)) {
            Matcher found = comment.matcher(line);
            if (found.find()) {
                String words = Optional.ofNullable(found.group(1)).orElseGet(() -> found.group(2));
                open.append(' ').append(words.strip());
            } else if (!open.isEmpty()) {
                comments.add(open.toString());
                open.setLength(0);
            }
        }
        comments.add(open.toString());
        return comments;
    }

    private static final Pattern JAVA_COMMENT = Pattern.compile("^\\s*(?:/?\\*+/?|//)(.*)$|(?<!:)// (.*)$");
    private static final Pattern HASH_COMMENT = Pattern.compile("(?:^|\\s)#+ (.*)$");
    private static final Pattern ALL = Pattern.compile("^(.*\\S.*)$");

    // Files.

    private static boolean isPage(Path file) {
        return file.getFileName().toString().endsWith(".md");
    }

    private static boolean isRead(Path file) {
        String name = file.getFileName().toString();
        Path below = CHECKOUT.relativize(file);
        boolean story = below.startsWith("testdata/traces");
        boolean data = below.startsWith("testdata/golden") || below.startsWith("testdata/slurm/traces");
        return isPage(file)
                || story
                || (!data && name.matches(".*\\.(java|sh|pl|xml|ya?ml|properties)|[A-Za-z_-]+|\\.gitattributes"));
    }

    private static Set<Path> files() throws IOException {
        Set<Path> files = new TreeSet<>();
        Files.walkFileTree(CHECKOUT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return FOLDERS_LEFT_OUT.contains(String.valueOf(folder.getFileName()))
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile() && isRead(file)) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }

    private static String named(Path file) {
        return CHECKOUT.relativize(file).toString();
    }
}
