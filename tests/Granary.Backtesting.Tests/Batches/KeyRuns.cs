using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Engine;
using Granary.Engine.Numerics;
using Granary.Modelling.Experiments;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>Kinds of runs of a batch file.</summary>
internal enum RunKind
{
    Backtest,
    WalkForward,
    Optimise,
    Experiment,
}

/// <summary>Runs of one small batch over generated bars, each with one key changed.</summary>
internal sealed class KeyRuns : IDisposable
{
    private static readonly JsonSerializerOptions s_json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-keys-").FullName;
    private readonly string _windows, _slow;
    private readonly Dictionary<(string, RunKind), string> _plain = [];

    /// <param name="flips">Whether one symbol has trends that go on for 500 days and turn soon after them, for models.</param>
    public KeyRuns(bool flips = false)
    {
        _windows = flips ? """{ "inSample": "80w", "outOfSample": "50w" }""" : """{ "inSample": "20w", "outOfSample": "6w" }""";
        _slow = flips ? "6" : "[6, 9]";
        Directory.CreateDirectory(Path.Combine(_folder, "bars"));
        foreach (var (symbol, number) in new[] { ("A", 0), ("B", 1), ("C", 2) }.Take(flips ? 1 : 3))
        {
            // B ends early.
            var days = (flips ? 900 : 400) - (number == 1 ? 100 : 0);
            var text = new StringBuilder("Date,Open,High,Low,Close,Volume\n");
            foreach (var (d, (open, close)) in (flips ? Trends(number, days) : Waves(1.3 * number, days)).Index())
                text.Append(CultureInfo.InvariantCulture, $"{new DateTime(2020, 1, 6).AddDays(d / 5 * 7 + d % 5):yyyy-MM-dd},{open},")
                    .Append(CultureInfo.InvariantCulture, $"{Math.Max(open, close) + 0.7},{Math.Min(open, close) - 0.7},{close},40000\n");
            File.WriteAllText(Path.Combine(_folder, "bars", symbol + ".csv"), text.ToString());
        }
    }

    // Bars that hit stops and targets, and fall out of step.
    private static IEnumerable<(double Open, double Close)> Waves(double phase, int days)
    {
        double At(double t) => 100 + 8 * Math.Sin(t / 7 + phase) + 5 * Math.Sin(t / 19 - phase) + 2 * Math.Sin(t * 2.1 + phase);
        return Enumerable.Range(0, days).Select(d => (At(d), At(d + 0.8)));
    }

