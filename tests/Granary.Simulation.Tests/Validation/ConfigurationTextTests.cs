using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Engine.Catalogues;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Validation;
using Granary.Testing;

namespace Granary.Simulation.Tests.Validation;

/// <summary>What of a batch file tells trials apart.</summary>
public sealed class ConfigurationTextTests
{
    private static readonly BatchSpec s_spec = new BatchReader(GranaryCataloguesBuilder.CreateDefault().Build()).Read("a.json",
        """
        { "name": "a", "data": { "source": "generated:ACME", "symbols": "*", "timeframe": "1d" },
          "strategies": [ { "class": "SmaCross" } ] }
        """u8.ToArray(), Path.GetTempPath());

    private static BatchSpec Of(string json) => s_spec with { Text = Encoding.UTF8.GetBytes(json) };

    private static (string Whole, string Around) Texts(string json) =>
        (ConfigurationText.Whole(Of(json)), ConfigurationText.Around(Of(json), ["ACME"], withLearning: true));

    public static TheoryData<string> Keys()
    {
        using var schema = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SharedData.RepositoryRoot, "docs", "batch.schema.json")));
        return [.. Leaves(schema.RootElement, "")];
    }

    // Keys without keys of their own; a list is written [], an object by symbol *.
    private static IEnumerable<string> Leaves(JsonElement schema, string path)
    {
        if (!schema.TryGetProperty("properties", out var keys)) return [path];
        return keys.EnumerateObject().SelectMany(key =>
        {
            var (at, value) = (path + "/" + key.Name, key.Value);
            if (value.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Object
                && items.TryGetProperty("properties", out _))
                return Leaves(items, at + "/[]");
            if (value.TryGetProperty("additionalProperties", out var any) && any.ValueKind == JsonValueKind.Object
                && any.TryGetProperty("properties", out _)) return Leaves(any, at + "/ACME");
            return Leaves(value, at);
        });
    }

    private static string With(string path, JsonNode value)
    {
        var node = value;
        foreach (var part in path.Split('/').Skip(1).Reverse())
            node = part == "[]" ? new JsonArray(node) : new JsonObject { [part] = node };
        return node.ToJsonString();
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Another_value_of_a_key_is_another_trial_unless_the_key_is_declared_as_one_that_changes_no_result(string path)
    {
        var (first, other) = (Texts(With(path, 0.123)), Texts(With(path, "other")));
        var section = DeclaredSection.All.Single(s => s.Name == path.Split('/')[1]);
        var names = path.Split('/').Skip(2).Where(p => p is not ("[]" or "parts")).ToList();
        var declared = section.Keys.FirstOrDefault(k => names.Count > 0 && k.Name == names[0])?.Reach;
        // The parts of the data are below; strategies are in their own text.
        if (path == "/data/parts") return;
        var reach = path is "/strategies/[]/tag" or "/learning/registry" or "/learning/[]/registry" ? KeyReach.Label
            : path == "/seed" ? KeyReach.Portfolio
            : path is "/data/source" or "/data/folder" ? KeyReach.Bars
            : section.Reach == KeyReach.Strategy ? declared ?? section.Reach : section.Reach;
        (other.Whole != first.Whole).ShouldBe(reach != KeyReach.Label);
        (other.Around != first.Around).ShouldBe(reach == KeyReach.Strategy && section.Name != DeclaredSection.Strategies);
    }

    [Theory]
    // What a result depends on is counted although no list names it.
    [InlineData("""{ "data": { "parts": [ { "source": "csv:a", "instruments": { "ACME": { "lot": 1 } } } ] } }""",
        """{ "data": { "parts": [ { "source": "csv:a", "instruments": { "ACME": { "lot": 2 } } } ] } }""", true)]
    [InlineData("""{ "execution": { "timeInForce": "ioc" } }""", """{ "execution": { } }""", true)]
    [InlineData("""{ "execution": { "volumePercent": 5 } }""", """{ "execution": { "volumePercent": 6 } }""", true)]
    [InlineData("""{ "account": { "cash": 5000 } }""", "{ }", true)]
    // The order of keys, spellings of numbers, and defaults that are written out.
    [InlineData("""{ "execution": { "volumePercent": 5, "fill": "same-close" } }""",
        """{ "execution": { "fill": "same-close", "volumePercent": 5.0 } }""", false)]
    [InlineData("""{ "execution": { "fill": "next-open", "latencyBars": 0 }, "account": { "cash": 1e5 } }""", "{ }", false)]
    // Bars are known by their content, costs apart, and instruments of others.
    [InlineData("""{ "data": { "source": "csv:a", "from": "2020-01-01" } }""", """{ "data": { "source": "csv:b" } }""", false)]
    [InlineData("""{ "data": { "parts": [ { "source": "csv:a" } ] } }""", """{ "data": { "parts": [ { "source": "csv:b" } ] } }""", false)]
    [InlineData("""{ "data": { "parts": [ { "source": "csv:a", "folder": "/b" } ] } }""", """{ "data": { "source": "csv:a" } }""", false)]
    [InlineData("""{ "execution": { "commissionPercent": 1 } }""", "{ }", false)]
    [InlineData("""{ "data": { "instruments": { "BOLT": { "lot": 1 } } } }""", "{ }", false)]
    [InlineData("""{ "learning": { "trainer": "logistic" }, "seed": 2 }""",
        """{ "learning": { "trainer": "logistic" }, "seed": 3 }""", true)]
    [InlineData("""{ "learning": { "trainer": "logistic", "registry": "a" } }""",
        """{ "learning": { "trainer": "logistic", "registry": "b" } }""", false)]
    [InlineData("""{ "learning": [ { "trainer": "logistic", "registry": "a" }, { "trainer": "ridge" } ] }""",
        """{ "learning": [ { "trainer": "logistic" }, { "trainer": "ridge" } ] }""", false)]
    [InlineData("""{ "learning": [ { "trainer": "logistic" }, { "trainer": "ridge" } ] }""",
        """{ "learning": [ { "trainer": "logistic" }, { "trainer": "ridge", "params": { "l2": 2 } } ] }""", true)]
    // The portfolio does not reach the account of a strategy.
    [InlineData("""{ "portfolio": { "weights": "equal" }, "benchmark": "ACME", "name": "b" }""", "{ }", false)]
    public void Around_a_strategy_stands_what_can_change_its_account(string one, string two, bool differs) =>
        (Texts(one).Around != Texts(two).Around).ShouldBe(differs);
}
