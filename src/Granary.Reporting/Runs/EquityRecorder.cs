using Granary.Engine.Analysis;

namespace Granary.Reporting.Runs;

/// <summary>
/// Records the portfolio's equity for a report in bounded memory: a reduced series of rows with all extremes, the rows at the ends of days
/// (or hours), and the deepest drawdowns over all rows.
/// </summary>
/// <remarks>The result depends only on the rows, not on their arrival, so every host records the same.</remarks>
internal sealed class EquityRecorder
{
    // In runs with fewer days, ends of hours are kept, because ends of days are too few.
    private const int ShortRunDays = 60;

    private readonly int _most, _drawdowns;
    private readonly List<Bucket> _buckets = [];
    private readonly List<PortfolioClose> _days = [];
    private readonly List<PortfolioClose> _hours = [];
    private readonly List<SymbolValue> _held = [];
    private readonly (List<long> Times, List<double> Values)? _all;
    private PortfolioClose _begin;
    private readonly List<Drawdown> _worst = [];
    private Bucket _current;
    private int _inCurrent, _perBucket = 1;
    private EquityRow _first, _last, _peak, _trough;
    private double _longest;
    private bool _hoursGiven;

    // Summary of a range of rows: its lowest and highest equity and its deepest drawdown.
    private struct Bucket
    {
        public EquityRow Low, High, Deepest;

        public void Take(in Bucket later)
        {
            if (later.Low.Equity < Low.Equity) Low = later.Low;
            if (later.High.Equity > High.Equity) High = later.High;
            if (later.Deepest.Drawdown > Deepest.Drawdown) Deepest = later.Deepest;
        }
    }

