using System.Text.Json;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>
/// The cap of a portfolio by a predicted drawdown: its labels follow from the bars, the state that its models read and the exposure that it
/// left follow from the portfolio's trades.
/// </summary>
public class RiskRunTests
{
    private const int LabelBars = 15;
    private const double Loss = 0.015;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    // A row of risk.csv.
    private sealed record Answer(string Strategy, string Symbol, int Number, DateTime Known, int Side, double Prediction, double Cap,
        double Drawdown, double Exposure, int Positions, double WinRate);

    [Fact]
    public async Task The_capped_exposure_of_a_portfolio_follows_from_its_trades_and_bars()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, learning) in new[] { ("capped", true), ("free", false) })
            await GranaryCommand.RunAsync("backtest", folder.Write(name + ".json", Batch(learning)), "--out", folder.File(name), "--quiet");
        var (capped, free) = (new RunFiles(folder.File("capped")), new RunFiles(folder.File("free")));
        var markets = new[] { "ACME", "BOLT" }.ToDictionary(s => s, s => MarketBar.Read(Repository.Sample($"data/1h/{s}.csv")),
            StringComparer.Ordinal);
        AccountCheck.Portfolio(capped, new MarketSet(markets), 100_000, 0.0005);

        var answers = Answers(capped);
        answers.Count(a => !double.IsNaN(a.Prediction)).ShouldBeGreaterThan(300);
        Labels(capped, answers, markets);
        var (cut, refused) = Caps(capped, answers, markets);
        Report(capped, free, answers, (cut, refused));
    }

    private static string Batch(bool learning) => $$"""
        { "name": "capped", "data": { "source": "csv:{{Repository.Sample("data/1h")}}", "symbols": ["ACME", "BOLT"], "timeframe": "1h" },
          "execution": { "commissionPercent": 0.05 },
          "strategies": [
            { "class": "SmaCross", "params": { "fast": [5, 10], "slow": [20, 40] }, "sides": "both", "size": { "percentOfEquity": 80 } }],
          "portfolio": { "weights": "equal" }{{(learning ? $$"""
        , "learning": { "name": "risk", "trainer": "ridge", "label": { "kind": "drawdown", "bars": {{LabelBars}} },
            "features": ["volatility(20)", "range(20)/close", "portfolio-drawdown", "portfolio-win-rate"],
            "apply": { "rule": "limit", "lossPercent": {{Loss * 100}} } }
        """ : "")}} }
        """;

    private static List<Answer> Answers(RunFiles run)
    {
        var table = CsvTable.Read(Path.Combine(run.Folder, "risk.csv"));
        return [.. table.Rows.Select(r => new Answer(table.Text(r, "strategy"), table.Text(r, "symbol"), (int)table.Number(r, "number"),
            table.Time(r, "known"), table.Text(r, "side") == "long" ? 1 : -1, table.Number(r, "prediction"), table.Number(r, "cap"),
            table.Number(r, "drawdown"), table.Number(r, "exposure"), (int)table.Number(r, "positions"), table.Number(r, "win_rate")))];
    }

    // The worst price of the next bars for one of the sides that were entered then.
    private static void Labels(RunFiles run, List<Answer> answers, Dictionary<string, List<MarketBar>> markets)
    {
        var models = ModelSamples.Read(run.Folder);
        models.Count.ShouldBe(2);
        foreach (var ((_, samples), (symbol, bars)) in models.Zip(markets))
        {
            var at = bars.Index().ToDictionary(b => b.Item.Time + Hour, b => b.Index);
            var sides = answers.Where(a => a.Symbol == symbol).ToLookup(a => a.Known, a => a.Side);
            foreach (var sample in samples)
            {
                var bar = at[sample.Time];
                var next = bars.GetRange(bar + 1, LabelBars);
                double Worst(int side) => Math.Max(0, side > 0 ? 1 - next.Min(b => b.Low) / bars[bar].Close
                    : next.Max(b => b.High) / bars[bar].Close - 1);
                sides[sample.Time].Any(s => Math.Abs(Worst(s) - sample.Label) < 1e-12).ShouldBeTrue($"{symbol} at {sample.Time:u}");
                sample.LabelTime.ShouldBe(next[^1].Time + Hour);
            }
            foreach (var window in samples.Where(s => s.IsTest).GroupBy(s => s.Window))
                window.Count().ShouldBeGreaterThan(0);
        }
    }

    // What was open and accepted when each entry was decided, beside what the cap left.
    private static (int Cut, int Refused) Caps(RunFiles run, List<Answer> answers, Dictionary<string, List<MarketBar>> markets)
    {
        var decisions = Decisions(run);
        var rows = run.Equity().ToDictionary(r => r.Time + Hour);
        var closes = markets.ToDictionary(m => m.Key, m => m.Value.ToDictionary(b => b.Time + Hour, b => b.Close));
        var trades = run.PortfolioTrades();
        var byEntry = trades.ToDictionary(t => (t.Strategy, t.EntryTime));
        var (cut, refused, peak) = (0, 0, 100_000.0);
        var equity = run.Equity();
        var peaks = equity.ToDictionary(r => r.Time + Hour, r => peak = Math.Max(peak, r.Equity));
        foreach (var group in answers.GroupBy(a => a.Known))
        {
            var (time, row) = (group.Key, rows[group.Key]);
            var open = trades.Where(t => t.EntryTime < time && (t.IsOpen || t.ExitTime >= time)).ToList();
            List<TradeRow> closed = [.. trades.Where(t => !t.IsOpen && t.ExitTime < time).TakeLast(20)];
            var (value, positions) = (open.Sum(t => t.Quantity * closes[t.Symbol][time]), open.Count);
            foreach (var a in group)
            {
                var close = closes[a.Symbol][time];
                a.Drawdown.ShouldBe(1 - row.Equity / peaks[time], 1e-9, $"drawdown at {time:u}");
                a.Positions.ShouldBe(positions, $"positions at {time:u}");
                a.Exposure.ShouldBe(value / row.Equity, 1e-6, $"exposure at {time:u}");
                if (closed.Count > 0) a.WinRate.ShouldBe(closed.Average(t => t.NetProfit > 0 ? 1.0 : 0), 1e-12, $"win rate at {time:u}");
                else double.IsNaN(a.WinRate).ShouldBeTrue();
                var cap = a.Prediction > 0 ? Loss / a.Prediction : double.PositiveInfinity;
                if (a.Prediction > 0) a.Cap.ShouldBe(cap, 1e-9 * cap);
                var room = cap * row.Equity - value;
                switch (decisions[(a.Strategy, a.Number)])
                {
                    case "predicted-risk":
                        room.ShouldBeLessThan(1e-6 * row.Equity, $"refused at {time:u}");
                        refused++;
                        break;
                    case "accepted":
                        // It fills at the open of the next bar, which may be that of another day.
                        var taken = byEntry[(a.Strategy, markets[a.Symbol].First(b => b.Time >= time).Time)].Quantity * close;
                        taken.ShouldBeLessThan(room * (1 + 1e-9), $"accepted at {time:u}");
                        if (taken > room * (1 - 1e-3)) cut++;
                        value += taken;
                        positions++;
                        break;
                }
            }
        }
        cut.ShouldBeGreaterThan(5);
        refused.ShouldBeGreaterThan(5);
        return (cut, refused);
    }

    private static Dictionary<(string, int), string> Decisions(RunFiles run)
    {
        var table = CsvTable.Read(Path.Combine(run.Folder, "signals.csv"));
        return table.Rows.ToDictionary(r => (table.Text(r, "strategy"), (int)table.Number(r, "number")), r => table.Text(r, "decision"));
    }

    // The figures of learning.json and of the page, beside a run without the section.
    private static void Report(RunFiles capped, RunFiles free, List<Answer> answers, (int Cut, int Refused) counted)
    {
        var risk = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(capped.Folder, "learning.json"))).RootElement.GetProperty("risk");
        var from = ModelSamples.Read(capped.Folder).SelectMany(m => m.Samples).Where(s => s.IsTest).Min(s => s.Time);
        risk.GetProperty("from").GetDateTime().ToUniversalTime().ShouldBe(from);
        risk.GetProperty("asked").GetInt32().ShouldBe(answers.Count);
        risk.GetProperty("judged").GetInt32().ShouldBe(answers.Count(a => !double.IsNaN(a.Prediction)));
        risk.GetProperty("cut").GetInt32().ShouldBe(counted.Cut);
        risk.GetProperty("refused").GetInt32().ShouldBe(counted.Refused);
        var page = new PageCheck(ReportPage.Read(Path.Combine(capped.Folder, "report.html")));
        var cells = new List<Cells>();
        foreach (var (name, shown, run) in new[] { ("with", "with the cap", capped), ("without", "without", free) })
        {
            var rows = run.Equity();
            var first = rows.FindLastIndex(r => r.Time < from);
            var (peak, deepest, exposure) = (rows[first].Equity, 0.0, 0.0);
            foreach (var row in rows[(first + 1)..])
            {
                peak = Math.Max(peak, row.Equity);
                deepest = Math.Max(deepest, 1 - row.Equity / peak);
                exposure += row.Exposure / row.Equity / (rows.Count - 1 - first);
            }
            var figures = risk.GetProperty(name);
            figures.GetProperty("return").GetDouble().ShouldBe(rows[^1].Equity / rows[first].Equity - 1, 1e-9);
            figures.GetProperty("maxDrawdown").GetDouble().ShouldBe(deepest, 1e-9);
            figures.GetProperty("meanExposure").GetDouble().ShouldBe(exposure, 1e-9);
            cells.Add(new Cells
            {
                ["Portfolio"] = shown,
                ["Return"] = rows[^1].Equity / rows[first].Equity - 1,
                ["Deepest drawdown"] = deepest,
                ["Mean exposure"] = exposure,
            });
        }
        page.Table("The portfolio with the cap by a predicted drawdown", cells);
        page.Page.Sentences.ShouldContain($"The cap was asked about {answers.Count:N0} entries and knew a drawdown for "
            + $"{answers.Count(a => !double.IsNaN(a.Prediction)):N0}: it made {counted.Cut:N0} smaller and refused {counted.Refused:N0}.");
        page.Differences.ShouldBeEmpty();
    }
}
