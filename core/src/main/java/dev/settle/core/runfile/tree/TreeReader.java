package dev.settle.core.runfile.tree;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactoryBuilder;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.settle.core.runfile.RunFiles;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * YAML or JSON into one tree of nodes with places: duplicate keys, unknown aliases, merges and documents that are out of
 * bounds are settled here.
 *
 * <p>Jackson streams the tokens; its databind is not used, since it loses the places and costs a quarter of a second.
 */
public final class TreeReader {
    /** Our deepest legal document nests six levels. */
    static final int DEPTH_MAX = 50;

    /** Following all aliases must not yield more nodes: the bound that stops anchors that explode. */
    static final long NODES_MAX = 10_000_000;

    private static final String CORE_TAG = "tag:yaml.org,2002:";
    private static final Set<String> CORE_TAGS = Set.of("str", "int", "float", "bool", "null", "map", "seq");

    private final JsonParser parser;
    private final Problems problems;
    private final Map<String, Node> anchors = new HashMap<>();

    /** Equal keys share one string. */
    private final Map<String, String> keys = new HashMap<>();

    private TreeReader(JsonParser parser, Problems problems) {
        this.parser = parser;
        this.problems = problems;
    }

    /** The document's root; empty after a problem that leaves no tree. */
    public static Optional<Node> yaml(String text, Problems problems) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(RunFiles.FILE_BYTES_MAX);
        YAMLFactoryBuilder builder = YAMLFactory.builder()
                .loaderOptions(options)
                .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
                .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
                .streamReadConstraints(constraints());
        return parse(new AnchoredYaml(builder), text, problems);
    }

    /** As {@link #yaml}. */
    public static Optional<Node> json(String text, Problems problems) {
        return parse(JsonFactory.builder().streamReadConstraints(constraints()).build(), text, problems);
    }

    private static StreamReadConstraints constraints() {
        return StreamReadConstraints.builder()
                .maxNestingDepth(DEPTH_MAX)
                .maxStringLength(RunFiles.FILE_BYTES_MAX)
                .build();
    }

    private static Optional<Node> parse(JsonFactory factory, String text, Problems problems) {
        try (JsonParser parser = factory.createParser(new StringReader(text))) {
            TreeReader reader = new TreeReader(parser, problems);
            if (parser.nextToken() == null) {
                problems.add(0, 0, DocumentPath.ROOT, "the file is empty", "write a list of items");
                return Optional.empty();
            }
            Node root = reader.node(DocumentPath.ROOT, 0);
            if (parser.nextToken() != null) {
                JsonLocation at = parser.currentTokenLocation();
                problems.add(
                        at.getLineNr(), at.getColumnNr(), DocumentPath.ROOT, "a second document", "keep one in a file");
            }
            if (root.weight > NODES_MAX) {
                problems.add(0, 0, DocumentPath.ROOT, "its aliases stand for more than " + NODES_MAX + " values", "");
                return Optional.empty();
            }
            return Optional.of(root);
        } catch (JsonProcessingException e) {
            SyntaxWords.of(e).tell(problems);
        } catch (YAMLException e) {
            SyntaxWords.of(e).tell(problems);
        } catch (IOException e) {
            throw new IllegalStateException("a string cannot fail to be read", e);
        }
        return Optional.empty();
    }

    /** The value that the parser stands on. */
    private Node node(DocumentPath trail, int depth) throws IOException {
        JsonLocation at = parser.currentTokenLocation();
        int line = at.getLineNr();
        int column = at.getColumnNr();
        String anchor = null;
        if (parser instanceof AnchoredYaml.Parser yaml) {
            if (yaml.isCurrentAlias()) {
                return alias(yaml.getText(), line, column, trail);
            }
            anchor = yaml.anchor();
            checkTag(yaml.getTypeId(), line, column, trail);
        }
        Node node = fresh(line, column, trail, depth);
        if (anchor != null) {
            anchors.put(anchor, node);
        }
        return node;
    }

    private Node fresh(int line, int column, DocumentPath trail, int depth) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> map(line, column, trail, depth);
            case START_ARRAY -> list(line, column, trail, depth);
            case VALUE_STRING -> new Node.Scalar(line, column, Node.Kind.TEXT, parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                new Node.Scalar(line, column, Node.Kind.NUMBER, parser.getText());
            case VALUE_TRUE, VALUE_FALSE -> new Node.Scalar(line, column, Node.Kind.BOOLEAN, parser.getText());
            case VALUE_NULL -> new Node.Scalar(line, column, Node.Kind.NULL, "");
            default -> {
                problems.add(line, column, trail, "a value that is no text, number, list or map", "");
                yield new Node.Scalar(line, column, Node.Kind.NULL, "");
            }
        };
    }

    private Node list(int line, int column, DocumentPath trail, int depth) throws IOException {
        List<Node> elements = new ArrayList<>();
        long weight = 1;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            Node element = node(trail.index(elements.size()), depth + 1);
            elements.add(element);
            weight = add(weight, element.weight);
        }
        return new Node.OfList(line, column, weight, elements);
    }

    private Node map(int line, int column, DocumentPath trail, int depth) throws IOException {
        List<Node.Entry> entries = new ArrayList<>(4);
        List<Node> merged = new ArrayList<>(0);
        long weight = 1;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            JsonLocation at = parser.currentTokenLocation();
            String key = keys.computeIfAbsent(parser.currentName(), name -> name);
            parser.nextToken();
            Node value = node(trail.key(key), depth + 1);
            weight = add(weight, value.weight);
            // The merge key of YAML 1.1: what the map says itself wins.
            if (key.equals("<<") && parser instanceof YAMLParser) {
                merged.add(value);
            } else {
                entries.add(new Node.Entry(key, at.getLineNr(), at.getColumnNr(), value));
            }
        }
        refuseDuplicates(entries, trail);
        for (Node each : merged) {
            merge(each, entries, trail);
        }
        return new Node.OfMap(line, column, weight, entries);
    }

    private void refuseDuplicates(List<Node.Entry> entries, DocumentPath trail) {
        // Most maps have a handful of keys, where comparing each with each is quickest.
        if (entries.size() <= 8) {
            for (int i = 1; i < entries.size(); i++) {
                for (int j = 0; j < i; j++) {
                    if (entries.get(i).key().equals(entries.get(j).key())) {
                        duplicate(entries.get(j), entries.get(i), trail);
                        break;
                    }
                }
            }
            return;
        }
        Map<String, Node.Entry> seen = new HashMap<>();
        for (Node.Entry entry : entries) {
            Node.Entry first = seen.putIfAbsent(entry.key(), entry);
            if (first != null) {
                duplicate(first, entry, trail);
            }
        }
    }

    private void duplicate(Node.Entry first, Node.Entry second, DocumentPath trail) {
        problems.add(
                second.line(),
                second.column(),
                trail.key(second.key()),
                "the key is there twice",
                "it is in line " + first.line() + " as well; keep one");
    }

    private void merge(Node node, List<Node.Entry> entries, DocumentPath trail) {
        List<Node> sources = node instanceof Node.OfList list ? list.elements : List.of(node);
        Map<String, Node.Entry> all = new LinkedHashMap<>();
        entries.forEach(entry -> all.putIfAbsent(entry.key(), entry));
        for (Node source : sources) {
            if (source instanceof Node.OfMap map) {
                map.entries.forEach(entry -> all.putIfAbsent(entry.key(), entry));
            } else if (source.kind() != Node.Kind.NULL) {
                problems.add(source, trail.key("<<"), "only a map can be merged, this is " + source.noun(), "");
            }
        }
        entries.clear();
        entries.addAll(all.values());
    }

    private Node alias(String name, int line, int column, DocumentPath trail) {
        Node target = anchors.get(name);
        if (target != null) {
            return target;
        }
        problems.add(
                line,
                column,
                trail,
                "the alias *" + name + " has no anchor &" + name + " before it",
                "put a text that begins with * in quotes");
        return new Node.Scalar(line, column, Node.Kind.TEXT, "*" + name);
    }

    private void checkTag(@Nullable String tag, int line, int column, DocumentPath trail) {
        if (tag == null || tag.isEmpty() || tag.equals("!")) {
            return;
        }
        boolean core = tag.startsWith(CORE_TAG);
        if (!core || !CORE_TAGS.contains(tag.substring(CORE_TAG.length()))) {
            String written = core ? "!!" + tag.substring(CORE_TAG.length()) : "!" + tag;
            problems.add(line, column, trail, "the tag " + written + " means nothing here", "leave it out");
        }
    }

    private static long add(long sum, long weight) {
        return Math.min(sum + weight, Long.MAX_VALUE / 4);
    }
}
