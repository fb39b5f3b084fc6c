using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Simulation.Tables;

namespace Granary.Simulation.Columns;

/// <summary>Reads the rows of a slower series one by one.</summary>
internal sealed class AsofReader : IDisposable
{
    private static readonly string[] SymbolNames = ["symbol", "ticker"];

    // As pandas and R write a missing number.
    private static readonly string[] Missing = ["", "nan", "null", "na", "n/a"];

    private readonly DataTable _table;
    private readonly TimeZoneInfo _zone;
    private readonly int _time, _symbol;
    private readonly int[] _places;

    private AsofReader(DataTable table, AsofKeys keys)
    {
        _table = table;
        _zone = TimeZoneInfo.FindSystemTimeZoneById(keys.TimeZone);
        _time = table.NeedTime();
        _symbol = keys.Symbol switch
        {
            null => SymbolNames.Select(table.PlaceOf).Where(p => p >= 0 && !keys.Columns.Contains(table.Names[p]))
                .DefaultIfEmpty(-1).First(),
            "" => -1,
            var named => table.Need(named),
        };
        _places = [.. keys.Columns.Select(Column)];
    }

    /// <summary>Opens the file of an entry of <c>data.asof</c>.</summary>
    /// <exception cref="BarDataException">The file is missing, is no table, or lacks a column; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static AsofReader Open(AsofKeys keys, TableFormatCatalogue? formats)
    {
        var table = DataTable.Open(keys.File.Path!, keys.File.Files, formats);
        try
        {
            return new AsofReader(table, keys);
        }
        catch
        {
            table.Dispose();
            throw;
        }
    }

    /// <summary>Whether each row is for one symbol.</summary>
    public bool HasSymbols => _symbol >= 0;

    /// <summary>Symbol of the current row; empty if the rows are for all symbols.</summary>
    public string Symbol { get; private set; } = "";

    /// <summary>Time of the current row, UTC ticks; of a date without a time the end of that day in the zone of the file.</summary>
    public long Stamp { get; private set; }

    /// <summary>Moves to the next row; false after the last.</summary>
    public bool Next()
    {
        if (!_table.Next()) return false;
        if (HasSymbols && (Symbol = _table.Text(_symbol)).Length == 0)
            throw _table.Fault(_table.Names[_symbol], "the symbol is missing", "write one into each row, or leave the column out");
        Stamp = StampOf(_table.Time(_time), _table.Text(_time).Trim());
        return true;
    }

    /// <summary>The value of a column in the current row; null if the field is empty or says that the number is missing.</summary>
    /// <param name="column">Place in the columns of the entry.</param>
    public double? Number(int column) =>
        Missing.Contains(_table.Text(_places[column]), StringComparer.OrdinalIgnoreCase) ? null : _table.Number(_places[column]);

    /// <summary>The error that the current row is earlier than the one before it.</summary>
    public BarDataException Unsorted() => _table.Fault(_table.Names[_time], $"'{_table.Text(_time)}' is earlier than the row above"
        + (HasSymbols ? $" of {Symbol}" : ""), "sort the rows by time, oldest first");

    public void Dispose() => _table.Dispose();

    private int Column(string name)
    {
        for (var i = 0; i < _table.Names.Count; i++)
            if (_table.Names[i] == name && i != _time && i != _symbol)
                return i;
        var known = _table.Names.Where((_, i) => i != _time && i != _symbol).ToList();
        throw new BarDataException(FurtherNames.Unknown(_table.Path, name, known));
    }

    private long StampOf(long read, string text)
    {
        _ = TimeText.TryRead(text, out _, out var zoned);
        var isDate = zoned is null && !(text.Length is 10 or 13 && text.All(char.IsAsciiDigit));
        if (isDate) read += TimeSpan.TicksPerDay;
        if (zoned == true || zoned is null && !isDate || _zone.Equals(TimeZoneInfo.Utc)) return read;
        var local = new DateTime(read, DateTimeKind.Unspecified);
        if (_zone.IsInvalidTime(local))
        {
            if (!isDate)
                throw _table.Fault(_table.Names[_time], $"'{text}' does not exist in {_zone.Id}, whose clocks skip it", "write the times in UTC");
            // Clocks that skip midnight: the day ends where they go on.
            while (_zone.IsInvalidTime(local)) local = local.AddMinutes(15);
        }
        // Of an hour that clocks repeat, the later one.
        return local.Ticks - _zone.GetUtcOffset(local).Ticks;
    }
}
