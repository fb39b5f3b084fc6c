using System.Globalization;
using System.Text;
using Granary.Data.Files;
using Granary.Data.Tables;
using Granary.Data.Text;

namespace Granary.Data.Reading;

/// <summary>
/// Reads the rows of a typed table. Batches without gaps and faults are taken by column, and other rows of numbers and times one by one.
/// What is left is read as the fields of a text, so a typed table and the text of the same table have the same bars, notes and faults.
/// </summary>
internal sealed class TableParser : DelimitedParser, IDisposable
{
    private const double ExactWhole = 1L << 53;
    // Below this price, the number of decimals does not depend on the order in which prices are seen.
    private const double LargestByColumn = 9e6;

    private static readonly int FirstDay = new DateOnly(TimestampReader.FirstYear, 1, 1).DayNumber;
    private static readonly int LastDay = new DateOnly(TimestampReader.LastYear, 12, 31).DayNumber;

    private readonly RowLayout _layout;
    private readonly ITableFile _table;
    private readonly ITableReader _reader;
    private readonly IReadOnlyList<TableColumn> _columns;
    // The place in a batch of each column of the file; -1 if it is not read.
    private readonly int[] _places;
    private readonly int _time, _timeOfDay, _symbol;
    private readonly int[] _constants, _numbers, _required;
    private readonly string _symbolText;
    private readonly string?[] _constantTexts;
    private readonly bool _isFast, _isByColumn;
    private readonly double[][] _values = new double[(int)ColumnRole.AskClose + 1][];
    private readonly double[][] _own = new double[(int)ColumnRole.AskClose + 1][];
    private readonly List<string> _fields;
    private double[][] _further = [];
    private int _day;
    private long _dayStart = long.MaxValue;

    public TableParser(RowLayout layout, TextFile file, BarCollector collector, BarFileOptions options, Action<RowFault>? onFault)
        : base(layout, file.DisplayName, collector, options, onFault)
    {
        _layout = layout;
        Bytes = file.Length;
        _table = file.OpenTable(layout.Table!);
        _columns = _table.Columns;
        if (_columns.Count != layout.Columns.Length) throw file.Changed();
        int[] read = [.. Enumerable.Range(0, _columns.Count).Where(c => layout.Columns[c] != ColumnRole.Skip)];
        _places = [.. Enumerable.Range(0, _columns.Count).Select(c => Array.IndexOf(read, c))];
        _reader = _table.Read(read, TableBatch.UsualCount);
        _time = Array.IndexOf(layout.Columns, ColumnRole.Time);
        _timeOfDay = Array.IndexOf(layout.Columns, ColumnRole.TimeOfDay);
        _symbol = Array.IndexOf(layout.Columns, ColumnRole.Symbol);
        _symbolText = layout.Symbol is null ? "" : Encoding.UTF8.GetString(layout.Symbol);
        _constants = [.. read.Where(c => layout.Columns[c] == ColumnRole.Constant)];
        _constantTexts = [.. layout.Constants.Select(c => c is null ? null : Encoding.UTF8.GetString(c))];
        _numbers = [.. read.Where(c => layout.Columns[c] is >= ColumnRole.Volume or ColumnRole.Further)];
        _further = new double[layout.FurtherNames?.Length ?? 0][];
        _required = [.. read.Where(c => layout.Columns[c] != ColumnRole.Further).Select(c => _places[c])];
        _fields = [.. _columns.Select(_ => "")];
        _isFast = collector.Gathered is null && IsTyped();
        _isByColumn = _isFast && _columns[_time].Kind == TableKind.Time && _timeOfDay < 0 && _constants.Length == 0
            && KeepsTimes(_columns[_time].IsUtc);
    }

    /// <summary>Bytes of the file.</summary>
    public long Bytes { get; }

    /// <summary>Reads the next rows.</summary>
    /// <returns>False at the end.</returns>
    public bool Next()
    {
        if (_reader.Next() is not { } batch) return false;
        Group = batch.Group;
        if (_isFast) Prepare(batch);
        if (_isByColumn && TryByColumn(batch))
        {
            Line = batch.First + batch.Count - 1;
            return true;
        }
        for (var i = 0; i < batch.Count; i++)
        {
            Line = batch.First + i;
            if (_layout.SkipsOthers && IsOfAnother(batch, i)) continue;
            if (!_isFast || !TryFast(batch, i)) ReadSlowly(batch, i);
        }
        return true;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _table.Dispose();
    }

