using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Granary.Library.Tests;

/// <summary>Makes the records of a batch in C# from the schema of batch files: a record for each object, a property for each key.</summary>
internal sealed partial class RecordSources(JsonObject schema)
{
    private const int Width = 140;

    // Names of the records by the last two keys of their path, or by the last one; others have that of their key after "Batch".
    private static readonly FrozenDictionary<string, string> s_names = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["instruments"] = "BatchInstrument",
        ["commissionTiers"] = "BatchFeeTier",
        ["execution/symbols"] = "BatchSymbolCosts",
        ["strategies"] = "StrategyGrid",
        ["space"] = "BatchRange",
        ["takeProfit"] = "BatchTarget",
        ["takeProfitOverTime"] = "BatchTargetStep",
        ["portfolio"] = "PortfolioSetup",
        ["groups"] = "BatchGroup",
        ["portfolio/size"] = "BatchPortfolioSize",
        ["learning"] = "BatchModel",
        ["labels"] = "BatchLabel",
        ["learning/walkForward"] = "BatchTraining",
        ["experiment/search"] = "BatchExperimentSearch",
        ["trainers"] = "BatchTrainer",
        ["machines"] = "BatchMachine",
        ["steps"] = "BatchMachineStep",
        ["rules"] = "BatchRegimeRule",
        ["universe"] = "BatchMembers",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Types of keys that a record of the schema does not describe; the words are texts with a meaning of their own.
    private static readonly FrozenDictionary<string, string> s_types = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["strategies/class"] = "StrategyClass",
        ["portfolio/weights"] = "GivenWeights",
        ["data/funding"] = "GivenFunding",
        ["search/features"] = "IReadOnlyList<IReadOnlyList<string>>",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Keys that C# has no need of: its classes are strategies themselves.
    private static readonly string[] s_leftOut = ["$schema", "code"];

    // What the schema does not say of a key, because its page does.
    private static readonly FrozenDictionary<string, string> s_help = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Batch.name"] = "Name of the run and of its folder: letters, digits, `-`, `_`, `.`; default `batch`",
        ["Batch.data"] = "The bars",
        ["Batch.account"] = "Cash and the risk-free rate",
        ["Batch.execution"] = "Costs and rules of fills",
        ["Batch.strategies"] = "The strategies, each with its parameters",
        ["Batch.portfolio"] = "The shared account: weights, limits and sizes",
        ["Batch.learning"] = "Models that filter, size or stop entries",
        ["Batch.walkForward"] = "Windows of `Backtest.WalkForwardAsync`",
        ["Batch.regimes"] = "States of the market",
        ["Batch.universe"] = "Which symbols may be entered when",
        ["Batch.resampling"] = "Other paths that the portfolio could have taken",
        ["Batch.outputs"] = "Tables of the run's folder; default: the usual ones. `all` writes each of them",
        ["Batch.seed"] = "Seed of all random numbers; default 1",
        ["Batch.benchmark"] = "A symbol, or an expression of symbols, to which the portfolio is compared",
        ["Batch.periodsPerYear"] = "Periods per year in yearly figures; default: those that the rows count",
        ["BatchData.source"] = "Address of the bars: `csv:FOLDER`, `store:FOLDER`, `generated:ACME?from=2015-01-01&to=2024-01-01`",
        ["StrategyGrid.class"] = "A strategy of Granary by its name, or a class of this program: `StrategyClass.Of<T>()`",
        ["StrategyGrid.params"] = "Values of the constructor's parameters by their names. A list makes a strategy of each combination",
        ["StrategyGrid.symbols"] = "The symbols that it trades; default: all of the data",
        ["StrategyGrid.timeframe"] = "Timeframes of its bars, such as `4h`; default: that of the data",
        ["StrategyGrid.tag"] = "A word that begins the ids of these strategies",
        ["PortfolioSetup.weights"] = "A rule, such as `equal` or `score`, a file `csv:FILE`, or weights by strategy",
        ["PortfolioSetup.limits"] = "Entries that the portfolio refuses or reduces",
        ["BatchSize.units"] = "Base units",
        ["BatchSize.percentOfEquity"] = "Percent of the strategy's equity",
        ["BatchSize.cash"] = "Account currency",
        ["BatchSize.riskPercent"] = "Percent of the equity that the stop distance may cost",
        ["BatchRange.values"] = "The values themselves, instead of a range",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Records that one word can stand for, and the key that has the word; "" = a word of its own.
    private static readonly FrozenDictionary<string, string> s_words = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["BatchLabel"] = "Kind",
        ["BatchApply"] = "Rule",
        ["BatchWatch"] = "Detector",
        ["BatchSession"] = "",
        ["BatchTrainer"] = "Name",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly SortedDictionary<string, SortedDictionary<int, (string Key, string Text)>> _records = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _summaries = [];

