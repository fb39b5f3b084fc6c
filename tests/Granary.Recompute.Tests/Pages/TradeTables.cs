using System.Collections.Frozen;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Pages;

/// <summary>The tables of trades: by exit, side, duration, weekday and hour, what is open, excursions and streaks.</summary>
internal sealed class TradeTables(PageCheck check, RunFigures run)
{
    private const int MostOpen = 40, LongestStreak = 10;

    private static readonly FrozenDictionary<string, string> Reasons = new Dictionary<string, string>
    {
        ["open"] = "still open",
        ["trailing-stop"] = "trailing stop",
        ["max-bars"] = "bars held",
        ["time"] = "time of day",
        ["margin-call"] = "margin call",
        ["data-ended"] = "data ended",
    }.ToFrozenDictionary();

    private readonly Dictionary<string,
        string> _timeframes = run.Files.Strategies.ToDictionary(s => s.GetProperty("id").GetString()!, s =>
            s.GetProperty("timeframe").GetString()!);

    public void Check()
    {
        if (run.Closed.Count > 0)
        {
            Grouped("Closed trades by what ended them", "Exit", run.Closed, (t, name) => Reason(t) == name.ToLowerInvariant());
            Grouped("Closed trades by side", "Side", run.Closed, (t, name) => t.Sign > 0 == (name == "Long"));
            Grouped("Closed trades by bars held", "Bars held", run.Closed, (t, name) => InBand(t.Bars, name));
            Grouped("Closed trades by the weekday", "Weekday", run.Closed, (t, name) => t.EntryTime.DayOfWeek.ToString() == name);
            Grouped("Closed trades on intraday bars by the hour", "Hour", [.. run.Closed.Where(t => _timeframes[t.Strategy] != "1d")],
                (t, name) => $"{t.EntryTime:HH}:00" == name);
            Excursions();
        }
        Open();
        if (run.Closed.Count > 1) Streaks();
    }

    /// <summary>What ended a trade, in words.</summary>
    public static string Reason(TradeRow trade) => Reasons.GetValueOrDefault(trade.Reason, trade.Reason);

    private void Grouped(string caption, string heading, List<TradeRow> closed, Func<TradeRow, string, bool> belongs)
    {
        var names = check.Table(caption, name =>
        {
            List<TradeRow> group = [.. closed.Where(t => belongs(t, name))];
            var figures = new TradeFigures(group);
            return new Cells
            {
                [heading] = name,
                ["Trades"] = group.Count,
                ["Share"] = (double)group.Count / closed.Count,
                ["Won"] = figures.WinRate,
                ["Profit factor"] = figures.ProfitFactor,
                ["Average return"] = Mean(group, t => t.Return),
                ["Bars"] = Mean(group, t => t.Bars),
                ["Net profit"] = group.Sum(t => t.NetProfit),
            };
        });
        if (names.Count > 0) check.Number(caption + ", all trades are in a row", closed.Count.ToString(),
            closed.Count(t => names.Count(n => belongs(t, n)) == 1));
    }

    private static double Mean(List<TradeRow> trades, Func<TradeRow, double> figure) => trades.Select(figure).DefaultIfEmpty(double.NaN)
        .Average();

    // Bands are written 0–1, 2–4 and so on; the last one is open.
    private static bool InBand(int bars, string band)
    {
        var ends = band.Split('–');
        var first = (int)ShownNumber.Parse(ends[0]).Value;
        return bars >= first && (ends.Length == 1 || bars <= ShownNumber.Parse(ends[1]).Value);
    }

    private void Open() =>
        check.Table("Trades still open, at the last close", [.. run.Trades.Where(t => t.IsOpen).Take(MostOpen).Select(t => new Cells
    {
        ["Strategy"] = t.Strategy,
        ["Side"] = t.Sign > 0 ? "long" : "short",
        ["Entered"] = Cell.Time(t.EntryTime),
        ["Quantity"] = t.Quantity,
        ["Price"] = t.EntryPrice,
        ["Last"] = run.Markets.Bars[t.Symbol][^1].Close,
        ["Profit so far"] = t.NetProfit,
    })]);

