using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Simulation.Tables;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>
/// Reads a table of exchange rates: a time, and a column for each pair, or the columns <c>symbol</c> and <c>rate</c>. Empty fields are no
/// rates.
/// </summary>
internal static class FxTable
{
    private static readonly string[] s_symbols = ["symbol", "pair", "currency", "ticker"];

    /// <param name="until">Rates that are known later are not read, UTC ticks; null = all are.</param>
    /// <param name="maxAge">Ticks.</param>
    /// <exception cref="BarDataException">A row is invalid; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static IReadOnlyDictionary<string, RateSeries> Read(Address address, TableFormatCatalogue formats, long? until, long maxAge)
    {
        using var table = DataTable.Open(address.Path!, address.Files, formats);
        var time = table.NeedTime();
        var (symbol, rate) = (table.FirstOf(s_symbols), table.PlaceOf("rate"));
        if (rate >= 0 && symbol < 0)
            throw BarDataException.At(table.Path, 1, "rate", "no column says of which pair the rates are",
                "add the column 'symbol' with names such as EURUSD, or call the column of the rates by its pair");
        List<(int Place, string Name)> columns = rate >= 0 ? [(rate, "")]
            : [.. table.Names.Select((n, i) => (i, n)).Where(c => c.i != time && QuoteCurrency.PairOf(c.n) is not null)];
        if (columns.Count == 0)
            throw BarDataException.At(table.Path, 1, null, "no column is called by a pair of currencies",
                "call the columns EURUSD, USDJPY and so on, or give the columns symbol and rate");
        var read = new Dictionary<string, (List<long> Times, List<double> Rates)>(StringComparer.Ordinal);
        while (table.Next())
        {
            var at = table.Time(time);
            foreach (var (place, column) in columns)
            {
                if (table.IsEmpty(place)) continue;
                var name = rate >= 0 ? table.Text(symbol) : column;
                if (!(table.Number(place) is > 0 and var value))
                    throw table.Fault(table.Names[place], $"{table.Text(place)} is no exchange rate",
                        "give a positive number, or leave the field empty");
                if (!read.TryGetValue(name, out var rows)) read[name] = rows = ([], []);
                if (rows.Times.Count > 0 && at <= rows.Times[^1])
                    throw table.Fault(table.Names[time], $"'{table.Text(time)}' is not after the line of {name} before",
                        "sort the lines by time, oldest first, with one rate for each time");
                if (at > (until ?? long.MaxValue)) continue;
                rows.Times.Add(at);
                rows.Rates.Add(value);
            }
        }
        return read.Where(r => r.Value.Times.Count > 0).ToDictionary(r => r.Key,
            r => CurrencyRates.Series(r.Value.Times, r.Value.Rates, maxAge), StringComparer.Ordinal);
    }
}
