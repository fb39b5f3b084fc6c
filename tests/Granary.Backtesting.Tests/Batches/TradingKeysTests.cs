using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.Validation;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>Everything that a key of <see cref="TradingKeys"/> takes part in follows from its definition.</summary>
public sealed class TradingKeysTests
{
    private static readonly bool Writes = Environment.GetEnvironmentVariable("GRANARY_WRITE_DOCS") == "1";

    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Names => [.. TradingKeys.All.Select(k => k.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_key_is_read_from_a_batch_and_from_what_was_written_and_makes_another_trial(string name)
    {
        var key = TradingKeys.All.Single(k => k.Name == name);
        var usual = Read("{ }");
        var set = Read($$"""{ "{{name}}": {{Sample(key)}} }""");
        key.IsUsual(usual).ShouldBeTrue();
        key.IsUsual(set).ShouldBeFalse();
        var written = Written(set);
        written[name]!.ToJsonString().ShouldBe(JsonNode.Parse(Sample(key))!.ToJsonString());
        Read(written.ToJsonString()).ShouldBe(set);
        Identity(set).ShouldNotBe(Identity(usual));
    }

    [Fact]
    public void The_identity_of_a_trial_names_each_key_whose_value_is_not_the_default()
    {
        Identity(Read("{ }")).ShouldBe("SmaCross(fast=3,slow=5)@1d|m");
        Identity(Read("""
            { "sides": "long", "size": { "riskPercent": 0.1 }, "stopLossPercent": 1.5, "takeProfitPercent": 3, "trailingStopPercent": 2.25,
              "trailFrom": "high", "exitOnSignal": false, "maxBars": 7, "exitAt": "15:55", "maxOpenTrades": 2, "entryEvery": "1w",
              "signalValid": "4h" }
            """)).ShouldBe("SmaCross(fast=3,slow=5)@1d|sides Long|size RiskPercent 0.1|stopLossPercent 1.5|takeProfitPercent 3"
                + "|trailingStopPercent 2.25|trailFrom High|exitOnSignal False|maxBars 7|exitAt 15:55:00|maxOpenTrades 2|entryEvery 1w"
                + "|signalValid 144000000000|m");
    }

    [Fact]
    public void A_time_of_day_keeps_its_seconds()
    {
        var set = Read("""{ "exitAt": "15:55:30" }""");
        set.ExitAt.ShouldBe(new TimeSpan(15, 55, 30));
        Read(Written(set).ToJsonString()).ShouldBe(set);
    }

    [Fact]
    public void The_schema_of_batch_files_has_these_keys()
    {
        var path = Path.Combine(SharedData.RepositoryRoot, "docs", "batch.schema.json");
        var schema = JsonNode.Parse(File.ReadAllText(path))!;
        var strategy = schema["properties"]!["strategies"]!["items"]!;
        var keys = new JsonObject();
        foreach (var (name, other) in strategy["properties"]!.AsObject())
        {
            if (name == "symbols")
                foreach (var key in TradingKeys.All) keys[key.Name] = SchemaOf(key);
            if (keys.Count < 2 || name is "symbols" or "timeframe" or "tag") keys[name] = other!.DeepClone();
        }
        if (Writes)
        {
            strategy["properties"] = keys;
            File.WriteAllText(path, schema.ToJsonString(Indented) + "\n");
        }
        else
            JsonNode.DeepEquals(strategy["properties"], keys).ShouldBeTrue("docs/batch.schema.json is out of date: run these tests with "
                + "GRANARY_WRITE_DOCS=1");
    }

    [Fact]
    public void The_page_of_batch_files_has_these_keys()
    {
        var path = Path.Combine(SharedData.RepositoryRoot, "docs", "batch-file.md");
        var page = File.ReadAllText(path);
        var rows = new StringBuilder();
        foreach (var key in TradingKeys.All)
        {
            var usual = key.Without ?? $"`{UsualOf(key).Replace("\"", "", StringComparison.Ordinal)}`";
            rows.Append(CultureInfo.InvariantCulture, $"| `{key.Name}` | {key.Meaning} | {usual} |\n");
        }
        var row = page.IndexOf("\n| `params` |", StringComparison.Ordinal) + 1;
        var (from, to) = (page.IndexOf('\n', row) + 1, page.IndexOf("| `symbols`, `timeframe` |", StringComparison.Ordinal));
        if (Writes) File.WriteAllText(path, page[..from] + rows + page[to..]);
        else
            (page[from..to] == rows.ToString()).ShouldBeTrue("docs/batch-file.md is out of date: run this with GRANARY_WRITE_DOCS=1");
    }

    private static JsonObject SchemaOf(TradingKey key)
    {
        var schema = JsonNode.Parse(key.Schema)!.AsObject();
        schema["description"] = key.Meaning.Replace("`", "", StringComparison.Ordinal);
        if (key.Without is null) schema["default"] = JsonNode.Parse(UsualOf(key));
        return schema;
    }

    private static string UsualOf(TradingKey key)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) key.WriteValue(json, new TradingSettings());
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    // A value of the key's schema that is not the default.
    private static string Sample(TradingKey key)
    {
        var schema = JsonNode.Parse(key.Schema)!;
        var other = schema["enum"] is JsonArray words ? words.First(w => key.Without is not null || w!.ToJsonString() != UsualOf(key))
            : (string)schema["type"]! switch
            {
                "boolean" => JsonValue.Create(UsualOf(key) == "false"),
                "object" => JsonNode.Parse("""{ "units": 2 }"""),
                "string" => schema["examples"]![0],
                _ => JsonValue.Create((double)schema["minimum"]! + 2),
            };
        return other!.ToJsonString();
    }

    private static TradingSettings Read(string strategy) =>
        TradingKeys.Read(JsonPart.Parse("strategy.json", Encoding.UTF8.GetBytes(strategy)), 100_000);

    private static JsonNode Written(TradingSettings settings)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            TradingKeys.Write(json, settings);
            json.WriteEndObject();
        }
        return JsonNode.Parse(buffer.ToArray())!;
    }

    private static string Identity(TradingSettings settings)
    {
        var definition = TestCatalogues.All.Strategies.All.Single(s => s.Name == "SmaCross");
        var instance = new StrategyInstance(0, "", definition, [3, 5], ["A"], Engine.Market.Timeframe.D1, settings);
        return BatchTrials.Text(instance, "m", new ExecutionSettings());
    }
}