    // The furthest that prices went against and for the holder: whole bars from the entry on, and the price of the exit.
    private void Excursions()
    {
        var reached = run.Closed.ConvertAll(t => (t.NetProfit, Reach: Figures.Excursions.OfPortfolio(t, run.Files,
            run.Markets.Of(t.Symbol, _timeframes[t.Strategy]))));
        check.Table("Mean excursions, percent of the entry price", name =>
        {
            var group = reached.Where(t => name == "All" || (name == "Winning trades" ? t.NetProfit > 0 : t.NetProfit < 0))
                .Select(t => t.Reach).ToList();
            return new Cells
            {
                ["Trades"] = name,
                ["Adverse (MAE)"] = group.Select(r => r.Adverse).DefaultIfEmpty(double.NaN).Average(),
                ["Favourable (MFE)"] = group.Select(r => r.Favourable).DefaultIfEmpty(double.NaN).Average(),
            };
        });
        double Mean(int sign, Func<(double Adverse, double Favourable), double> side) =>
            reached.Where(t => sign == 0 || Math.Sign(t.NetProfit) == sign).Select(t => side(t.Reach)).DefaultIfEmpty(double.NaN).Average();
        var says = check.Sentences;
        says.Says("Winning trades went {} against their holder on average, losing trades {}.", Mean(1, r => r.Adverse),
            Mean(-1, r => r.Adverse));
        says.Says("Winning trades went {} their holder's way on average, losing trades {}.", Mean(1, r => r.Favourable),
            Mean(-1, r => r.Favourable));
        says.Listed(@"Vertical: net return of the trade\.( [\d,]+ of [\d,]+ trades are drawn, evenly chosen\.)?( The outermost 0\.5% are "
            + @"drawn at the edge\.)?", "which points are drawn");
        says.Says("Edge ratio {} (mean favourable over mean adverse excursion; 1 is what chance gives). Half of the winning trades never "
            + "went further against their holder than {}.", Mean(0, r => r.Favourable) / Mean(0, r => r.Adverse),
            DailyCurve.Quantile(reached.Where(t => t.NetProfit > 0).Select(t => t.Reach.Adverse), 0.5));
        check.Drawn("Against the holder");
        check.Drawn("For the holder");
    }

    // In order of closing; the expected number from as many independent trades.
    private void Streaks()
    {
        var found = new Dictionary<(int Sign, int Length), int>();
        var (sign, length) = (0, 0);
        foreach (var trade in run.Closed.Append(null))
        {
            var next = trade is null ? 0 : Math.Sign(trade.NetProfit);
            if (next == sign && next != 0)
            {
                length++;
                continue;
            }
            if (sign != 0) found[(sign, Math.Min(length, LongestStreak))] =
                found.GetValueOrDefault((sign, Math.Min(length, LongestStreak))) + 1;
            (sign, length) = (next, 1);
        }
        var (won, lost) = (Share(1), Share(-1));
        check.Table("Streaks by length",
            [.. Enumerable.Range(1, LongestStreak).Where(k => found.ContainsKey((1, k)) || found.ContainsKey((-1, k))).Select(k => new Cells
        {
            ["Length"] = k == LongestStreak ? $"{k} and more" : $"{k}",
            ["Winning"] = found.GetValueOrDefault((1, k)),
            ["By chance"] = Expected(won, k),
            ["Losing"] = found.GetValueOrDefault((-1, k)),
            ["By chance (2)"] = Expected(lost, k),
        })]);

        double Share(int side) => (double)run.Closed.Count(t => Math.Sign(t.NetProfit) == side) / run.Closed.Count;

        double Expected(double chance, int k) =>
            run.Closed.Count * Math.Pow(chance, k) * (k == LongestStreak ? 1 - chance : (1 - chance) * (1 - chance));
    }
}
