using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Testing;

namespace Granary.Simulation.Tests.Batches;

/// <summary>
/// Puts wrong values at every place of a file, and removes each. The reader accepts the file or refuses it with a sentence.
/// </summary>
public sealed class WrongValuesTests
{
    private const string Configuration = """
        { "version": 1, "name": "p", "run": "r", "folder": ".", "seed": 1, "digest": "d", "created": "2024-01-01T00:00:00Z",
          "data": { "source": "csv:bars", "format": "auto", "symbols": ["A"], "timeframe": "1h", "adjust": true, "stamp": "open" },
          "account": { "cash": 1000, "riskFreePercent": 1 },
          "execution": { "commissionPercent": 0.05, "slippagePercent": 0.02, "fill": "next-open", "intrabar": "stop-first" },
          "portfolio": { "limits": { "maxGrossPercent": 100 } },
          "regimes": { "machines": [ { "name": "trend", "measure": "sma(20)", "against": "sma(100)", "dwell": 1,
            "states": ["bearish", "neutral", "bullish"], "steps": [ { "up": -0.5, "down": -1 }, { "up": 1, "down": 0.5 } ] } ] },
          "models": {
            "m:1": { "model": "m", "version": 1, "registry": "models", "features": ["roc(5)"], "meaning": "probabilityOfRise",
              "rule": { "rule": "gate", "buyAbove": 0.7, "sellBelow": 0.3 }, "expires": "2025-01-01T00:00:00Z",
              "watch": { "detector": "adwin", "parameters": { "delta": "0.01" }, "weight": 0.5, "review": 50, "rollsBack": true },
              "refresh": { "every": "7d", "from": "2024-01-01T00:00:00Z" },
              "age": { "at": "2024-01-01T00:00:00Z", "bars": 3, "trades": 1, "mostBars": 10 } },
            "r:1": { "model": "r", "version": 1, "registry": "models", "features": ["volatility(20)", "portfolio-drawdown"],
              "meaning": "expectedDrawdown", "rule": { "rule": "limit", "lossPercent": 1, "mostPercent": 150, "ofSymbol": false } } },
          "risk": [ { "model": "r:1", "symbol": "A", "timeframe": "1h", "strategies": ["SmaCross(fast=3,slow=5)@A:1h"] } ],
          "policy": { "model": "w", "version": 1, "registry": "models", "hash": "00" },
          "evidence": { "outOfSample": { "state": "failed", "sentence": "s", "return": 1, "sharpe": 0.5, "periods": 3 } },
          "strategies": [ { "id": "SmaCross(fast=3,slow=5)@A:1h", "class": "SmaCross", "params": { "fast": 3, "slow": 5 }, "symbol": "A",
            "timeframe": "1h", "sides": "both", "size": { "percentOfEquity": 10 }, "weight": 1, "model": "m:1",
            "weightByState": { "bearish": 0, "neutral": 1, "bullish": 2 } } ] }
        """;

    // The last one stands for no value at all.
    private static readonly string[] s_values = ["null", "0", "-1", "1e308", "3.7", "9007199254740993", "true", "\"\"", "\"x\"",
        "\"-5\"", "\"NaN\"", "\"\\u0000\"", "\"9999-12-31T23:59:59Z\"", "\"limit\"", "[]", "[null]", "[[[]]]", "{}", "{\"a\":1}", ""];

    private static readonly JsonDocumentOptions s_forgiving = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    private static readonly GranaryCatalogues s_known = GranaryCataloguesBuilder.CreateDefault().Build();

    [Fact]
    public void A_production_configuration_is_read_or_refused_with_a_sentence() => Try(Configuration, text =>
    {
        var spec = new ProductionReader(s_known).Read("prod.json", text, ".").Spec;
        BatchPlan.Make(spec, [.. spec.Data.Symbols]);
    });

    [Theory]
    [InlineData("learning")]
    [InlineData("risk")]
    [InlineData("adaptive")]
    [InlineData("search")]
    public void A_batch_file_is_read_or_refused_with_a_sentence(string sample)
    {
        var folder = Path.Combine(SharedData.RepositoryRoot, "samples");
        var file = File.ReadAllText(Path.Combine(folder, sample + ".json"));
        Try(file, text => BatchPlan.MakeSearched(new BatchReader(s_known).Read("batch.json", text, folder),
            ["ACME", "BOLT", "SILO"]));
    }

    private static void Try(string file, Action<byte[]> read)
    {
        // Each place gets each second value, from another one on; the long form puts all.
        var step = TestEffort.Of(2, 1);
        var root = JsonNode.Parse(file, documentOptions: s_forgiving)!;
        var faults = new List<string>();
        var refused = 0;
        foreach (var (p, place) in PlacesOf(root, []).Index())
            foreach (var value in s_values.Where((_, v) => (p + v) % step == 0))
            {
                try
                {
                    read(Encoding.UTF8.GetBytes(With(root, place, value).ToJsonString()));
                }
                catch (Exception e) when (e is InputException or BarDataException)
                {
                    refused++;
                }
                catch (Exception e)
                {
                    faults.Add($"{string.Join('/', place)} = {value}: {e}");
                }
            }
        faults.ShouldBeEmpty();
        refused.ShouldBeGreaterThan(200 / step);
    }

    private static IEnumerable<object[]> PlacesOf(JsonNode? node, object[] path)
    {
        if (path.Length > 0) yield return path;
        IEnumerable<(object Key, JsonNode? Value)> members = node switch
        {
            JsonObject o => o.Select(m => ((object)m.Key, m.Value)),
            JsonArray a => a.Select((item, i) => ((object)i, item)),
            _ => [],
        };
        foreach (var (key, value) in members)
            foreach (var place in PlacesOf(value, [.. path, key])) yield return place;
    }

    private static JsonNode With(JsonNode root, object[] place, string value)
    {
        var copy = root.DeepClone();
        var at = place[..^1].Aggregate(copy, (node, key) => key is int i ? node[i]! : node[(string)key]!);
        if (at is JsonArray items)
        {
            items.RemoveAt((int)place[^1]);
            if (value.Length > 0) items.Insert((int)place[^1], JsonNode.Parse(value));
        }
        else if (value.Length > 0) at[(string)place[^1]] = JsonNode.Parse(value);
        else ((JsonObject)at).Remove((string)place[^1]);
        return copy;
    }
}
