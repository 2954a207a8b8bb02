package dev.settle.core.runfile.tree;

import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactoryBuilder;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.Reader;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.events.ScalarEvent;

/** Jackson's YAML with the anchors of scalars, which its parser leaves out: {@code cpus: &n 4}. */
final class AnchoredYaml extends YAMLFactory {
    private static final long serialVersionUID = 1L;

    AnchoredYaml(YAMLFactoryBuilder builder) {
        super(builder);
    }

    @Override
    protected YAMLParser _createParser(Reader in, IOContext context) {
        return new Parser(context, _parserFeatures, _yamlParserFeatures, _loaderOptions, getCodec(), in);
    }

    /** A parser that knows the anchor of every value. */
    static final class Parser extends YAMLParser {
        Parser(
                IOContext context,
                int features,
                int yamlFeatures,
                LoaderOptions options,
                @Nullable ObjectCodec codec,
                Reader in) {
            super(context, features, yamlFeatures, options, codec, in);
        }

        /** The anchor of the value that the parser stands on. */
        @Nullable
        String anchor() {
            return _lastEvent instanceof ScalarEvent scalar ? scalar.getAnchor() : _currentAnchor;
        }
    }
}