    private static IEnumerable<(double Open, double Close)> Trends(int seed, int days)
    {
        var (random, price, direction) = (new PortableRandom(seed), 100.0, 1);
        for (var d = 0; d < days; d++)
        {
            if (random.NextDouble() > (d < 500 ? 0.8 : 0.2)) direction = -direction;
            var open = price;
            price = open * Math.Exp(direction * 0.01 * (0.5 + random.NextDouble()));
            yield return (open, price);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Names of the keys of sections, as the schema has them: <c>account.cash</c>, <c>walkForward.gap</c>.</summary>
    public static IEnumerable<string> KeysOf(params IEnumerable<string> sections)
    {
        var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", "batch.schema.json")))!;
        return sections.SelectMany(section => section.Split('.').Aggregate(schema, Inner)["properties"]!.AsObject()
            .Select(p => $"{section}.{p.Key}"));

        static JsonNode Inner(JsonNode at, string part)
        {
            var found = at["properties"]![part]!;
            if (found["oneOf"] is JsonArray forms) found = forms.First(f => f!["properties"] is not null)!;
            return found["items"] is JsonObject items ? items : found;
        }
    }

    /// <summary>
    /// Returns why a key is a fault: it changes nothing of what a run found, and is not refused by its name. Null if it is none.
    /// </summary>
    /// <param name="ground">
    /// Changes of the batch in which the key matters; empty for none. A walk-forward may refuse them as a whole.
    /// </param>
    /// <param name="found">The parts of results.json that must differ.</param>
    public async Task<string?> FaultOfAsync(RunKind kind, string key, string value, string ground, Func<JsonObject, string> found)
    {
        if (!_plain.TryGetValue((ground, kind), out var before))
        {
            try
            {
                _plain[(ground, kind)] = before = found(await RunAsync(Batch(ground), kind));
            }
            catch (InputException refused)
            {
                return kind == RunKind.WalkForward && refused.Message.Contains("a walk-forward", StringComparison.Ordinal) ? null
                    : $"{key}: without it, {refused.Message}";
            }
        }
        var batch = Batch(ground);
        Set(batch, key, JsonNode.Parse(value)!);
        try
        {
            return found(await RunAsync(batch, kind)) == before ? $"{key}: changes nothing" : null;
        }
        catch (InputException refused)
        {
            return refused.Message.Contains(key[(key.LastIndexOf('.') + 1)..], StringComparison.Ordinal) ? null
                : $"{key}: {refused.Message}";
        }
    }

    /// <summary>What every run found: its trades and the figures of its portfolio.</summary>
    public static string Trades(JsonObject results) => results["digest"]!.ToJsonString() + results["portfolio"]!.ToJsonString();

    private JsonObject Batch(string ground)
    {
        var batch = JsonNode.Parse($$"""
            { "name": "keys", "data": { "source": "csv:{{Path.Combine(_folder, "bars")}}", "symbols": "*", "timeframe": "1d" },
              "execution": { "commissionPercent": 0.05 },
              "strategies": [{ "class": "SmaCross", "params": { "fast": [2, 3], "slow": {{_slow}} }, "sides": "both",
                "size": { "percentOfEquity": 60 } }],
              "walkForward": {{_windows}}, "portfolio": { "weights": "equal" } }
            """)!.AsObject();
        if (ground.Length > 0) Merge(batch, JsonNode.Parse(ground)!.AsObject());
        return batch;
    }

    private static void Merge(JsonObject into, JsonObject more)
    {
        foreach (var (name, value) in more)
            if (value is null) into.Remove(name);
            else if (name == "strategies") Merge(into[name]![0]!.AsObject(), value[0]!.AsObject());
            else if (value is JsonObject part && into[name] is JsonObject own) Merge(own, part);
            else into[name] = value.DeepClone();
    }

    private static void Set(JsonObject batch, string key, JsonNode value)
    {
        var (parts, at) = (key.Split('.'), batch);
        foreach (var part in parts[..^1])
        {
            var inner = at[part] ??= new JsonObject();
            at = (inner is JsonArray list ? list[0]! : inner).AsObject();
        }
        at[parts[^1]] = value;
    }

    private async Task<JsonObject> RunAsync(JsonObject batch, RunKind kind)
    {
        var folder = Path.Combine(_folder, "run");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        var spec = new BatchReader(TestCatalogues.All).Read("keys.json", Encoding.UTF8.GetBytes(batch.ToJsonString()), _folder);
        if (kind == RunKind.Experiment) return new JsonObject { ["found"] = await ExperimentAsync(spec) };
        var options = new BatchOptions { Out = folder, Validation = false, Optimises = kind == RunKind.Optimise };
        if (kind == RunKind.WalkForward)
            await new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec, options, null,
                TestContext.Current.CancellationToken);
        else await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec, options);
        return JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "results.json")))!.AsObject();
    }

    // As the command does it: a search where the batch has one, else a comparison. Without the times and what was reused.
    private static async Task<JsonNode> ExperimentAsync(BatchSpec spec)
    {
        var host = new EmbeddedHost(2);
        if (LearningReader.Read(spec).Any(s => s.Search is not null))
        {
            var report = await new ModelSearch(host, TimeProvider.System, 2, TrialLedger.None).RunAsync(spec);
            return JsonSerializer.SerializeToNode(report.Units, s_json)!;
        }
        var trials = await new TrainerComparison(host, TimeProvider.System, 2, TrialLedger.None).RunAsync(spec);
        return JsonSerializer.SerializeToNode(trials.Select(t => t with { Seconds = 0 }), s_json)!;
    }
}