    /// <summary>The text of each file by its name.</summary>
    public IReadOnlyDictionary<string, string> Files()
    {
        Add("Batch", [], schema, "A batch: strategies over bars, and a portfolio of them. The keys are those of a batch file, and so are the "
            + "words and numbers; a key that is null is left out.");
        return _records.ToDictionary(r => r.Key + ".cs", r => Source(r.Key), StringComparer.Ordinal);
    }

    private string Source(string name)
    {
        var text = new StringBuilder();
        var body = string.Join("\n\n", _records[name].Values.Select(p => p.Text));
        if (s_words.TryGetValue(name, out var key))
            body += (key.Length > 0 ? "" : "\n\n    internal string? Word { get; init; }")
                + "\n\n    /// <summary>The section of which only this word is given.</summary>\n    public static implicit operator "
                + $"{name}(string word) => new() {{ {(key.Length > 0 ? key : "Word")} = word }};";
        if (body.Contains("[Json", StringComparison.Ordinal)) text.Append("using System.Text.Json.Serialization;\n\n");
        text.Append("namespace Granary;\n\n").Append(Comment(_summaries[name], "")).Append("public sealed record ").Append(name)
            .Append("\n{\n").Append(body).Append("\n}\n");
        return text.ToString();
    }

    private void Add(string name, string[] path, JsonObject part, string summary)
    {
        _summaries.TryAdd(name, summary);
        if (!_records.TryGetValue(name, out var keys)) _records.Add(name, keys = []);
        var required = part["required"]?.AsArray().Select(r => (string)r!).ToList() ?? [];
        foreach (var (key, value) in part["properties"]!.AsObject())
        {
            if (s_leftOut.Contains(key) || keys.Values.Any(k => k.Key == key)) continue;
            var type = TypeOf([.. path, key], value!.AsObject());
            // A record that stands for several forms of an object requires what each of them does.
            var isRequired = required.Contains(key) && name != "BatchRange";
            keys.Add(keys.Count, (key, Property(name, key, type, isRequired, value.AsObject())));
        }
        if (part["additionalProperties"] is JsonObject && path is ["portfolio", "limits"])
            keys.Add(keys.Count, ("*", Comment("Keys of rules of one's own by their names.", "    ")
                + "    [JsonExtensionData]\n    public System.Text.Json.Nodes.JsonObject? Rules { get; set; }"));
    }

    private static string Property(string record, string key, string type, bool isRequired, JsonObject value)
    {
        var help = (string?)value["description"] ?? "";
        if (value["enum"] is JsonArray words && !help.Contains((string)words[0]!, StringComparison.Ordinal) && words.Count < 12)
            help += (help.Length > 0 ? ": " : "") + string.Join(", ", words.Select(w => $"`{w}`"));
        if (help.Length == 0) help = s_help.GetValueOrDefault($"{record}.{key}") ?? $"The key `{key}`";
        if (value["default"] is JsonValue usual) help += $"; default `{usual}`";
        var converter = (record, key) switch
        {
            ("BatchInstrument", "session") => "    [JsonConverter(typeof(WordJson))]\n",
            ("Batch", "learning") => "    [JsonConverter(typeof(OneOrManyJson))]\n",
            _ => "",
        };
        var name = char.ToUpperInvariant(key[0]) + key[1..];
        return Comment(help, "    ") + converter
            + $"    public {(isRequired ? "required " : "")}{type}{(isRequired ? "" : "?")} {name} {{ get; init; }}";
    }