    // Whether prices are numbers and the time is one, or is written as one time.
    private bool IsTyped() => !_layout.OnePrice && _layout.DecimalComma != true && _time >= 0
        && _columns[_time].Kind is TableKind.Time or TableKind.Date or TableKind.Text or TableKind.Whole
        && (_timeOfDay < 0 || _columns[_timeOfDay].Kind == TableKind.TimeOfDay)
        && (_symbol < 0 || _columns[_symbol].Kind is TableKind.Text or TableKind.Whole)
        && Array.TrueForAll(_constants, c => _columns[c].Kind == TableKind.Text)
        && Array.TrueForAll(_numbers, c => _columns[c].Kind is TableKind.Whole or TableKind.Flag
            || _columns[c].Kind == TableKind.Number && (_layout.PriceScale == 0 || !IsPrice(_layout.Columns[c])))
        && !_layout.Columns.Contains(ColumnRole.BidOpen) && !_layout.Columns.Contains(ColumnRole.AskOpen);

    private static bool IsPrice(ColumnRole role) => role is >= ColumnRole.Open and <= ColumnRole.AdjustedClose;

    // The numbers of the batch as doubles.
    private void Prepare(TableBatch batch)
    {
        foreach (var column in _numbers)
        {
            var (role, values) = (_layout.Columns[column], batch.Columns[_places[column]]);
            var numbers = values.Numbers;
            if (_columns[column].Kind != TableKind.Number)
            {
                ref var own = ref role == ColumnRole.Further ? ref _further[_layout.FurtherAt[column]] : ref _own[(int)role];
                if (own is null || own.Length < batch.Count) own = new double[Math.Max(batch.Count, TableBatch.UsualCount)];
                var scale = _columns[column].Scale + (IsPrice(role) ? _layout.PriceScale : 0);
                var isUnsigned = _columns[column].IsUnsigned;
                for (var i = 0; i < batch.Count; i++)
                    own[i] = values.IsMissing(i) ? double.NaN : ToDouble(values.Wholes[i], scale, isUnsigned);
                numbers = own;
            }
            if (role == ColumnRole.Further) _further[_layout.FurtherAt[column]] = numbers;
            else _values[(int)role] = numbers;
        }
    }

    private static double ToDouble(long value, int scale, bool isUnsigned)
    {
        if (isUnsigned && value < 0) return scale == 0 ? (ulong)value : (ulong)value / DecimalNumber.PowersOfTen[Math.Min(scale, 22)];
        if (scale == 0) return value;
        if (Math.Abs((double)value) < ExactWhole && scale <= 22) return value / DecimalNumber.PowersOfTen[scale];
        return double.Parse(string.Create(CultureInfo.InvariantCulture, $"{value}e-{scale}"), CultureInfo.InvariantCulture);
    }

    private bool IsOfAnother(TableBatch batch, int row)
    {
        var text = TableText.Of(_columns[_symbol], batch.Columns[_places[_symbol]], row);
        return text.Length > 0 && text != _symbolText && text.Trim() != _symbolText;
    }

    private bool TryByColumn(TableBatch batch)
    {
        foreach (var place in _required)
            if (batch.Columns[place].Missing is not null)
                return false;
        if (_symbol >= 0 && (_columns[_symbol].Kind != TableKind.Text
            || batch.Columns[_places[_symbol]].Texts.AsSpan(0, batch.Count).ContainsAnyExcept(_symbolText))) return false;
        var rows = new BarSpans
        {
            Time = batch.Columns[_places[_time]].Wholes.AsSpan(0, batch.Count),
            Open = ValuesOf(ColumnRole.Open, batch.Count),
            High = ValuesOf(ColumnRole.High, batch.Count),
            Low = ValuesOf(ColumnRole.Low, batch.Count),
            Close = ValuesOf(ColumnRole.Close, batch.Count),
            Volume = ValuesOf(ColumnRole.Volume, batch.Count),
            Adjusted = ValuesOf(ColumnRole.AdjustedClose, batch.Count),
            Further = _further,
        };
        if (rows.Time[0] / TimeSpan.TicksPerDay < FirstDay || rows.Time[^1] / TimeSpan.TicksPerDay > LastDay
            || !Collector.TakesRows(rows) || !rows.AreBars() || rows.High.ContainsAnyExceptInRange(0, LargestByColumn)) return false;
        See(rows.Open);
        See(rows.High);
        See(rows.Low);
        See(rows.Close);
        Collector.AddRows(rows);
        return true;
    }

