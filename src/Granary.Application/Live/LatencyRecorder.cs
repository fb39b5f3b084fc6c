namespace Granary.Application.Live;

/// <summary>How long bars took to become orders: from the arrival of an instant's bars to the venue's answer to its last order.</summary>
public sealed class LatencyRecorder
{
    private const int Most = 1 << 16;
    private readonly List<double> _total = [], _journal = [];

    public int Count => _total.Count;

    public void Add(TimeSpan total, TimeSpan journal)
    {
        if (_total.Count == Most)
        {
            _total.RemoveRange(0, Most / 2);
            _journal.RemoveRange(0, Most / 2);
        }
        _total.Add(total.TotalMicroseconds);
        _journal.Add(journal.TotalMicroseconds);
    }

    /// <summary>Microseconds; NaN before the first order.</summary>
    public (double P50, double P99) Percentiles() => Of(_total);

    /// <summary>The same of the time that was spent in the journal alone.</summary>
    public (double P50, double P99) JournalPercentiles() => Of(_journal);

    /// <summary>Journal's share of the whole.</summary>
    public double JournalShare => _total.Count == 0 ? double.NaN : _journal.Sum() / _total.Sum();

    private static (double, double) Of(List<double> values)
    {
        if (values.Count == 0) return (double.NaN, double.NaN);
        var sorted = values.ToArray();
        Array.Sort(sorted);
        return (sorted[sorted.Length / 2], sorted[(int)Math.Min(sorted.Length - 1, Math.Ceiling(sorted.Length * 0.99) - 1)]);
    }
}
