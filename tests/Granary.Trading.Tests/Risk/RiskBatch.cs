using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Engine.Numerics;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Trading.Tests.Risk;

/// <summary>Two markets whose volatility changes every 150 bars, and batches over them whose exposure a model caps.</summary>
internal sealed class RiskBatch : IDisposable
{
    public const int Bars = 2400;

    public const string Limit = """
        { "name": "risk", "trainer": "ridge", "label": { "kind": "drawdown", "bars": 10 },
          "features": ["volatility(20)", "range(20)/close", "portfolio-drawdown", "portfolio-exposure", "portfolio-positions",
            "portfolio-win-rate"], "apply": { "rule": "limit", "lossPercent": 2 } }
        """;

    public const string Strategies = """
        { "class": "SmaCross", "params": { "fast": [2, 3, 5], "slow": [8, 15] }, "sides": "both", "size": { "percentOfEquity": 100 } }
        """;

    public string Folder { get; } = Directory.CreateTempSubdirectory("granary-risk-tests").FullName;

    /// <param name="changed">The first bar from which on prices are others; none by default.</param>
    public RiskBatch(int changed = Bars)
    {
        foreach (var (symbol, seed) in new[] { ("AAA", 3L), ("BBB", 4L) })
        {
            var text = new StringBuilder("time,open,high,low,close,volume\n");
            var random = new PortableRandom(seed);
            var price = 100.0;
            for (var i = 0; i < Bars; i++)
            {
                var volatility = (i / 150 % 2 == 0 ? 0.003 : 0.02) * (i >= changed ? 3 : 1);
                var open = price;
                price = Math.Round(open * Math.Exp(volatility * random.NextGaussian()), 4);
                var reach = 1 + volatility * Math.Abs(random.NextGaussian()) / 2;
                var (high, low) = (Math.Max(open, price) * reach, Math.Min(open, price) / reach);
                text.Append(TimeOf(i).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))
                    .Append(CultureInfo.InvariantCulture, $",{open},{Math.Round(high, 4)},{Math.Round(low, 4)},{price},1000\n");
            }
            File.WriteAllText(Path.Combine(Folder, symbol + ".csv"), text.ToString());
        }
    }

    public static DateTime TimeOf(int bar) => new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddHours(bar);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <param name="learning">Null leaves the section out.</param>
    public BatchSpec Spec(string? learning = Limit, string strategies = Strategies, string portfolio = "\"weights\": \"equal\"")
    {
        var text = $$"""
            { "name": "risk", "data": { "source": "csv:.", "symbols": ["AAA", "BBB"], "timeframe": "1h" },
              "execution": { "commissionPercent": 0.05 }, "strategies": [{{strategies}}],
              "portfolio": { {{portfolio}} }{{(learning is null ? "" : $", \"learning\": {learning}")}} }
            """;
        return new BatchReader(TestCatalogues.All).Read("batch.json", Encoding.UTF8.GetBytes(text), Folder);
    }

    public async Task<BatchRun> RunAsync(BatchSpec spec, string name = "run", int threads = 2) =>
        await new BatchRunner(new EmbeddedHost(threads), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(Folder, "runs", name), Threads = threads, Validation = false, Yes = true });

    /// <summary>The rows of a file of a run, without its header. The ids of strategies are quoted.</summary>
    public static List<string[]> Rows(BatchRun run, string file) =>
        [.. File.ReadLines(Path.Combine(run.Folder, file)).Skip(1)
            .Select(l => l.Split('"') is [_, var id, var rest] ? [id, .. rest[1..].Split(',')] : l.Split(','))];
}