    private ReadOnlySpan<double> ValuesOf(ColumnRole role, int count) =>
        _values[(int)role] is { } values ? values.AsSpan(0, count) : default;

    private void See(ReadOnlySpan<double> prices)
    {
        if (Collector.KnowsDecimalsOf(prices)) return;
        foreach (var price in prices) See(price);
    }

    private bool TryFast(TableBatch batch, int row)
    {
        foreach (var place in _required)
            if (batch.Columns[place].IsMissing(row))
                return false;
        if (_symbol >= 0 && !_layout.SkipsOthers && IsOfAnother(batch, row)) return false;
        foreach (var column in _constants)
            if (batch.Columns[_places[column]].Texts[row] != _constantTexts[column])
                return false;
        if (!TryTime(batch, row, out var time)) return false;
        var collector = Collector;
        var (open, high, low, close) = (_values[(int)ColumnRole.Open][row], _values[(int)ColumnRole.High][row],
            _values[(int)ColumnRole.Low][row], _values[(int)ColumnRole.Close][row]);
        var volume = _values[(int)ColumnRole.Volume] is { } volumes ? volumes[row] : 0;
        var adjusted = _values[(int)ColumnRole.AdjustedClose] is { } closes ? closes[row] : 1;
        if (!BarCollector.IsBar(open, high, low, close, volume) || !(adjusted > 0 && adjusted < double.PositiveInfinity)) return false;
        if (!TryResolve(time, out var at, out _)) return false;
        for (var f = 0; f < _further.Length; f++)
        {
            if (double.IsInfinity(_further[f][row])) return false;
            collector.Further[f] = _further[f][row];
        }
        See(open);
        See(high);
        See(low);
        See(close);
        if (!collector.IsInWindow(at)) return true;
        if (!collector.InOrder(at)) return false;
        collector.Add(at, open, high, low, close, adjusted, volume);
        return true;
    }

    private void See(double price)
    {
        if (!Collector.KnowsDecimalsOf(price)) Collector.SeeDecimals(DecimalsOf(price));
    }

    private bool TryTime(TableBatch batch, int row, out Timestamp time)
    {
        var (column, values) = (_columns[_time], batch.Columns[_places[_time]]);
        if (column.Kind is TableKind.Time or TableKind.Date)
        {
            var ticks = values.Wholes[row];
            if (ticks < _dayStart || ticks - _dayStart >= TimeSpan.TicksPerDay)
            {
                var day = ticks / TimeSpan.TicksPerDay;
                time = default;
                if (day < FirstDay || day > LastDay) return false;
                (_day, _dayStart) = ((int)day, day * TimeSpan.TicksPerDay);
            }
            time = new Timestamp(_day, ticks - _dayStart, column.Kind == TableKind.Time, column.IsUtc ? ZoneStyle.Zulu : ZoneStyle.None, 0);
        }
        else if (!TryWritten(column, values, row, out time))
        {
            return false;
        }
        if (_timeOfDay < 0) return true;
        var clock = batch.Columns[_places[_timeOfDay]].Wholes[row];
        time = time with { TimeOfDay = clock, HasTime = true };
        return clock is >= 0 and < TimeSpan.TicksPerDay;
    }

    private bool TryWritten(TableColumn column, TableValues values, int row, out Timestamp time)
    {
        Span<byte> text = stackalloc byte[64];
        int length;
        if (column.Kind == TableKind.Text)
        {
            time = default;
            if (!Encoding.UTF8.TryGetBytes(values.Texts[row], text, out length)) return false;
        }
        else if (column.Scale != 0 || column.IsUnsigned && values.Wholes[row] < 0
            || !values.Wholes[row].TryFormat(text, out length, default, CultureInfo.InvariantCulture))
        {
            time = default;
            return false;
        }
        return Times.TryRead(text[..length].Trim((byte)' '), out time);
    }

    private void ReadSlowly(TableBatch batch, int row)
    {
        for (var c = 0; c < _places.Length; c++)
            _fields[c] = _places[c] < 0 ? "" : TableText.Of(_columns[c], batch.Columns[_places[c]], row);
        ReadFields(_fields);
    }
}
