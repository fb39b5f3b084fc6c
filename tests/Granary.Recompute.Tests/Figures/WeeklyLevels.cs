using System.Text;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>Equity of all different strategies of a run at the ends of the same weeks, rebuilt from their trades and the bars.</summary>
internal sealed class WeeklyLevels
{
    /// <param name="cash">Of each strategy at the start.</param>
    public WeeklyLevels(RunFigures run, double cash)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var rows = run.Files.Strategies
            .Where(s => run.Files.TradesOf(s.GetProperty("id").GetString()!).Count == 0 || seen.Add(Traded(run, s)))
            .Select(s => run.OwnRows(s)).ToList();
        (First, Cash) = (rows.Min(r => WeeklyReturns.Week(r[0].Time)), cash);
        Weeks = rows.Max(r => WeeklyReturns.Week(r[^1].Time)) - First + 1;
        Levels = rows.ConvertAll(Level);
        Returns = Levels.ConvertAll(level => Enumerable.Range(0, Weeks).Select(w => level[w + 1] / level[w] - 1).ToArray());
    }

    /// <summary>The number of the first week.</summary>
    public int First { get; }

    public int Weeks { get; }

    public double Cash { get; }

    /// <summary>By strategy: the cash at the start, then the equity at the end of each week.</summary>
    public List<double[]> Levels { get; }

    public List<double[]> Returns { get; }

    // Strategies with the same trades on the same market count once.
    private static string Traded(RunFigures run, System.Text.Json.JsonElement strategy)
    {
        var text = new StringBuilder(strategy.GetProperty("symbol").GetString());
        foreach (var t in run.Files.TradesOf(strategy.GetProperty("id").GetString()!))
            text.Append($"|{t.Sign} {t.Quantity:R} {t.EntryTime.Ticks} {t.EntryPrice:R} {t.ExitTime.Ticks} {t.ExitPrice:R} {t.Reason}");
        return text.ToString();
    }

    private double[] Level(List<EquityRow> rows)
    {
        var level = new double[Weeks + 1];
        level[0] = Cash;
        var next = 0;
        for (var w = 0; w < Weeks; w++)
        {
            level[w + 1] = level[w];
            for (; next < rows.Count && WeeklyReturns.Week(rows[next].Time) == First + w; next++) level[w + 1] = rows[next].Equity;
        }
        return level;
    }
}
