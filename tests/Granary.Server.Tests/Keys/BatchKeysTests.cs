using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Engine;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Server.Schedules;
using Granary.Simulation.Batches;
using Granary.Simulation.Columns;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Simulation.Validation;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Server.Tests.Keys;

/// <summary>Everything that a key of a batch file takes part in follows from its declaration.</summary>
public sealed class BatchKeysTests
{
    private static readonly bool Writes = Environment.GetEnvironmentVariable("GRANARY_WRITE_DOCS") == "1";

    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Where the keys of a record are: the object in the schema, and the heading of their table. Other keys are read by hand.
    private sealed record Section(Type Record, string[] Schema, string Page, string Heading, params string[] Others)
    {
        public IReadOnlyList<RecordKey> Keys { get; } = RecordKeys.Of(Record);

        // Those whose keys are in the same object.
        public IEnumerable<Section> Together => Sections.Where(s => s.Page == Page && s.Heading == Heading);
    }

    private const string Batches = "batch-file.md";

    // Each rule of the limits has keys of its own, all in one object.
    private static IEnumerable<Type> Limits => [.. PortfolioRuleDefinition.BuiltIn.Select(rule => rule.Type), typeof(PortfolioLimits)];

    private static readonly IReadOnlyList<Section> Sections =
    [
        new(typeof(DataKeys), ["data"], Batches, "## `data`", "parts", "folder", "source"),
        new(typeof(FxSource), ["data", "fx", "|1"], "currencies.md", "## Rates"),
        new(typeof(BorrowSource), ["data", "borrow", "|1"], "borrowing.md", "## What can be borrowed"),
        new(typeof(AsofKeys), ["data", "asof", "[]"], Batches, "### Slower series"),
        new(typeof(InstrumentKeys), ["data", "instruments", "*"], Batches, "### Instruments"),
        new(typeof(SessionKeys), ["data", "instruments", "*", "session", "|1"], Batches, "### Sessions"),
        new(typeof(AccountKeys), ["account"], Batches, "## `account`"),
        new(typeof(InterestKeys), ["account", "interest", "*"], "borrowing.md", "## Interest"),
        new(typeof(ExecutionKeys), ["execution"], Batches, "## `execution`"),
        new(typeof(SymbolCostKeys), ["execution", "symbols", "*"], Batches, "### Costs of single symbols"),
        new(typeof(TradingSettings), ["strategies", "[]"], Batches, "## `strategies[]`", "class", "params", "symbols", "timeframe", "tag",
            "search"),
        new(typeof(ParameterSearchKeys), ["strategies", "[]", "search"], "search.md", "## Keys", "space"),
        new(typeof(SpaceRangeKeys), ["strategies", "[]", "search", "space", "*", "|1"], "search.md", "### Ranges"),
        new(typeof(PortfolioKeys), ["portfolio"], Batches, "## `portfolio`", "weights", "limits", "size"),
        new(typeof(RebalanceSpec), ["portfolio", "rebalance"], "validation.md", "## Weights over time"),
        new(typeof(AllocatorSpec), ["portfolio", "allocator"], "reinforcement.md", "## Weights of a batch"),
        .. Limits.Select(record => new Section(record, ["portfolio", "limits"], Batches, "### Limits")),
        new(typeof(PortfolioSizeKeys), ["portfolio", "size"], Batches, "### Size"),
        new(typeof(EnablementRule), ["portfolio", "enable"], Batches, "### Enabled strategies"),
        new(typeof(WalkForwardKeys), ["walkForward"], "validation.md", "## Walk-forward"),
        new(typeof(UniverseKeys), ["universe"], "universe.md", "## Keys"),
        new(typeof(ResamplingKeys), ["resampling"], "resampling.md", "## Keys"),
        new(typeof(RegimeKeys), ["regimes"], "validation.md", "## Regimes"),
        new(typeof(RegimeMachineKeys), ["regimes", "machines", "[]"], "validation.md", "### Machines"),
        // Not of a batch file.
        new(typeof(ScheduleKeys), [], "http-api.md", "## Schedules"),
    ];

    public static TheoryData<string> Records => [.. Sections.Select(s => s.Record.Name)];

    public static TheoryData<string> RecordsOfBatches => [.. Sections.Where(s => s.Schema.Length > 0).Select(s => s.Record.Name)];

    public static TheoryData<string, string> Keys =>
        new(Sections.SelectMany(s => s.Keys.Select(k => (s.Record.Name, k.Name))));

    public static TheoryData<string> TradingKeys => [.. RecordKeys<TradingSettings>.All.Select(k => k.Name)];

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_key_is_read_and_what_was_written_is_read_as_the_same(string record, string name)
    {
        var section = Sections.Single(s => s.Record.Name == record);
        var key = section.Keys.Single(k => k.Name == name);
        var set = Read(section, name, Sample(key));
        if (!key.IsRequired) key.IsUsual(Read(section, "", "")).ShouldBeTrue();
        key.IsUsual(set).ShouldBeFalse();
        var written = Written(section, set);
        written[name]!.ToJsonString().ShouldBe(JsonNode.Parse(Sample(key))!.ToJsonString());
        Written(section, Read(section, written.ToJsonString())).ToJsonString().ShouldBe(written.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(TradingKeys))]
    public void A_key_of_a_strategy_makes_another_trial(string name)
    {
        var key = RecordKeys<TradingSettings>.All.Single(k => k.Name == name);
        Identity(Trading($$"""{ "{{name}}": {{Sample(key)}} }""")).ShouldNotBe(Identity(Trading("{ }")));
    }

