using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Allocation;

/// <summary>Strategies with the same returns at other prices have the weight of one.</summary>
public sealed class SameReturnsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-same-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("inverse-volatility", 1.7)]
    [InlineData("risk-parity", 1.7)]
    [InlineData("minimum-variance", 1.0 / 3)]
    [InlineData("hierarchical-risk-parity", 1e4)]
    public async Task A_market_at_another_price_adds_no_weight(string method, double factor)
    {
        var (alone, both) = (await WeightsAsync(method, null), await WeightsAsync(method, factor));
        // The copy, whose name comes last, gets nothing; the others have what they have without it.
        both["Z"].ShouldBe(0);
        foreach (var (symbol, weight) in alone) both[symbol].ShouldBe(weight, 1e-9, symbol);
    }

    private async Task<Dictionary<string, double>> WeightsAsync(string method, double? factor)
    {
        var bars = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        foreach (var (symbol, phase, scale) in new[] { ("A", 0.0, 1.0), ("B", 1.9, 1.0), ("C", 0.7, 1.0), ("Z", 0.0, factor ?? 0) })
        {
            if (scale == 0) continue;
            var text = new StringBuilder("Date,Open,High,Low,Close,Volume\n");
            for (var d = 0; d < 300; d++)
            {
                double At(double t) => scale * (100 + 0.05 * t + (4 + phase) * Math.Sin(t / 9 + phase) + Math.Sin(t * 1.7 * (1 + phase)));
                var (open, close) = (At(d - 0.3), At(d));
                text.Append(CultureInfo.InvariantCulture, $"{new DateTime(2020, 1, 6).AddDays(d / 5 * 7 + d % 5):yyyy-MM-dd},{open},")
                    .Append(CultureInfo.InvariantCulture, $"{Math.Max(open, close)},{Math.Min(open, close)},{close},1000\n");
            }
            File.WriteAllText(Path.Combine(bars, symbol + ".csv"), text.ToString());
        }
        var spec = new BatchReader(TestCatalogues.All).Read("same.json", Encoding.UTF8.GetBytes($$"""
            { "name": "same", "data": { "source": "csv:{{bars}}", "symbols": "*", "timeframe": "1d" },
              "strategies": [ { "class": "BuyAndHold", "sides": "long", "size": { "percentOfEquity": 100 } } ],
              "portfolio": { "weights": "{{method}}", "rebalance": { "every": "13w", "window": "26w" } } }
            """), _folder);
        var folder = Path.Combine(bars, "run");
        await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = folder, Validation = false });
        return JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "results.json")))!["strategies"]!.AsArray()
            .ToDictionary(s => s!["symbol"]!.GetValue<string>(), s => s!["weight"]!.GetValue<double>());
    }
}
