using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>An equity curve by UTC days: the last value of each day that has one.</summary>
internal sealed class DailyCurve
{
    public DailyCurve(IReadOnlyList<EquityRow> rows, double start)
    {
        Start = start;
        var (held, before) = (false, start);
        foreach (var day in rows.GroupBy(r => r.Time.Date))
        {
            Days.Add(day.Key);
            Equity.Add(day.Last().Equity);
            // What was held into the day, or within it, could gain or lose.
            Invested.Add(held || day.Any(r => r.IsInvested) || day.Last().Equity != before);
            (held, before) = (day.Last().IsInvested, day.Last().Equity);
        }
        // Once all is lost a day gains and loses nothing.
        Returns = [.. Equity.Select((e, i) => i == 0 ? e / start - 1 : Equity[i - 1] > 0 ? e / Equity[i - 1] - 1 : 0)];
    }

    public double Start { get; }

    public List<DateTime> Days { get; } = [];

    public List<double> Equity { get; } = [];

    public List<bool> Invested { get; } = [];

    public double[] Returns { get; }

    /// <summary>Return from the last day before a period to its last day; NaN where it has no day.</summary>
    public double Return(Func<DateTime, bool> period)
    {
        var last = Days.FindLastIndex(d => period(d));
        if (last < 0) return double.NaN;
        var first = Days.FindIndex(d => period(d));
        return Equity[last] / (first == 0 ? Start : Equity[first - 1]) - 1;
    }

    /// <summary>Returns of the calendar months that have days, in order.</summary>
    public List<double> Months() =>
        [.. Days.Select(d => (d.Year, d.Month)).Distinct().Select(m => Return(d => d.Year == m.Year && d.Month == m.Month))];

    /// <summary>The linearly interpolated quantile of the returns.</summary>
    public static double Quantile(IEnumerable<double> values, double level)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0) return double.NaN;
        var at = level * (sorted.Length - 1);
        var below = (int)at;
        return below + 1 < sorted.Length ? sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
    }

    /// <summary>Drawdown of each day, a positive fraction of the running peak, the starting equity included.</summary>
    public double[] Drawdowns()
    {
        var peak = Start;
        return [.. Equity.Select(e => 1 - e / (peak = Math.Max(peak, e)))];
    }
}
