using Granary.Engine.Numerics;

namespace Granary.Trading.Live;

/// <summary>
/// Records the latency from bars to orders, for each time slice with orders: from the arrival of its bars until the first order is sent to
/// the venue, and until the last response.
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

    /// <summary>Returns the latency from the bars to the first order, in microseconds; NaN before the first order.</summary>
    /// <param name="skip">The number of initial orders to ignore, during which code is still compiled.</param>
    public (double P50, double P99) Percentiles(int skip = 0) => Of(_first, skip);

    /// <summary>Returns the latency from the bars to the last response, in microseconds.</summary>
    public (double P50, double P99) AnswerPercentiles(int skip = 0) => Of(_last, skip);

    /// <summary>Returns the journal's part of the latency: the write and its flush to the disk.</summary>
    public (double P50, double P99) JournalPercentiles(int skip = 0) => Of(_journal, skip);

    /// <summary>The journal's share of the latency to the first order.</summary>
    public double JournalShare => _first.Count == 0 ? double.NaN : _journal.Sum() / _first.Sum();

    private static (double, double) Of(List<double> values, int skip)
    {
        if (values.Count <= skip) return (double.NaN, double.NaN);
        var sorted = values.GetRange(skip, values.Count - skip).ToArray();
        Array.Sort(sorted);
        return (Quantile.UpperMedian<double>(sorted), Quantile.NearestRank<double>(sorted, 0.99));
    }
}
