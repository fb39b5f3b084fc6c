namespace Granary.Trading.Live;

/// <summary>
/// How long bars took to become orders, for each time slice that made some: from the arrival of its bars to the first order on its way to
/// the venue, and to the answer to the last.
/// </summary>
public sealed class LatencyRecorder
{
    private const int Most = 1 << 16;
    private readonly List<double> _first = [], _last = [], _journal = [];

    public int Count => _first.Count;

    public void Add(TimeSpan first, TimeSpan last, TimeSpan journal)
    {
        foreach (var (list, value) in ((ReadOnlySpan<(List<double>, TimeSpan)>)[(_first, first), (_last, last), (_journal, journal)]))
        {
            if (list.Count == Most) list.RemoveRange(0, Most / 2);
            list.Add(value.TotalMicroseconds);
        }
    }

    /// <summary>Bars in to the first order out, microseconds; NaN before the first order.</summary>
    /// <param name="skip">The first so many do not count, while the code was still being compiled.</param>
    public (double P50, double P99) Percentiles(int skip = 0) => Of(_first, skip);

    /// <summary>Bars in to the last answer in.</summary>
    public (double P50, double P99) AnswerPercentiles(int skip = 0) => Of(_last, skip);

    /// <summary>What of it was spent in the journal: the write and its flush to the disk.</summary>
    public (double P50, double P99) JournalPercentiles(int skip = 0) => Of(_journal, skip);

    /// <summary>Journal's share of all the time to the first order.</summary>
    public double JournalShare => _first.Count == 0 ? double.NaN : _journal.Sum() / _first.Sum();

    private static (double, double) Of(List<double> values, int skip)
    {
        if (values.Count <= skip) return (double.NaN, double.NaN);
        var sorted = values.GetRange(skip, values.Count - skip).ToArray();
        Array.Sort(sorted);
        return (sorted[sorted.Length / 2], sorted[(int)Math.Min(sorted.Length - 1, Math.Ceiling(sorted.Length * 0.99) - 1)]);
    }
}