    private string TypeOf(string[] path, JsonObject value)
    {
        var at = string.Join('/', path.TakeLast(2));
        if (s_types.TryGetValue(at, out var known)) return known;
        if ((string?)value["$ref"] == "#/properties/data") return "BatchData";
        var forms = (value["anyOf"] ?? value["oneOf"])?.AsArray().Select(f => f!.AsObject()).ToList() ?? [];
        // The list covers a single value, and the record covers its words.
        if (value["properties"] is null && forms.Count > 0)
        {
            foreach (var form in forms.Where(f => f["properties"] is not null)) _ = RecordOf(path, form);
            return forms.FirstOrDefault(f => (string?)f["type"] == "array" && ItemsOf(f) is not null) is { } list ? TypeOf(path, list)
                : forms.FirstOrDefault(f => f["properties"] is not null) is { } record ? RecordOf(path, record)
                : forms.FirstOrDefault(f => f["additionalProperties"] is not null) is { } named ? TypeOf(path, named)
                : TypeOf(path, forms[0]);
        }
        if (value["properties"] is not null) return RecordOf(path, value);
        var type = value["type"];
        if (type is JsonArray) return "Values";
        return (string?)type switch
        {
            "array" => ItemsOf(value) is { } items ? $"IReadOnlyList<{TypeOf(path, items)}>" : "Values",
            "object" => $"Dictionary<string, {(value["additionalProperties"] is JsonObject named ? TypeOf(path, named) : "Values")}>",
            "boolean" => "bool",
            "number" => "double",
            "integer" => path[^1] == "seed" ? "long" : "int",
            _ => "string",
        };
    }

    // A list of values of several types is one of Values.
    private static JsonObject? ItemsOf(JsonObject list) =>
        list["items"] is JsonObject items && items["type"] is not JsonArray ? items : null;

    private string RecordOf(string[] path, JsonObject part)
    {
        var key = path[^1];
        var name = s_names.GetValueOrDefault(string.Join('/', path.TakeLast(2))) ?? s_names.GetValueOrDefault(key)
            ?? "Batch" + char.ToUpperInvariant(key[0]) + key[1..];
        Add(name, path, part, $"The keys of a batch's `{string.Join('.', path)}`.");
        return name;
    }

    // A summary as XML, wrapped.
    private static string Comment(string text, string indent)
    {
        var words = new StringBuilder();
        // Links to other pages keep their words.
        var plain = System.Text.RegularExpressions.Regex.Replace(text, @"\[([^\]]+)\]\([^)]+\)", "$1");
        var parts = plain.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal).Split('`');
        for (var i = 0; i < parts.Length; i++) words.Append(i % 2 == 1 && i < parts.Length - 1 ? $"<c>{parts[i]}</c>" : parts[i]);
        var sentence = words.ToString().Trim();
        // The help of a key may be a question word and its clause, which is no sentence of its own.
        if (QuestionWord().IsMatch(sentence)) sentence = $"Says {char.ToLowerInvariant(sentence[0])}{sentence[1..]}";
        if (!sentence.StartsWith('<')) sentence = char.ToUpper(sentence[0], CultureInfo.InvariantCulture) + sentence[1..];
        if (!sentence.EndsWith('.')) sentence += ".";
        var line = $"{indent}/// <summary>{sentence}</summary>\n";
        if (line.Length <= Width) return line;
        var lines = new StringBuilder($"{indent}/// <summary>\n");
        var current = $"{indent}///";
        foreach (var word in sentence.Split(' '))
        {
            if (current.Length + 1 + word.Length > Width)
            {
                lines.Append(current).Append('\n');
                current = $"{indent}///";
            }
            current += " " + word;
        }
        return lines.Append(current).Append('\n').Append(indent).Append("/// </summary>\n").ToString();
    }

    [System.Text.RegularExpressions.GeneratedRegex("^(how|what|which|whose|where|when|who) ",
        System.Text.RegularExpressions.RegexOptions.IgnoreCase | System.Text.RegularExpressions.RegexOptions.CultureInvariant)]
    private static partial System.Text.RegularExpressions.Regex QuestionWord();
}
