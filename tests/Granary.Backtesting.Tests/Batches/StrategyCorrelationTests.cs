using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Granary.Backtesting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>The report's matrix of correlations, recomputed from the bars' file and trades.csv alone.</summary>
public sealed class StrategyCorrelationTests : IDisposable
{
    private const double Cash = 100_000, Commission = 0.0005;

    private static readonly string Bars = Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-correlation-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<(string Report, Dictionary<string, List<string[]>> Trades)> RunAsync(string portfolio)
    {
        var spec = new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes(
            $$"""
            { "name": "test", "data": { "source": "csv:{{Bars}}", "symbols": ["COINUSDT"], "timeframe": "1h" },
              "account": { "cash": 100000 }, "execution": { "commissionPercent": 0.05 },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 10, 15], "slow": 150 }, "size": { "percentOfEquity": 10 } } ],
              "portfolio": { {{portfolio}} } }
            """), Path.GetTempPath());
        await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = _folder, Validation = false });
        string[] Picked(Dictionary<string, string> row) => [.. ((string[])["entry_time", "exit_time", "side", "quantity", "entry_price",
            "exit_price", "exit_reason"]).Select(c => row[c])];
        return (await File.ReadAllTextAsync(Path.Combine(_folder, "report.html")),
            CsvRows.Of(Path.Combine(_folder, "trades.csv")).GroupBy(r => r["strategy"])
                .ToDictionary(g => g.Key, g => g.Select(Picked).ToList(), StringComparer.Ordinal));
    }

    // Equity at each hour's close, from the trades; one return a week.
    private static double[] WeeklyReturns(List<string[]> trades)
    {
        static DateTime Time(string s) => DateTime.Parse(s, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
        static double Number(string s) => double.Parse(s, CultureInfo.InvariantCulture);
        var weeks = new SortedDictionary<long, double>();
        var parsed = trades.Select(t => (
            Start: Time(t[0]), End: t[6] == "open" ? DateTime.MaxValue : Time(t[1]),
            Quantity: Number(t[3]) * (t[2] == "long" ? 1 : -1), Entry: Number(t[4]),
            Exit: t[6] == "open" ? double.NaN : Number(t[5]))).ToList();
        foreach (var line in File.ReadLines(Path.Combine(Bars, "COINUSDT.csv")).Skip(1))
        {
            var bar = line.Split(',');
            var (at, close) = (Time(bar[0]), Number(bar[4]));
            var equity = Cash;
            foreach (var t in parsed)
            {
                if (t.Start > at) continue;
                var closed = t.End <= at;
                var now = closed ? t.Exit : close;
                equity += t.Quantity * (now - t.Entry) - Commission * Math.Abs(t.Quantity) * (t.Entry + (closed ? now : 0));
            }
            weeks[at.Ticks / (7 * TimeSpan.TicksPerDay)] = equity;
        }
        double[] ends = [Cash, .. weeks.Values];
        return [.. ends.Skip(1).Select((e, i) => e / ends[i] - 1)];
    }

    private static double Correlation(double[] a, double[] b)
    {
        var (ma, mb) = (a.Average(), b.Average());
        return a.Zip(b, (x, y) => (x - ma) * (y - mb)).Sum() / Math.Sqrt(a.Sum(x => (x - ma) * (x - ma)) * b.Sum(y => (y - mb) * (y - mb)));
    }

    [Theory]
    [InlineData("\"weights\": \"equal\"")]
    // One position at a time: what the portfolio accepted says nothing of how its strategies move together.
    [InlineData("\"weights\": \"equal\", \"limits\": { \"maxPositions\": 1 }")]
    public async Task Near_twins_correlate_as_their_equity_does_whatever_the_portfolio_accepted(string portfolio)
    {
        var (report, trades) = await RunAsync(portfolio);
        var section = report[report.IndexOf("<section id=\"correlation\"", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("</section>", StringComparison.Ordinal)];
        var rows = Regex.Matches(section, "<tr><th scope=\"row\" title=\"([^\"]+)\">.*?</tr>", RegexOptions.Singleline);
        rows.Count.ShouldBe(3);
        var ids = rows.Select(r => r.Groups[1].Value).ToArray();
        var returns = ids.Select(id => WeeklyReturns(trades[id])).ToArray();
        for (var i = 0; i < 3; i++)
        {
            var cells = Regex.Matches(rows[i].Value, "<td class=\"n[^\"]*\">([^<]+)</td>").Select(m => m.Groups[1].Value).ToArray();
            cells.Length.ShouldBe(3);
            for (var j = 0; j < 3; j++)
            {
                if (i == j) continue;
                var shown = double.Parse(cells[j], NumberStyles.Float | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                var expected = Correlation(returns[i], returns[j]);
                shown.ShouldBe(expected, 0.0051, $"{ids[i]} and {ids[j]}");
                expected.ShouldBeGreaterThan(0.85);
            }
        }
    }
}
