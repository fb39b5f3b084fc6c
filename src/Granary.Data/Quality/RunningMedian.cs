using Granary.Engine.Numerics;

namespace Granary.Data.Quality;

/// <summary>The median of the last values, which are kept sorted.</summary>
internal sealed class RunningMedian(int size)
{
    private readonly double[] _ring = new double[size];
    private readonly double[] _sorted = new double[size];
    private int _next;

    public int Count { get; private set; }

    /// <summary>The middle value (the upper of two); 0 if there is none.</summary>
    public double Median => Count == 0 ? 0 : Quantile.UpperMedian<double>(_sorted.AsSpan(0, Count));

    /// <summary>The value below which this fraction of the values lies; 0 if there is none.</summary>
    public double Lower(double share) => Count == 0 ? 0 : Quantile.Lower<double>(_sorted.AsSpan(0, Count), share);

    public void Add(double value)
    {
        var at = IndexOf(value);
        var free = Count;
        if (Count == size) free = IndexOf(_ring[_next]);
        else Count++;
        // The values between the place that becomes free and that of the new value move by one.
        if (free < at) _sorted.AsSpan(free + 1, --at - free).CopyTo(_sorted.AsSpan(free));
        else _sorted.AsSpan(at, free - at).CopyTo(_sorted.AsSpan(at + 1));
        _sorted[at] = value;
        _ring[_next] = value;
        if (++_next == size) _next = 0;
    }

    // The first index whose value is not less.
    private int IndexOf(double value)
    {
        var (from, to) = (0, Count);
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (_sorted[middle] < value) from = middle + 1;
            else to = middle;
        }
        return from;
    }
}
