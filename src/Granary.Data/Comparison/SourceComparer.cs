using Granary.Engine.Market;

namespace Granary.Data.Comparison;

/// <summary>Compares two sources of one market bar by bar, and decides which one is more likely wrong from the surrounding bars.</summary>
/// <param name="tolerancePercent">Prices are equal if they differ by at most this many percent of the smaller one.</param>
/// <param name="volumeTolerancePercent">The same for volumes.</param>
internal sealed class SourceComparer(double tolerancePercent = 0.01, double volumeTolerancePercent = 1)
{
    /// <summary>A constant ratio of closes over fewer bars is not an adjustment.</summary>
    private const int FewestOfARatio = 20;

    private const double RatioTolerance = 1e-4;

    /// <param name="a">In order of time.</param>
    /// <param name="b">In order of time.</param>
    public SourceComparison Compare(IReadOnlyList<Bar> a, IReadOnlyList<Bar> b, Timeframe timeframe)
    {
        var pairs = Pairs(a, b);
        var common = pairs.Where(p => p is { A: >= 0, B: >= 0 }).ToList();
        var ratios = RatiosOf(a, b, common);
        // Bars are compared after the adjustment is removed.
        var scaled = Scaled(b, ratios);
        var judge = new SuspectFinder(a, scaled);
        var disagreements = new List<BarDisagreement>();
        var equal = 0L;
        foreach (var (i, j) in pairs)
        {
            if (i < 0 || j < 0) disagreements.Add(judge.Missing(i, j));
            else if (Widest(a[i], scaled[j], scaled[j].Close != b[j].Close) is { } field)
                disagreements.Add(judge.Different(i, j, field.Name, field.Percent));
            else equal++;
        }
        return new SourceComparison
        {
            BarsOfA = a.Count,
            BarsOfB = b.Count,
            Common = common.Count,
            Equal = equal,
            OnlyInA = pairs.Count(p => p.B < 0),
            OnlyInB = pairs.Count(p => p.A < 0),
            Ratios = ratios,
            Shift = equal < common.Count / 2 || common.Count == 0 ? TimeShift.Find(a, b, timeframe) : null,
            Disagreements = disagreements,
        };
    }

    // Index pairs of the bars within the span that both sources cover; −1 for a missing bar.
    private static List<(int A, int B)> Pairs(IReadOnlyList<Bar> a, IReadOnlyList<Bar> b)
    {
        var pairs = new List<(int, int)>(Math.Max(a.Count, b.Count));
        if (a.Count == 0 || b.Count == 0) return pairs;
        var (first, last) = (Math.Max(a[0].Time, b[0].Time), Math.Min(a[^1].Time, b[^1].Time));
        for (int i = 0, j = 0; i < a.Count || j < b.Count;)
        {
            var (left, right) = (i < a.Count ? a[i].Time : long.MaxValue, j < b.Count ? b[j].Time : long.MaxValue);
            var time = Math.Min(left, right);
            if (time >= first && time <= last) pairs.Add((left == time ? i : -1, right == time ? j : -1));
            if (left == time) i++;
            if (right == time) j++;
        }
        return pairs;
    }

    // The second source's bars, scaled to the prices of the first.
    private static List<Bar> Scaled(IReadOnlyList<Bar> b, List<PriceRatio> ratios)
    {
        var scaled = new List<Bar>(b.Count);
        var next = 0;
        foreach (var bar in b)
        {
            while (next < ratios.Count && ratios[next].To < bar.Time) next++;
            var by = next < ratios.Count && ratios[next].From <= bar.Time ? ratios[next].Ratio : 1;
            scaled.Add(by == 1 ? bar
                : bar with { Open = bar.Open * by, High = bar.High * by, Low = bar.Low * by, Close = bar.Close * by });
        }
        return scaled;
    }

    private List<PriceRatio> RatiosOf(IReadOnlyList<Bar> a, IReadOnlyList<Bar> b, List<(int A, int B)> common)
    {
        var found = new List<PriceRatio>();
        for (var from = 0; from < common.Count;)
        {
            var ratio = RatioAt(from);
            var to = from + 1;
            while (to < common.Count && Math.Abs(RatioAt(to) / ratio - 1) < RatioTolerance) to++;
            if (to - from >= FewestOfARatio && Math.Abs(ratio - 1) * 100 > Math.Max(tolerancePercent, 100 * RatioTolerance))
                found.Add(new PriceRatio(a[common[from].A].Time, a[common[to - 1].A].Time, ratio, to - from));
            from = to;
        }
        return found;

        double RatioAt(int at) => a[common[at].A].Close / b[common[at].B].Close;
    }

    // The field that exceeds its tolerance most; null if none does. A split changes the volume too.
    private (string Name, double Percent)? Widest(in Bar a, in Bar b, bool isScaled)
    {
        (string Name, double Percent)? widest = null;
        foreach (var (name, x, y) in new[] { ("open", a.Open, b.Open), ("high", a.High, b.High), ("low", a.Low, b.Low),
            ("close", a.Close, b.Close) })
        {
            var percent = PercentOf(x, y);
            if (percent > (isScaled ? tolerancePercent + RatioTolerance * 100 : tolerancePercent)
                && percent > (widest?.Percent ?? 0)) widest = (name, percent);
        }
        if (widest is not null || isScaled) return widest;
        var volume = PercentOf(a.Volume, b.Volume);
        return volume > volumeTolerancePercent ? ("volume", volume) : null;
    }

    private static double PercentOf(double x, double y) =>
        x == y ? 0 : Math.Min(Math.Abs(x), Math.Abs(y)) is > 0 and var smaller ? Math.Abs(x - y) / smaller * 100 : double.PositiveInfinity;
}
