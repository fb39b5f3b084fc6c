using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Pages;

/// <summary>What an account held, what its trading cost, what its markets bear, and what its portfolio decided.</summary>
internal sealed class AccountTables(PageCheck check, RunFigures run)
{
    private const int DrawnSymbols = 7, MostRefused = 60, RefusedOfStrategy = 4;

    public void Check()
    {
        Holdings();
        Capacity();
        Decisions();
        Markets();
    }

    // At the ends of days, each position at the close.
    private void Holdings()
    {
        var symbols = run.Trades.Select(t => t.Symbol).Distinct().Select(symbol =>
        {
            var shares = run.Closes.ConvertAll(c => run.Account.Positions[c.Index][symbol] is var p && c.Row.Equity > 0
                ? (Net: p.Net / c.Row.Equity, Gross: p.Gross / c.Row.Equity) : default);
            return (Symbol: symbol, Net: shares.ConvertAll(s => s.Gross < 1e-12 ? 0 : s.Net),
                Gross: shares.ConvertAll(s => s.Gross < 1e-12 ? 0 : s.Gross));
        }).OrderByDescending(s => s.Gross.Average()).ThenBy(s => s.Symbol, StringComparer.Ordinal).ToList();
        if (symbols.Count == 0) return;
        check.Table("Share of equity at the ends of", [.. symbols.Select(s => new Cells
        {
            ["Symbol"] = s.Symbol,
            ["Held"] = (double)s.Gross.Count(g => g > 0) / s.Gross.Count,
            ["Gross on average"] = s.Gross.Average(),
            ["Gross at the most"] = s.Gross.Max(),
            ["Net on average"] = s.Net.Average(),
            ["At the end"] = s.Net[^1],
            ["Net profit"] = run.Trades.Where(t => t.Symbol == s.Symbol).Sum(t => t.NetProfit),
        })]);
        var curves = symbols.Take(DrawnSymbols).ToDictionary(s => s.Symbol, s => Curve(s.Gross));
        if (symbols.Count > DrawnSymbols)
            curves[$"{symbols.Count - DrawnSymbols} others"] =
                Curve([.. Enumerable.Range(0, run.Closes.Count).Select(i => symbols.Skip(DrawnSymbols).Sum(s => s.Gross[i]))]);
        check.Chart("Gross exposure by symbol", curves);
        var shorts = Enumerable.Range(0, run.Closes.Count).Select(i => -symbols.Sum(s => (s.Gross[i] - s.Net[i]) / 2)).ToList();
        if (check.Page.Charts.Any(c => c.Title == "Long and short exposure"))
            check.Chart("Long and short exposure", new Dictionary<string, IReadOnlyDictionary<DateTime, double>>
            {
                ["Long"] = Curve([.. Enumerable.Range(0, run.Closes.Count).Select(i => symbols.Sum(s => (s.Gross[i] + s.Net[i]) / 2))]),
                ["Short"] = Curve(shorts),
            });
        else if (shorts.Min() < -0.01) check.Text("chart", "none of shorts", $"shorts of {shorts.Min()}");
    }

    private IReadOnlyDictionary<DateTime, double> Curve(List<double> values) =>
        run.Closes.Zip(values).ToDictionary(p => p.First.Row.Time, p => p.Second);