    [Fact]
    public void The_identity_of_a_trial_names_each_key_whose_value_is_not_the_default()
    {
        Identity(Trading("{ }")).ShouldBe("SmaCross(fast=3,slow=5)@1d|m");
        Identity(Trading("""
            { "sides": "long", "size": { "riskPercent": 0.1 }, "stopLossPercent": 1.5, "takeProfitPercent": 3, "trailingStopPercent": 2.25,
              "trailFrom": "high", "exitOnSignal": false, "maxBars": 7, "exitAt": "15:55", "maxOpenTrades": 2, "entryEvery": "1w",
              "signalValid": "4h", "takeProfitOverTime": [{ "after": "40m", "percent": 1 }] }
            """)).ShouldBe("SmaCross(fast=3,slow=5)@1d|sides Long|size RiskPercent 0.1|stopLossPercent 1.5|takeProfitPercent 3"
                + "|trailingStopPercent 2.25|trailFrom High|exitOnSignal False|maxBars 7|exitAt 15:55:00|maxOpenTrades 2|entryEvery 1w"
                + "|signalValid 144000000000|takeProfitOverTime [{\"after\":\"40m\",\"percent\":1}]|m");
    }

    [Fact]
    public void A_time_of_day_keeps_its_seconds()
    {
        var section = Sections.Single(s => s.Record == typeof(TradingSettings));
        var set = Trading("""{ "exitAt": "15:55:30" }""");
        set.ExitAt.ShouldBe(new TimeOnly(15, 55, 30));
        Trading(Written(section, set).ToJsonString()).ShouldBe(set);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_value_of_another_type_is_refused_with_its_place(string record, string name)
    {
        var section = Sections.Single(s => s.Record.Name == record);
        var key = section.Keys.Single(k => k.Name == name);
        var isText = key.Type == typeof(string) || key.Type == typeof(IReadOnlyList<string>) || key.Type == typeof(Address)
            || key.Type == typeof(Granary.Data.Funding.FundingSources) || key.Type == typeof(FxSource) || key.Type == typeof(BorrowSource);
        var wrong = isText ? "7" : "\"no such value\"";
        Should.Throw<InputException>(() => Read(section, name, wrong)).Message
            .ShouldStartWith($"batch.json, line 1, {name}");
    }

    [Theory]
    [MemberData(nameof(RecordsOfBatches))]
    public void The_schema_of_batch_files_has_the_keys(string record)
    {
        var section = Sections.Single(s => s.Record.Name == record);
        var path = Path.Combine(SharedData.RepositoryRoot, "docs", "batch.schema.json");
        var schema = JsonNode.Parse(File.ReadAllText(path))!;
        var place = schema;
        foreach (var step in section.Schema)
            place = step switch
            {
                "[]" => place["items"]!,
                "*" => place["additionalProperties"]!,
                "|1" => place["anyOf"]![1]!,
                _ => place["properties"]![step]!
            };
        var others = place["properties"]!.AsObject().Where(p => section.Others.Contains(p.Key, StringComparer.Ordinal));
        var keys = new JsonObject([.. others.Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())),
            .. section.Together.SelectMany(s => s.Keys).Select(k => KeyValuePair.Create(k.Name, (JsonNode?)k.ToSchema()))]);
        if (Writes)
        {
            place["properties"] = keys;
            File.WriteAllText(path, schema.ToJsonString(Indented) + "\n");
        }
        else
            JsonNode.DeepEquals(place["properties"], keys).ShouldBeTrue("docs/batch.schema.json is out of date: run these tests with "
                + "GRANARY_WRITE_DOCS=1");
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void The_documents_have_the_keys(string record)
    {
        var section = Sections.Single(s => s.Record.Name == record);
        var path = Path.Combine(SharedData.RepositoryRoot, "docs", section.Page);
        var page = File.ReadAllText(path);
        var heading = page.IndexOf($"\n{section.Heading}\n", StringComparison.Ordinal);
        heading.ShouldBeGreaterThan(0, $"docs/{section.Page} has no heading '{section.Heading}'");
        var end = page.IndexOf("\n#", heading + 2, StringComparison.Ordinal);
        var rows = page[..(end < 0 ? page.Length : end)];
        var keys = section.Together.SelectMany(s => s.Keys.Select(Key => (Key, s.Record))).ToList();
        var places = keys.Select(k => rows.IndexOf($"\n| `{k.Key.Name}` |", heading, StringComparison.Ordinal)).Where(at => at > 0)
            .ToList();
        places.ShouldNotBeEmpty($"docs/{section.Page}, '{section.Heading}': add a table with a row of '{section.Keys[0].Name}'");
        var (from, to) = (places.Min() + 1, page.IndexOf('\n', places.Max() + 1) + 1);
        var table = string.Concat(keys.Select(k => $"| `{k.Key.Name}` | {k.Key.Help} | {UsualOf(k.Key, k.Record)} |\n"));
        if (Writes) File.WriteAllText(path, page[..from] + table + page[to..]);
        else (page[from..to] == table).ShouldBeTrue($"docs/{section.Page} is out of date: run this with GRANARY_WRITE_DOCS=1");
    }

