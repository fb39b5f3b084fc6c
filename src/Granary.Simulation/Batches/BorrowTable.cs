using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Keys;
using Granary.Simulation.Tables;

namespace Granary.Simulation.Batches;

/// <summary>
/// Reads what short positions cost and how much can be borrowed for them: a time, a symbol, a fee in percent per year, and yes, no or a
/// quantity. An empty field keeps what the row before said; without one the constant fee counts, and any quantity can be borrowed.
/// </summary>
/// <param name="source">The file and its settings.</param>
/// <param name="catalogues">The formats of tables that the process knows.</param>
/// <param name="until">Rows that are known later are not read, UTC ticks; null = all are.</param>
internal sealed class BorrowTable(BorrowSource source, GranaryCatalogues catalogues, long? until)
{
    private static readonly string[] s_symbols = ["symbol", "ticker"], s_fees = ["fee", "feePercent", "feeRate"],
        s_available = ["available", "availability", "quantity"], s_known = ["known", "published"];
    private static readonly string[] s_yes = ["yes", "true", "y"], s_no = ["no", "false", "n"];

    private readonly Lazy<IReadOnlyDictionary<string, BorrowSeries>> _read =
        new(() => Read(source, catalogues.Tables, until));

    private sealed class Rows
    {
        public List<long> Times { get; } = [];

        public List<double> Fees { get; } = [];

        public List<double> Available { get; } = [];
    }

    /// <summary>Adds what can be borrowed to the instrument of a symbol's bars, and to their content hash.</summary>
    /// <param name="series">Is disposed of if an exception is thrown.</param>
    /// <exception cref="BarDataException">A row is invalid, or there is no such file.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public async ValueTask<IBarSeries> AddToAsync(IBarSeries series, string symbol)
    {
        try
        {
            var borrow = _read.Value.GetValueOrDefault(symbol) ?? Series(source, new Rows());
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{series.ContentHash} {borrow.Hash}")));
            return new SeriesWithInstrument(series, i => i with { Borrow = borrow }, hash);
        }
        catch
        {
            await series.DisposeAsync();
            throw;
        }
    }

    private static IReadOnlyDictionary<string, BorrowSeries> Read(BorrowSource source, TableFormatCatalogue formats, long? until)
    {
        using var table = DataTable.Open(source.Source.Path!, source.Source.Files, formats);
        var (time, symbol, fee, available, known) = (table.NeedTime(), table.FirstOf(s_symbols), table.FirstOf(s_fees),
            table.FirstOf(s_available), table.FirstOf(s_known));
        if (symbol < 0) symbol = table.Need("symbol");
        if (fee < 0 && available < 0)
            throw BarDataException.At(table.Path, 1, null, "neither a column 'fee' nor one 'available' is there",
                "add the fee in percent per year, or what can be borrowed as yes, no or a quantity");
        var (read, ones, quantities) = (new Dictionary<string, Rows>(StringComparer.Ordinal), (BarDataException?)null, false);
        while (table.Next())
        {
            var name = table.Text(symbol);
            if (name.Length == 0) throw table.Fault(table.Names[symbol], "the symbol is missing", "write it on each line");
            if (!read.TryGetValue(name, out var rows)) read[name] = rows = new Rows();
            var at = known >= 0 && !table.IsEmpty(known) ? table.Time(known) : table.Time(time) + (source.Delay?.Ticks ?? 0);
            if (known >= 0 && !table.IsEmpty(known) && at < table.Time(time))
                throw table.Fault(table.Names[known], $"'{table.Text(known)}' is before the row's own time",
                    "write when the row was published");
            if (rows.Times.Count > 0 && at <= rows.Times[^1])
                throw table.Fault(table.Names[time], $"'{table.Text(time)}' is not known after the line of {name} before",
                    "sort the lines by time, oldest first, with one line for each time");
            rows.Times.Add(at);
            rows.Fees.Add(FeeOf(table, fee, rows));
            rows.Available.Add(AvailableOf(table, available, rows));
            if (rows.Available[^1] is not (0 or 1 or double.PositiveInfinity)) quantities = true;
            else if (rows.Available[^1] == 1) ones ??= table.Fault(table.Names[available],
                "1 can mean yes, or a quantity of one unit, since the file has no other quantities",
                "write yes and no, or 1.0001 for one unit");
        }
        if (ones is not null && !quantities) throw ones;
        if (until is { } end) foreach (var rows in read.Values) Cut(rows, end);
        return read.ToDictionary(r => r.Key, r => Series(source, r.Value), StringComparer.Ordinal);
    }

    private static void Cut(Rows rows, long until)
    {
        var kept = rows.Times.FindLastIndex(t => t <= until) + 1;
        rows.Times.RemoveRange(kept, rows.Times.Count - kept);
        rows.Fees.RemoveRange(kept, rows.Fees.Count - kept);
        rows.Available.RemoveRange(kept, rows.Available.Count - kept);
    }

    private static double FeeOf(DataTable table, int place, Rows before)
    {
        if (place < 0 || table.IsEmpty(place)) return before.Fees.Count > 0 ? before.Fees[^1] : double.NaN;
        var fee = table.Number(place);
        return Math.Abs(fee) <= 1000 ? fee / 100
            : throw table.Fault(table.Names[place], FormattableString.Invariant($"{fee} is out of range: -1000 … 1000"),
                "give it in percent per year");
    }

    private static double AvailableOf(DataTable table, int place, Rows before)
    {
        if (place < 0) return double.PositiveInfinity;
        if (table.IsEmpty(place)) return before.Available.Count > 0 ? before.Available[^1] : double.PositiveInfinity;
        var word = table.Text(place);
        if (s_yes.Contains(word, StringComparer.OrdinalIgnoreCase)) return double.PositiveInfinity;
        if (s_no.Contains(word, StringComparer.OrdinalIgnoreCase)) return 0;
        // A file of a broker may say that there is more than it counts.
        return double.TryParse(word.TrimStart('>'), NumberStyles.Float, CultureInfo.InvariantCulture, out var quantity)
            && double.IsFinite(quantity) && quantity >= 0 ? quantity
            : throw table.Fault(table.Names[place], $"'{word}' does not say what can be borrowed",
                "write yes, no, or a quantity from 0 on");
    }

    private static BorrowSeries Series(BorrowSource source, Rows rows)
    {
        long[] times = [.. rows.Times];
        double[] fees = [.. rows.Fees], available = [.. rows.Available];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes<long>(times));
        hash.AppendData(MemoryMarshal.AsBytes<double>(fees));
        hash.AppendData(MemoryMarshal.AsBytes<double>(available));
        return new BorrowSeries(times, fees, available, Convert.ToHexStringLower(hash.GetHashAndReset()))
        {
            CutsEntries = source.OnShortage == BorrowShortage.Cut,
            ClosesRecalled = source.OnRecall == BorrowRecall.Close,
        };
    }
}
