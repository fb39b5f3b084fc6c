using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Engine.Market.Chains;
using Granary.Simulation.Tables;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>The expiry of a contract in a table.</summary>
/// <param name="FirstNotice">Null if the line has none, as of futures that are settled in cash.</param>
internal readonly record struct ContractExpiry(DateOnly Day, DateOnly? FirstNotice);

/// <summary>Reads the tables of a chain: its expiries, and the dates of its rolls.</summary>
internal static class ChainTables
{
    private static readonly string[] s_contract = ["contract", "symbol", "ticker", "instrument", "name", "code", "localSymbol"],
        s_expiry = ["expiry", "expiration", "expiry_date", "expirationDate", "expiration_date", "expiryDate", "last_trade",
            "last_trading_day", "lastTradingDay", "lastTradeDate", "last_trade_date", "ltd", "maturity"],
        s_notice = ["first_notice", "firstNotice", "first_notice_day", "firstNoticeDay", "first_notice_date", "fnd", "notice"],
        // The columns after the date where the dates of rolls have no header.
        s_dated = ["contract"];

    /// <returns>Expiries by contract.</returns>
    /// <exception cref="BarDataException">A row is invalid; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static IReadOnlyDictionary<string, ContractExpiry> Expiries(Address address, TableFormatCatalogue formats)
    {
        using var table = Open(address, formats);
        var contract = table.FirstOf(s_contract) is >= 0 and var named ? named : table.Need("contract");
        var expiry = table.FirstOf(s_expiry) is >= 0 and var day ? day : table.Need("expiry");
        var notice = table.FirstOf(s_notice);
        var found = new Dictionary<string, ContractExpiry>(StringComparer.Ordinal);
        while (table.Next())
        {
            var name = Name(table, contract);
            var row = new ContractExpiry(Day(table, expiry), notice < 0 || table.IsEmpty(notice) ? null : Day(table, notice));
            if (row.FirstNotice > row.Day.AddDays(31))
                throw table.Fault(table.Names[notice], $"the first notice of {name} is more than a month after its expiry", "correct the day");
            if (!found.TryAdd(name, row))
                throw table.Fault(table.Names[contract], $"'{name}' is in a line above too", "keep one line for each contract");
        }
        return found.Count > 0 ? found
            : throw BarDataException.At(table.Path, null, null, "there are no lines below the header", "add a line for each contract");
    }

    /// <returns>In the order of their days.</returns>
    /// <inheritdoc cref="Expiries"/>
    public static IReadOnlyList<RollDate> Dates(Address address, TableFormatCatalogue formats)
    {
        using var table = Open(address, formats, timesAlone: true);
        var (day, contract) = (table.NeedTime(), table.FirstOf(s_contract));
        var found = new List<RollDate>();
        while (table.Next())
        {
            var row = new RollDate(Day(table, day), contract < 0 || table.IsEmpty(contract) ? null : table.Text(contract));
            if (found.Count > 0 && row.Day <= found[^1].Day)
                throw table.Fault(table.Names[day], $"'{table.Text(day)}' is not after the line before", "sort the lines, each day once");
            found.Add(row);
        }
        return found.Count > 0 ? found
            : throw BarDataException.At(table.Path, null, null, "there are no lines below the header", "add a line for each roll");
    }

    private static DataTable Open(Address address, TableFormatCatalogue formats, bool timesAlone = false) => address.Path is { } path
        ? DataTable.Open(path, address.Files, formats, timesAlone ? s_dated : null, timesAlone)
        : throw new BarDataException($"'{address}' is not a file; name a table with a header");

    private static string Name(DataTable table, int place) => table.Text(place) is { Length: > 0 } name ? name
        : throw table.Fault(table.Names[place], "the contract is missing", "write it in each line");

    private static DateOnly Day(DataTable table, int place) => DateOnly.FromDateTime(new DateTime(table.Time(place)));
}
