namespace Granary.Engine.Analysis;

/// <summary>The value of an account over time; the statistics of a run are computed from it.</summary>
internal sealed class EquityCurve
{
    private readonly long[] _times;
    private readonly double[] _values;
    private double[]? _returns;

    /// <summary>Takes ownership of the arrays; the caller must not change them afterwards.</summary>
    /// <param name="times">UTC, in <see cref="DateTime.Ticks"/> (100 ns), strictly increasing.</param>
    /// <param name="values">Account currency, finite; as many as <paramref name="times"/>.</param>
    /// <exception cref="ArgumentException">Lengths differ, times do not increase, or a value is not finite.</exception>
    public EquityCurve(long[] times, double[] values)
    {
        if (times.Length != values.Length)
            throw new ArgumentException($"a curve has a value for each time: {times.Length} times, {values.Length} values", nameof(values));
        for (var i = 0; i < times.Length; i++)
        {
            if (i > 0 && times[i] <= times[i - 1])
                throw new ArgumentException($"times must increase: point {i} ({new DateTime(times[i]):u}) does not come after "
                    + $"point {i - 1}", nameof(times));
            if (!double.IsFinite(values[i]))
                throw new ArgumentException($"value {i} of the curve is {values[i]}", nameof(values));
        }
        _times = times;
        _values = values;
    }

    public int Count => _times.Length;

    /// <summary>UTC ticks, oldest first.</summary>
    public ReadOnlySpan<long> Times => _times;

    /// <summary>Account currency.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>
    /// r_t = E_t / E_{t-1} − 1 for t = 1 … n−1, as fractions; NaN where E_{t-1} is not positive, since the return is then undefined.
    /// </summary>
    public ReadOnlySpan<double> Returns => _returns ??= SimpleReturns(_values);

    /// <summary>Calendar time from the first point to the last, in days.</summary>
    public double Days => Count < 2 ? 0 : (_times[^1] - _times[0]) / (double)TimeSpan.TicksPerDay;

    /// <summary>
    /// This curve and <paramref name="other"/> at the times that both have, oldest first (an inner join on the exact time).
    /// </summary>
    public (EquityCurve Own, EquityCurve Other) OnCommonTimes(EquityCurve other)
    {
        var times = new List<long>(Math.Min(Count, other.Count));
        var own = new List<double>(times.Capacity);
        var others = new List<double>(times.Capacity);
        for (int i = 0, j = 0; i < Count && j < other.Count;)
        {
            if (_times[i] < other._times[j]) i++;
            else if (_times[i] > other._times[j]) j++;
            else
            {
                times.Add(_times[i]);
                own.Add(_values[i++]);
                others.Add(other._values[j++]);
            }
        }
        return (new EquityCurve([.. times], [.. own]), new EquityCurve([.. times], [.. others]));
    }

    private static double[] SimpleReturns(double[] values)
    {
        var returns = new double[Math.Max(0, values.Length - 1)];
        for (var i = 0; i < returns.Length; i++)
            returns[i] = values[i] > 0 ? values[i + 1] / values[i] - 1 : double.NaN;
        return returns;
    }
}
