using Granary.Engine.Analysis;

namespace Granary.Reporting.Runs;

/// <summary>
/// Watches the portfolio's equity go by and keeps, in bounded memory, what a report draws: rows thinned so that every extreme stays,
/// the rows at the ends of days (or hours), and the deepest drawdowns over all rows.
/// </summary>
/// <remarks>All of it depends on the rows alone, never on how they arrive, so that every host keeps the same.</remarks>
public sealed class EquityRecorder
{
    // Below this many days a day's end says too little, and hours are kept.
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

    // What stays of a stretch of rows: its lowest and highest equity and its deepest drawdown.
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

    /// <param name="mostRows">At most so many rows stay of the thinned curve.</param>
    /// <param name="drawdowns">How many of the deepest drawdowns are kept.</param>
    /// <param name="keepsAll">Whether <see cref="Curve"/> is kept.</param>
    public EquityRecorder(int mostRows = 3000, int drawdowns = 10, bool keepsAll = false)
    {
        if (keepsAll) _all = ([], []);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostRows, 16);
        // A bucket leaves up to three rows; the first and the last row are kept beside them.
        _most = (mostRows - 2) / 3;
        _drawdowns = drawdowns;
    }

    /// <summary>All rows; null where they are not kept.</summary>
    public EquityCurve? Curve => _all is { } all ? new EquityCurve([.. all.Times], [.. all.Values]) : null;

    /// <summary>Rows seen.</summary>
    public long Count { get; private set; }

    /// <summary>The next row; times increase.</summary>
    /// <param name="held">The positions behind its exposure.</param>
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

    /// <summary>For <see cref="RunModel.Equity"/>.</summary>
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

    /// <summary>For <see cref="RunModel.Closes"/>: the first row and each day's last; each hour's in a run of less than 60 days.</summary>
    public IReadOnlyList<EquityRow> Closes() => [.. Ends().Select(e => e.Row)];

    /// <summary>For <see cref="RunModel.Held"/>: the positions at these rows.</summary>
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

    /// <summary>For <see cref="RunModel.WorstDrawdowns"/>: the same as <see cref="Drawdown.Worst"/> of the whole curve.</summary>
    public IReadOnlyList<Drawdown> WorstDrawdowns()
    {
        var worst = new List<Drawdown>(_worst);
        if (_trough.Time != _peak.Time) Keep(worst, Between(null, _last.Time));
        return worst;
    }

    /// <summary>
    /// For <see cref="RunModel.LongestUnderwaterDays"/>: of all drawdowns, not of the deepest alone; 0 where equity never fell, NaN without
    /// a row.
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
        // Full: two neighbours become one, and buckets are twice as long from here.
        var half = _buckets.Count / 2;
        for (var i = 0; i < half; i++)
        {
            var pair = _buckets[2 * i];
            pair.Take(_buckets[2 * i + 1]);
            _buckets[i] = pair;
        }
        // An odd one out is half of the next bucket already.
        if (_buckets.Count % 2 == 1)
        {
            _current = _buckets[^1];
            _inCurrent = _perBucket;
        }
        _buckets.RemoveRange(half, _buckets.Count - half);
        _perBucket *= 2;
    }
}