    // The default as documents say it. Without its required key a rule of the limits does not hold.
    private static string UsualOf(RecordKey key, Type record) => key.Without
        ?? (key.IsRequired && record.IsAssignableTo(typeof(IPortfolioRule)) ? "none" : null)
        ?? (key.Default is null or ICollection { Count: 0 } ? key.Words.Count > 0 && !key.Type.IsEnum ? $"`{key.Words[0]}`" : "none"
            : $"`{JsonOf(key).ToJsonString().Replace("\"", "", StringComparison.Ordinal)}`");

    private static JsonNode JsonOf(RecordKey key)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) key.WriteDefault(json);
        return JsonNode.Parse(buffer.ToArray())!;
    }

    [Fact]
    public void The_schema_has_each_rule_of_the_weights()
    {
        var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", "batch.schema.json")))!;
        schema["properties"]!["portfolio"]!["properties"]!["weights"]!["oneOf"]![0]!["enum"]!.AsArray().Select(w => (string)w!)
            .ShouldBe(WeightMethods.All, ignoreOrder: true);
    }

    // A value of the key's schema that is not the default.
    private static string Sample(RecordKey key) => SampleOf(key.ToSchema(), key).ToJsonString();

    private static JsonNode SampleOf(JsonNode schema, RecordKey key)
    {
        if (schema["anyOf"] is JsonArray any) return SampleOf(any[0]!, key);
        if (schema["enum"] is JsonArray words)
            return words.First(w => key.Default is null || w!.ToJsonString() != JsonOf(key).ToJsonString())!.DeepClone();
        if (key.IsTime) return JsonValue.Create("2024-01-31T00:00:00.0000000Z");
        if (key.Type == typeof(SizeRule)) return JsonNode.Parse("""{ "units": 2 }""")!;
        if (schema["additionalProperties"] is JsonObject named) return new JsonObject { ["one"] = SampleOf(named, key) };
        if (schema["required"] is JsonArray required)
            return new JsonObject(required.Select(r => (string)r!)
                .Select(name => KeyValuePair.Create(name, (JsonNode?)SampleOf(schema["properties"]![name]!, key))));
        return (string)schema["type"]! switch
        {
            "object" => new JsonObject(),
            "boolean" => JsonValue.Create(key.Default is not true),
            "array" => new JsonArray(SampleOf(schema["items"]!, key)),
            "string" => JsonValue.Create((string?)schema["pattern"] switch
            {
                { } pattern when pattern.Contains(':', StringComparison.Ordinal) => "15:55",
                { } pattern when pattern.Contains('w', StringComparison.Ordinal) => "5w",
                not null => "4h",
                null => "other",
            }),
            _ => JsonValue.Create(Number(schema, key)),
        };
    }

    private static double Number(JsonNode schema, RecordKey key)
    {
        var least = Math.Ceiling((double?)schema["minimum"] ?? 0);
        var greatest = (double?)schema["maximum"] ?? double.MaxValue;
        var usual = key is { Default: not null, IsNumber: true } ? Convert.ToDouble(key.Default, CultureInfo.InvariantCulture) : double.NaN;
        return new[] { least + 2, least + 1, least, 0.6 }.First(n => n <= greatest && n != usual && n >= ((double?)schema["minimum"] ?? n));
    }

    // The required keys, and one more.
    private static object Read(Section section, string name, string value)
    {
        var keys = section.Keys.Where(k => k.IsRequired && k.Name != name).Select(k => $"\"{k.Name}\": {Sample(k)}");
        return Read(section, $"{{ {string.Join(", ", name.Length > 0 ? keys.Append($"\"{name}\": {value}") : keys)} }}");
    }

    private static object Read(Section section, string text) => section.Record == typeof(TradingSettings) ? Trading(text)
        : RecordKeys.Read(section.Record, section.Keys, JsonPart.Parse("batch.json", Encoding.UTF8.GetBytes(text), place: new Place("/")));

    private static TradingSettings Trading(string strategy) => RecordKeys<TradingSettings>.ReadInto(new TradingSettings(),
        JsonPart.Parse("batch.json", Encoding.UTF8.GetBytes(strategy)));

    private static JsonNode Written(Section section, object record)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            RecordKeys.Write(json, record, section.Keys);
            json.WriteEndObject();
        }
        return JsonNode.Parse(buffer.ToArray())!;
    }

    private static string Identity(TradingSettings settings)
    {
        var definition = TestCatalogues.All.Strategies.All.Single(s => s.Name == "SmaCross");
        var instance = new StrategyInstance(0, "", definition, [3, 5], ["A"], Engine.Market.Timeframe.D1, settings);
        return TrialIdentity.Text(instance, "m");
    }
}