    /// <param name="mostRows">The maximum number of rows in the reduced series.</param>
    /// <param name="drawdowns">The number of deepest drawdowns to keep.</param>
    /// <param name="keepsAll">Whether to keep all values for <see cref="Curve"/>.</param>
    public EquityRecorder(int mostRows = 3000, int drawdowns = 10, bool keepsAll = false)
    {
        if (keepsAll) _all = ([], []);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostRows, 16);
        // A bucket keeps up to three rows; the first and the last row are kept separately.
        _most = (mostRows - 2) / 3;
        _drawdowns = drawdowns;
    }

    /// <summary>All values; null if they are not kept.</summary>
    public EquityCurve? Curve => _all is { } all ? new EquityCurve([.. all.Times], [.. all.Values]) : null;

    /// <summary>The number of rows so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds the next row. Times must be ascending.</summary>
    /// <param name="held">The positions that make up the row's exposure.</param>
    public void Add(in EquityRow row, ReadOnlySpan<SymbolValue> held = default)
    {
        _all?.Times.Add(row.Time);
        _all?.Values.Add(row.Equity);
        if (Count++ == 0)
        {
            _first = _last = _peak = _trough = row;
            _begin = new PortfolioClose(row, held.ToArray());
            Follow(row, first: true);
        }
        else
        {
            EndPeriods(row.Time);
            Follow(row, first: false);
        }
        Gather(row);
        _last = row;
        _held.Clear();
        _held.AddRange(held);
    }

    /// <summary>Returns the value for <see cref="RunModel.Equity"/>.</summary>
    public IReadOnlyList<EquityRow> Rows()
    {
        if (Count == 0) return [];
        var rows = new List<EquityRow>(3 * _buckets.Count + 5) { _first };
        foreach (var bucket in _buckets) Unpack(bucket);
        if (_inCurrent > 0) Unpack(_current);
        Append(_last);
        return rows;

        void Unpack(in Bucket b)
        {
            Span<EquityRow> three = [b.Low, b.High, b.Deepest];
            three.Sort((x, y) => x.Time.CompareTo(y.Time));
            foreach (var row in three) Append(row);
        }

        void Append(in EquityRow row)
        {
            if (row.Time > rows[^1].Time) rows.Add(row);
        }
    }

    /// <summary>Returns the value for <see cref="RunModel.Closes"/>: the first row, and the last row of each day, or of each hour in a run
    /// of less than 60 days.</summary>
    public IReadOnlyList<EquityRow> Closes() => [.. Ends().Select(e => e.Row)];

    /// <summary>Returns the value for <see cref="RunModel.Held"/>: the positions at these rows.</summary>
    public IReadOnlyList<IReadOnlyList<SymbolValue>> Held() => [.. Ends().Select(e => e.Held)];

    private List<PortfolioClose> Ends()
    {
        if (Count == 0) return [];
        var ends = _hoursGiven || _days.Count >= ShortRunDays ? _days : _hours;
        var rows = new List<PortfolioClose>(ends.Count + 2);
        if (ends.Count == 0 || ends[0].Row.Time > _first.Time) rows.Add(_begin);
        rows.AddRange(ends);
        if (rows[^1].Row.Time < _last.Time) rows.Add(Last());
        return rows;
    }

    private PortfolioClose Last() => new(_last, [.. _held]);

    /// <summary>Returns the value for <see cref="RunModel.WorstDrawdowns"/>: equal to <see cref="Drawdown.Worst"/> of the complete
    /// curve.</summary>
    public IReadOnlyList<Drawdown> WorstDrawdowns()
    {
        var worst = new List<Drawdown>(_worst);
        if (_trough.Time != _peak.Time) Keep(worst, Between(null, _last.Time));
        return worst;
    }

    /// <summary>
    /// The value for <see cref="RunModel.LongestUnderwaterDays"/>, over all drawdowns, not only the deepest. It is 0 if equity never fell,
    /// and NaN without rows.
    /// </summary>
    public double LongestUnderwaterDays => Count == 0 ? double.NaN
        : _trough.Time == _peak.Time ? _longest : Math.Max(_longest, Between(null, _last.Time).Days);

    private void EndPeriods(long time)
    {
        if (_last.Time / TimeSpan.TicksPerHour == time / TimeSpan.TicksPerHour) return;
        var endsDay = _last.Time / TimeSpan.TicksPerDay != time / TimeSpan.TicksPerDay;
        if (_hoursGiven && !endsDay) return;
        var last = Last();
        if (endsDay) _days.Add(last);
        if (_hoursGiven) return;
        _hours.Add(last);
        if (_hours.Count <= ShortRunDays * 24) return;
        _hoursGiven = true;
        _hours.Clear();
    }

    private void Follow(in EquityRow row, bool first)
    {
        if (first) return;
        if (row.Equity >= _peak.Equity)
        {
            if (_trough.Time != _peak.Time)
            {
                var over = Between(row.Time, row.Time);
                _longest = Math.Max(_longest, over.Days);
                Keep(_worst, over);
            }
            _peak = _trough = row;
        }
        else if (row.Equity < _trough.Equity)
        {
            _trough = row;
        }
    }

    private Drawdown Between(long? recovery, long until) => new(
        1 - _trough.Equity / _peak.Equity, _peak.Time, _trough.Time, recovery, (until - _peak.Time) / (double)TimeSpan.TicksPerDay);

    private void Keep(List<Drawdown> worst, Drawdown found)
    {
        var at = worst.Count;
        while (at > 0 && worst[at - 1].Depth < found.Depth) at--;
        if (at >= _drawdowns) return;
        worst.Insert(at, found);
        if (worst.Count > _drawdowns) worst.RemoveAt(worst.Count - 1);
    }

    private void Gather(in EquityRow row)
    {
        var one = new Bucket { Low = row, High = row, Deepest = row };
        if (_inCurrent++ == 0) _current = one;
        else _current.Take(one);
        if (_inCurrent < _perBucket) return;
        _buckets.Add(_current);
        _inCurrent = 0;
        if (_buckets.Count < _most) return;
        // When the buckets are full, neighbours are merged, and new buckets are twice as long.
        var half = _buckets.Count / 2;
        for (var i = 0; i < half; i++)
        {
            var pair = _buckets[2 * i];
            pair.Take(_buckets[2 * i + 1]);
            _buckets[i] = pair;
        }
        // With an odd number, the last bucket already forms half of the next one.
        if (_buckets.Count % 2 == 1)
        {
            _current = _buckets[^1];
            _inCurrent = _perBucket;
        }
        _buckets.RemoveRange(half, _buckets.Count - half);
        _perBucket *= 2;
    }
}
