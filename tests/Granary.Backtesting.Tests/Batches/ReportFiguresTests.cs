using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Backtesting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>Figures of report.html, recomputed from the run folder's CSVs and the bars' files by code of its own.</summary>
public sealed class ReportFiguresTests : IAsyncLifetime
{
    private static readonly string Bars = Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-report-").FullName;
    private string _report = "";
    private List<(DateTime Time, double Equity, double Exposure)> _equity = [];

    public async ValueTask InitializeAsync()
    {
        var spec = new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes(
            $$"""
            { "name": "test", "data": { "source": "csv:{{Bars}}", "symbols": ["ACME", "COINUSDT"], "timeframe": "1h" },
              "account": { "cash": 100000, "riskFreePercent": 3 },
              "execution": { "commissionPercent": 0.05 }, "benchmark": "buy-and-hold",
              "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 10], "slow": [50, 150] }, "sides": "both",
                "size": { "percentOfEquity": 20 } } ],
              "portfolio": { "weights": "equal" } }
            """), Path.GetTempPath());
        await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = _folder, Validation = false });
        _report = await File.ReadAllTextAsync(Path.Combine(_folder, "report.html"));
        _equity = [.. Rows("equity.csv").Select(r => (Time(r["time"]), Number(r["equity"]), Number(r["exposure"])))];
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static DateTime Time(string s) => DateTime.Parse(s, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

    private static double Number(string s) => double.Parse(s, CultureInfo.InvariantCulture);

    private List<Dictionary<string, string>> Rows(string file) => CsvRows.Of(Path.Combine(_folder, file));

    // The cells of a section's row, by the text of its heading.
    private string[] Cells(string section, string row)
    {
        var html = _report[_report.IndexOf($"<section id=\"{section}\"", StringComparison.Ordinal)..];
        html = html[..html.IndexOf("</section>", StringComparison.Ordinal)];
        var found = Regex.Match(html, $"<th scope=\"row\"[^>]*>{Regex.Escape(row)}</th>(.*?)</tr>", RegexOptions.Singleline);
        found.Success.ShouldBeTrue($"{section} has a row {row}");
        return [.. Regex.Matches(found.Groups[1].Value, "<td[^>]*>([^<]*)</td>").Select(m =>
            System.Net.WebUtility.HtmlDecode(m.Groups[1].Value))];
    }

    private static double Shown(string cell) => Number(cell.Replace("%", "", StringComparison.Ordinal).Replace('−', '-').Replace(",",
        "", StringComparison.Ordinal).TrimStart('+'));

    // The very first row, then the last one of each UTC day.
    private List<(DateTime Time, double Equity, double Exposure)> Closes() =>
        [_equity[0], .. _equity.GroupBy(r => r.Time.Date).Select(d => d.Last()).Where(r => r.Time > _equity[0].Time)];

    [Fact]
    public void Trailing_returns_are_those_of_the_equity_file()
    {
        var closes = Closes();
        var (end, last) = (closes[^1].Time, closes[^1].Equity);
        double Since(DateTime before) => last / closes.Last(c => c.Time < before).Equity - 1;
        void Check(string row, double expected) => Shown(Cells("trailing", row)[1]).ShouldBe(100 * expected, 0.00501, row);
        Check("Month to date", Since(new DateTime(end.Year, end.Month, 1)));
        Check("Year to date", Since(new DateTime(end.Year, 1, 1)));
        Check("1 year", Since(end.AddYears(-1).AddTicks(1)));
        Check("Since the start", last / closes[0].Equity - 1);
        Cells("trailing", "5 years")[1].ShouldBe("–", "the record is shorter");
    }

    [Fact]
    public void The_excess_sharpe_ratio_takes_the_risk_free_rate_off_each_return()
    {
        var results = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder,
            "results.json"))).RootElement.GetProperty("portfolio").GetProperty("stats");
        var perYear = results.GetProperty("periodsPerYear").GetDouble();
        var returns = _equity.Skip(1).Select((r, i) => r.Equity / _equity[i].Equity - 1 - 0.03 / perYear).ToArray();
        var mean = returns.Average();
        var deviation = Math.Sqrt(returns.Sum(r => (r - mean) * (r - mean)) / (returns.Length - 1));
        Shown(Cells("statistics", "Sharpe ratio above the risk-free rate")[0]).ShouldBe(mean / deviation * Math.Sqrt(perYear), 0.0051);
        Shown(Cells("statistics", "Sharpe ratio")[0]).ShouldBe(results.GetProperty("sharpe").GetDouble(), 0.0051,
            "the contract's ratio takes 0");
    }

    [Fact]
    public void The_benchmark_stands_beside_the_statistics_with_figures_of_its_own()
    {
        // Both symbols in equal parts, bought at their first close, at each row of the portfolio.
        double[] Ratios(string symbol)
        {
            var bars = File.ReadLines(Path.Combine(Bars, symbol + ".csv")).Skip(1).Select(l => l.Split(',')).Select(b =>
                (Time: Time(b[0]), Close: Number(b[4]))).ToList();
            var at = -1;
            return [.. _equity.Select(c =>
            {
                while (at + 1 < bars.Count && bars[at + 1].Time <= c.Time) at++;
                return at < 0 ? 1 : bars[at].Close / bars[0].Close;
            })];
        }

        var curve = Ratios("ACME").Zip(Ratios("COINUSDT"), (a, b) => (a + b) / 2).ToArray();
        var (peak, deepest) = (0.0, 0.0);
        foreach (var v in curve) (peak, deepest) = (Math.Max(peak, v), Math.Max(deepest, 1 - v / Math.Max(peak, v)));
        Shown(Cells("statistics", "Total return")[1]).ShouldBe(100 * (curve[^1] / curve[0] - 1), 0.00501);
        Shown(Cells("statistics", "Maximum drawdown")[1]).ShouldBe(100 * deepest, 0.00501);
        Shown(Cells("trailing", "Since the start")[3]).ShouldBe(100 * (curve[^1] / curve[0] - 1), 0.00501);
        Shown(Cells("benchmark", "Return of the benchmark")[0]).ShouldBe(100 * (curve[^1] / curve[0] - 1), 0.00501);
    }

    [Fact]
    public void Holdings_by_symbol_are_the_trades_at_the_closes_and_add_up_to_the_exposure()
    {
        var closes = Closes();
        var trades = Rows("portfolio_trades.csv");
        var gross = new Dictionary<string, double[]>();
        foreach (var symbol in (string[])["ACME", "COINUSDT"])
        {
            var bars = File.ReadLines(Path.Combine(Bars, symbol + ".csv")).Skip(1).Select(l => l.Split(',')).Select(b =>
                (Time: Time(b[0]), Close: Number(b[4]))).ToList();
            gross[symbol] = [.. closes.Select(c => trades.Where(t =>
                t["symbol"] == symbol && Time(t["entry_time"]) <= c.Time && (t["exit_reason"] == "open" || Time(t["exit_time"]) > c.Time))
                .Sum(t => Number(t["quantity"]) * bars.Last(b => b.Time <= c.Time).Close / c.Equity))];
            var cells = Cells("holdings", symbol);
            Shown(cells[0]).ShouldBe(100 * gross[symbol].Count(g => g > 0) / (double)closes.Count, 0.0501);
            Shown(cells[1]).ShouldBe(100 * gross[symbol].Average(), 0.0501);
            Shown(cells[2]).ShouldBe(100 * gross[symbol].Max(), 0.0501);
            Shown(cells[5]).ShouldBe(trades.Where(t => t["symbol"] == symbol).Sum(t => Number(t["pnl_net"])), 0.501);
        }
        for (var i = 0; i < closes.Count; i++)
            gross.Values.Sum(g => g[i]).ShouldBe(closes[i].Exposure / closes[i].Equity, 1e-6, $"{closes[i].Time:u}");
    }

    [Fact]
    public void Flat_days_are_neither_gains_nor_losses()
    {
        // Each UTC day from the starting cash on; in the market with a position at a row of it or at the row before.
        var days = new List<(double Return, bool Held)>();
        var (before, exposure) = (100_000.0, 0.0);
        foreach (var day in _equity.GroupBy(r => r.Time.Date))
        {
            var last = day.Last();
            days.Add((last.Equity / before - 1, exposure != 0 || day.Any(r => r.Exposure != 0) || last.Equity != before));
            (before, exposure) = (last.Equity, last.Exposure);
        }
        var all = Cells("distribution", "All days");
        Shown(all[0]).ShouldBe(days.Count);
        Shown(all[1]).ShouldBe(100.0 * days.Count(d => d.Return > 0) / days.Count, 0.0501);
        Shown(all[2]).ShouldBe(100.0 * days.Count(d => d.Return < 0) / days.Count, 0.0501);
        if (days.All(d => d.Held)) return;
        var held = Cells("distribution", "In the market");
        var count = days.Count(d => d.Held);
        Shown(held[0]).ShouldBe(count);
        Shown(held[1]).ShouldBe(100.0 * days.Count(d => d is { Held: true, Return: > 0 }) / count, 0.0501);
    }
}
