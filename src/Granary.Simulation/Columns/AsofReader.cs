using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Simulation.Tables;

namespace Granary.Simulation.Columns;

/// <summary>Reads the rows of a slower series one by one.</summary>
internal sealed class AsofReader : IDisposable
{
    // As pandas and R write a missing number.
    private static readonly string[] Missing = ["", "nan", "null", "na", "n/a"];

    private readonly DataTable _table;
    private readonly TimeZoneInfo _zone;
    private readonly AsofShape _shape;
    private readonly int[] _places;

    private AsofReader(DataTable table, AsofKeys keys, AsofShape shape)
    {
        (_table, _shape, _zone) = (table, shape, TimeZoneInfo.FindSystemTimeZoneById(keys.TimeZone));
        _places = [.. keys.Columns.Select(Column)];
    }

    /// <summary>Opens the file of an entry of <c>data.asof</c>.</summary>
    /// <exception cref="BarDataException">The file is missing, is no table, or lacks a column; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static AsofReader Open(AsofKeys keys, AsofShape shape, TableFormatCatalogue? formats)
    {
        var table = DataTable.Open(keys.File.Path!, keys.File.Files, formats);
        try
        {
            return new AsofReader(table, keys, shape);
        }
        catch
        {
            table.Dispose();
            throw;
        }
    }

    private bool HasSymbols => _shape.Symbol >= 0;

    /// <summary>Symbol of the current row; empty if the rows are for all symbols.</summary>
    public string Symbol { get; private set; } = "";

    /// <summary>Time of the current row, UTC ticks; of a day its end in the zone of the file.</summary>
    public long Stamp { get; private set; }

    /// <summary>Moves to the next row; false after the last.</summary>
    public bool Next()
    {
        if (!_table.Next()) return false;
        if (HasSymbols && (Symbol = _table.Text(_shape.Symbol)).Length == 0)
            throw _table.Fault(_table.Names[_shape.Symbol], "the symbol is missing", "write one into each row, or leave the column out");
        Stamp = StampOf(_table.Time(_shape.Time), _table.Text(_shape.Time).Trim());
        return true;
    }

    /// <summary>The value of a column in the current row; null if the field is empty or says that the number is missing.</summary>
    /// <param name="column">Place in the columns of the entry.</param>
    public double? Number(int column) =>
        Missing.Contains(_table.Text(_places[column]), StringComparer.OrdinalIgnoreCase) ? null : _table.Number(_places[column]);

    /// <summary>The error that the current row is earlier than the one before it.</summary>
    public BarDataException Unsorted() => _table.Fault(_table.Names[_shape.Time],
        $"'{_table.Text(_shape.Time)}' is earlier than "
            + (_shape.AreDays && Stamp == _table.Time(_shape.Time) ? "the end of the day of the row above" : "the row above")
            + (HasSymbols ? $" of {Symbol}" : ""),
        "sort the rows by time, oldest first");

    public void Dispose() => _table.Dispose();

    private int Column(string name)
    {
        for (var i = 0; i < _table.Names.Count; i++)
            if (_table.Names[i] == name && i != _shape.Time && i != _shape.Symbol)
                return i;
        var known = _table.Names.Where((_, i) => i != _shape.Time && i != _shape.Symbol).ToList();
        throw new BarDataException(FurtherNames.Unknown(_table.Path, name, known));
    }

    // Of a local time that clocks repeat, the later one; of a midnight that they skip, the time at which they go on.
    private long StampOf(long read, string text)
    {
        _ = TimeText.TryRead(text, out _, out var zoned);
        var isDate = AsofShape.IsDate(text);
        if (zoned == false || isDate)
        {
            var isDay = isDate || _shape.AreDays && read % TimeSpan.TicksPerDay == 0;
            var clock = WallClock.Of(_zone, isDay ? read + TimeSpan.TicksPerDay : read);
            return clock.Count > 0 || isDay ? clock.Last
                : throw _table.Fault(_table.Names[_shape.Time], $"'{text}' does not exist in {_zone.Id}, whose clocks skip it",
                    "write the times in UTC");
        }
        if (!_shape.AreDays) return read;
        if (TimeText.IsMidnight(text)) return read + TimeSpan.TicksPerDay;
        var local = read + WallClock.OffsetAt(_zone, read);
        return local % TimeSpan.TicksPerDay == 0 ? WallClock.Of(_zone, local + TimeSpan.TicksPerDay).Last : read;
    }
}
