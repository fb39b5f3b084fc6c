using Granary.Data.Funding;
using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Simulation.Tables;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>Reads a table of funding rates: times, rates, and optional columns of symbols and mark prices.</summary>
internal sealed class FundingFile
{
    // No exchange charges a tenth of a position's value at once; percentages exceed it.
    private const double MostRate = 0.1;

    // As exchanges and their archives name them.
    private static readonly string[] s_times = ["fundingTime", "funding_time", "calc_time", "timepoint", "t"];
    // The rate that was paid, before the one that was announced.
    private static readonly string[] s_rates =
        ["realizedRate", "realized_rate", "rate", "fundingRate", "funding_rate", "last_funding_rate", "r"];
    private static readonly string[] s_marks = ["mark", "markPrice", "mark_price"];

    private readonly DataTable _table;
    private readonly int _time, _rate, _mark, _symbol;
    private readonly Dictionary<string, List<FundingRow>> _rows = new(StringComparer.Ordinal);

    private FundingFile(DataTable table, Address address, TableFormatCatalogue formats)
    {
        _table = table;
        _time = table.FirstOf(s_times) is >= 0 and var named ? named : table.NeedTime();
        _rate = table.FirstOf(s_rates) is >= 0 and var rate ? rate : table.Need("rate");
        _mark = table.FirstOf(s_marks);
        _symbol = SymbolSample.Of(address.Path!, address.Files, formats, [.. s_rates.Concat(s_marks).Select(table.PlaceOf)], _time,
            name => $"call the column 'symbol' if it names the symbol of each row, or remove it");
    }

    /// <returns>Rows by symbol, oldest first; rows without symbols under the empty text.</returns>
    /// <exception cref="BarDataException">A row is invalid; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static IReadOnlyDictionary<string, List<FundingRow>> Read(Address address, TableFormatCatalogue formats)
    {
        using var table = DataTable.Open(address.Path!, address.Files, formats);
        var file = new FundingFile(table, address, formats);
        while (table.Next()) file.Add();
        if (file._rows.Count == 0)
            throw BarDataException.At(table.Path, null, null, "there are no lines below the header", "add a line for each funding");
        return file._rows;
    }

    private void Add()
    {
        var (rate, mark) = (Optional(_rate), Optional(_mark));
        var row = FundingRow.At(_table.Time(_time), rate, mark);
        if (double.IsNaN(rate) && double.IsNaN(mark))
            throw Fault(_rate, "the line has neither a rate nor a mark price", "give one of them, or remove the line");
        if (Math.Abs(rate) > MostRate)
            throw Fault(_rate, FormattableString.Invariant($"{rate} is more than a tenth of a position"),
                "give the rate of one period as a fraction, 0.01 % as 0.0001");
        if (mark <= 0)
            throw Fault(_mark, FormattableString.Invariant($"a mark price of {mark} is not positive"), "leave it empty or correct it");
        var symbol = _symbol < 0 ? "" : _table.Text(_symbol);
        if (_symbol >= 0 && symbol.Length == 0) throw Fault(_symbol, "the symbol is missing", "write it in each line");
        if (!_rows.TryGetValue(symbol, out var rows)) _rows[symbol] = rows = [];
        if (rows.Count > 0 && row.Time <= rows[^1].Time) throw Late(row.Time == rows[^1].Time, symbol);
        rows.Add(row);
    }

    private BarDataException Late(bool isSame, string symbol)
    {
        var whose = symbol.Length == 0 ? "" : $" of {symbol}";
        return isSame ? Fault(_time, $"'{_table.Text(_time)}' is in the minute of the line{whose} before", "keep one line for each funding")
            : Fault(_time, $"'{_table.Text(_time)}' is earlier than the line{whose} before", "sort the lines by time, oldest first");
    }

    private double Optional(int place) => place < 0 || _table.IsEmpty(place) ? double.NaN : _table.Number(place);

    private BarDataException Fault(int place, string fault, string remedy) => _table.Fault(_table.Names[place], fault, remedy);
}
