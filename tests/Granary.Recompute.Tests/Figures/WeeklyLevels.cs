using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>Equity of all different strategies of a run at the ends of the same weeks.</summary>
internal sealed class WeeklyLevels
{
    // The tests for data snooping and the clusters join weeks where there are more.
    private const int MostPeriods = 256;

    // Of the cash: what rounding leaves of an account that has lost everything.
    private const double Nothing = 1e-9;

    /// <param name="cash">Of each strategy at the start.</param>
    public WeeklyLevels(IReadOnlyList<FilteredStrategy> strategies, double cash)
    {
        // Strategies with the same trades on the same market count once.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Strategies = [.. strategies.Where(s => s.Traded.Length == 0 || seen.Add(s.Traded))];
        (First, Cash) = (Strategies.Min(s => WeeklyReturns.Week(s.Rows[0].Time)), cash);
        Weeks = Strategies.Max(s => WeeklyReturns.Week(s.Rows[^1].Time)) - First + 1;
        Levels = [.. Strategies.Select(s => Level(s.Rows))];
        Returns = Levels.ConvertAll(level => Changes(level, 1));
        Joined = (Weeks + MostPeriods - 1) / MostPeriods;
        JoinedReturns = Levels.ConvertAll(level => Changes(level, Joined));
    }

    /// <summary>Those that differ.</summary>
    public IReadOnlyList<FilteredStrategy> Strategies { get; }

    /// <summary>The number of the first week.</summary>
    public int First { get; }

    public int Weeks { get; }

    public double Cash { get; }

    /// <summary>By strategy: the cash at the start, then the equity at the end of each week.</summary>
    public List<double[]> Levels { get; }

    /// <summary>A ruined account loses everything in each week from there on.</summary>
    public List<double[]> Returns { get; }

    /// <summary>Weeks of a joined period.</summary>
    public int Joined { get; }

    /// <summary>By strategy, of joined periods; weeks that fill none are left out.</summary>
    public List<double[]> JoinedReturns { get; }

    /// <summary>Joined returns of the strategies that ever moved.</summary>
    public List<double[]> Moving => [.. JoinedReturns.Where(r => r.Any(x => x != 0))];

    /// <summary>Returns of a benchmark in the same weeks.</summary>
    /// <param name="worth">From 1 on, at the close of each bar.</param>
    /// <param name="joined">Weeks of a period.</param>
    public double[] Of(IReadOnlyList<(DateTime Time, double Worth)> worth, int joined)
    {
        var level = new double[Weeks + 1];
        for (var w = 0; w <= Weeks; w++)
            level[w] = worth.TakeWhile(p => WeeklyReturns.Week(p.Time) < First + w).Select(p => p.Worth).LastOrDefault(1);
        return Changes(level, joined);
    }

    private static double[] Changes(double[] level, int joined) =>
        [.. Enumerable.Range(0, (level.Length - 1) / joined).Select(i => level[i * joined] > Nothing * level[0]
            ? level[(i + 1) * joined] / level[i * joined] - 1 : -1)];

    private double[] Level(IReadOnlyList<EquityRow> rows)
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
