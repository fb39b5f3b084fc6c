namespace Granary.Engine.Analysis;

/// <summary>One fall below a peak.</summary>
/// <param name="Depth">Positive fraction of the peak.</param>
/// <param name="Peak">UTC ticks of the last point at the peak's value before the fall.</param>
/// <param name="Trough">UTC ticks of the lowest point (the first of several).</param>
/// <param name="Recovery">UTC ticks of the first later point at or above the peak's value; null where there is none.</param>
/// <param name="Days">Calendar days from the peak to the recovery, or to the curve's last point.</param>
internal sealed record Drawdown(double Depth, long Peak, long Trough, long? Recovery, double Days)
{
    /// <summary>The deepest drawdowns of a curve, deepest first; equally deep ones in order of time. They do not overlap.</summary>
    public static IReadOnlyList<Drawdown> Worst(EquityCurve curve, int count = 10)
    {
        var all = All(curve);
        all.Sort((a, b) => a.Depth != b.Depth ? b.Depth.CompareTo(a.Depth) : a.Peak.CompareTo(b.Peak));
        if (all.Count > count) all.RemoveRange(count, all.Count - count);
        return all;
    }

    /// <summary>The drawdown at each point, as a positive fraction of the running peak.</summary>
    public static double[] Underwater(EquityCurve curve)
    {
        var values = curve.Values;
        var result = new double[values.Length];
        var peak = double.NegativeInfinity;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] > peak) peak = values[i];
            result[i] = 1 - values[i] / peak;
        }
        return result;
    }

    private static List<Drawdown> All(EquityCurve curve)
    {
        var found = new List<Drawdown>();
        var times = curve.Times;
        var values = curve.Values;
        if (values.Length == 0) return found;
        int peak = 0, trough = 0;
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i] >= values[peak])
            {
                if (trough != peak) found.Add(Between(curve, peak, trough, times[i]));
                peak = trough = i;
            }
            else if (values[i] < values[trough])
            {
                trough = i;
            }
        }
        if (trough != peak) found.Add(Between(curve, peak, trough, null));
        return found;
    }

    private static Drawdown Between(EquityCurve curve, int peak, int trough, long? recovery) => new(
        1 - curve.Values[trough] / curve.Values[peak], curve.Times[peak], curve.Times[trough], recovery,
        ((recovery ?? curve.Times[^1]) - curve.Times[peak]) / (double)TimeSpan.TicksPerDay);
}