    // 1% of a market's daily turnover over the size of a large fill.
    private void Capacity()
    {
        var fills = run.Fills.Select(f => (f.Symbol, f.Time, Value: f.Quantity * f.Price * run.Markets.Multiplier(f.Symbol)))
            .ToLookup(f => f.Symbol);
        var closes = run.Closes.ConvertAll(c => c.Row);
        var (least, bound) = (double.PositiveInfinity, "");
        check.Table("Capacity by market",
            [.. fills.OrderByDescending(g => g.Sum(f => f.Value)).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g =>
        {
            var bars = run.Markets.Bars[g.Key];
            var turnover = bars.Sum(b => b.Volume * b.Close) * run.Markets.Multiplier(g.Key) / bars.Select(b => b.Time.Date).Distinct()
                .Count();
            double[] shares = [.. g.Select(f => f.Value / closes[Math.Max(0, closes.FindLastIndex(r => r.Time < f.Time))].Equity)
                .Where(s => double.IsFinite(s) && s > 0)];
            var large = DailyCurve.Quantile(shares, 0.95);
            if (0.01 * turnover / large < least) (least, bound) = (0.01 * turnover / large, g.Key);
            return new Cells
            {
                ["Market"] = g.Key,
                ["Bought and sold"] = g.Sum(f => f.Value),
                ["Daily turnover"] = turnover,
                ["Median fill"] = DailyCurve.Quantile(shares, 0.5),
                ["Large fill"] = large,
                ["Capacity"] = 0.01 * turnover / large,
            };
        })]);
        if (bound.Length > 0)
            check.Sentences.Says($"Estimated capacity: {{}} of equity, bound by {bound}. There, one fill in twenty would be more than 1% "
                + "of the market's daily turnover.", least);
    }

    // Signals of the strategies with a weight, and what the refused ones brought in their strategies' own accounts.
    private void Decisions()
    {
        // A batch need not write them.
        if (!File.Exists(Path.Combine(run.Files.Folder, "signals.csv"))) return;
        var table = CsvTable.Read(Path.Combine(run.Files.Folder, "signals.csv"));
        var weighted = run.Files.Weighted.Select(s => s.GetProperty("id").GetString()!).ToHashSet();
        var signals = table.Rows.Where(r => weighted.Contains(table.Text(r, "strategy"))).ToList();
        var counts = run.Files.Results.GetProperty("portfolio").GetProperty("decisions").EnumerateObject()
            .ToDictionary(d => d.Name, d => d.Value.GetInt32());
        counts.OrderBy(c => c.Key, StringComparer.Ordinal)
            .ShouldBe(signals.CountBy(r => table.Text(r, "decision")).ToDictionary().OrderBy(c => c.Key, StringComparer.Ordinal),
                "decisions in results.json");
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var shown = check.Table("Signals by decision", name =>
        {
            var decision = names[name] = DecisionWords.Key(name);
            var refused = signals.Where(r => table.Text(r, "decision") == decision && decision != "accepted").ToList();
            double[] returns = [.. refused.Where(r => table.Text(r, "outcome") == "closed").Select(r => Outcome(table, r))];
            return new Cells
            {
                ["Decision"] = name,
                ["Signals"] = counts.GetValueOrDefault(decision),
                ["Share"] = (double)counts.GetValueOrDefault(decision) / counts.Values.Sum(),
                ["Would have won"] = returns.Length == 0 ? double.NaN : (double)returns.Count(r => r > 0) / returns.Length,
                ["Mean return"] = returns.DefaultIfEmpty(double.NaN).Average(),
            };
        });
        check.Number("Signals by decision, all are in a row", counts.Count.ToString(), shown.Count);
        Refused(table, signals);
    }

    private double Outcome(CsvTable table, string[] row) => table.Number(row, "pnl_net")
        / (table.Number(row, "entry_price") * table.Number(row, "quantity") * run.Markets.Multiplier(table.Text(row, "symbol")));

    private void Refused(CsvTable table, List<string[]> signals)
    {
        var byStrategy = signals.Where(r => table.Text(r, "decision") != "accepted")
            .ToLookup(r => table.Text(r, "strategy"), StringComparer.Ordinal);
        var listed = run.Ranked.SelectMany(s => byStrategy[s.GetProperty("id").GetString()!].Take(RefusedOfStrategy)).Take(MostRefused)
            .OrderBy(r => table.Time(r, "time")).ThenBy(r => table.Text(r, "strategy"), StringComparer.Ordinal);
        List<string[]> rows = [.. listed];
        var why = new WhyText(run.Files);
        if (rows.Count > 0) check.Sentences.Says("{} refused signals of weighted strategies", rows.Count);
        check.Table("Refused signals, up to four of each strategy", [.. rows.Select(r => new Cells
        {
            ["Strategy"] = table.Text(r, "strategy"),
            ["Time"] = Cell.Time(table.Time(r, "time")),
            ["Side"] = table.Text(r, "side"),
            ["Price"] = table.Number(r, "price"),
            ["Refused because"] = DecisionWords.Of(table.Text(r, "decision")),
            ["Outcome"] = table.Text(r, "outcome") switch
            {
                "closed" => Outcome(table, r),
                "open" => "still open",
                "" => "–",
                var end => DecisionWords.End(end),
            },
            ["Why"] = why.Of(table, r),
        })]);
    }

    private void Markets()
    {
        var manifest = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run.Files.Folder, "manifest.json"))).RootElement;
        var findings = check.Page.Tables.FirstOrDefault(t => t.Caption.StartsWith("Findings", StringComparison.Ordinal))?.Rows ?? [];
        foreach (var market in findings.GroupBy(r => r[0]))
            new FindingTexts(check, run.Markets).Check(market.Key, string.Join(' ', market.Select(r => r[^1])));
        if (findings.Count > 0) check.Table("Findings", [.. findings.Select(r => new Cells { ["Market"] = r[0], ["Finding"] = Cell.Any })]);
        check.Table("Markets, and what the check of their bars found", [.. manifest.GetProperty("data").EnumerateArray().Select(m =>
        {
            var bars = run.Markets.Of(m.GetProperty("symbol").GetString()!, m.GetProperty("timeframe").GetString()!);
            return new Cells
            {
                ["Market"] = m.GetProperty("symbol").GetString()!,
                ["TF"] = m.GetProperty("timeframe").GetString()!,
                ["Bars"] = bars.Count,
                ["First"] = Cell.Time(bars[0].Time),
                ["Last"] = Cell.Time(bars[^1].Time),
                ["SHA-256"] = m.GetProperty("hash").GetString()![..12],
                ["Findings"] = findings.Count(r => r[0] == m.GetProperty("symbol").GetString()) is var n && n == 0 ? "none"
                    : n == 1 ? "1 finding" : $"{n} findings",
            };
        })]);
    }
}
