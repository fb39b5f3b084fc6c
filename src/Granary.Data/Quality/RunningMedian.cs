namespace Granary.Data.Quality;

/// <summary>The median of the last values, which are kept sorted.</summary>
internal sealed class RunningMedian(int size)
{
    private readonly double[] _ring = new double[size];
    private readonly double[] _sorted = new double[size];
    private int _next;

    public int Count { get; private set; }

    /// <summary>The middle value (the upper of two); 0 if there is none.</summary>
    public double Median => Count == 0 ? 0 : _sorted[Count / 2];

    /// <summary>The value below which this fraction of the values lies; 0 if there is none.</summary>
    public double Quantile(double share) => Count == 0 ? 0 : _sorted[(int)(share * (Count - 1))];

    public void Add(double value)
    {
        if (Count == size)
        {
            var old = IndexOf(_ring[_next]);
            Array.Copy(_sorted, old + 1, _sorted, old, Count - old - 1);
            Count--;
        }
        var at = IndexOf(value);
        Array.Copy(_sorted, at, _sorted, at + 1, Count - at);
        _sorted[at] = value;
        _ring[_next] = value;
        _next = (_next + 1) % size;
        Count++;
    }

    // The first index whose value is not less.
    private int IndexOf(double value)
    {
        var (from, to) = (0, Count);
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (_sorted[middle].CompareTo(value) < 0) from = middle + 1;
            else to = middle;
        }
        return from;
    }
}
