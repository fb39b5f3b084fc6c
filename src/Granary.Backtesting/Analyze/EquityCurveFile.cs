using Granary.Data.Tables;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Simulation.Tables;

namespace Granary.Backtesting.Analyze;

/// <summary>
/// Reads an equity curve: <c>date,equity</c> of any program, a run's <c>equity.csv</c>, or the closes in a file of prices.
/// </summary>
internal static class EquityCurveFile
{
    // The first of these columns in the header is the curve.
    private static readonly string[] ValueNames =
        ["equity", "adj close", "adj_close", "adjclose", "close", "value", "nav", "balance", "portfolio", "portfolio_value", "total"];

    // These are the curve only beside columns of a bar: beside others they are what the account is compared with, or the price of a fill.
    private static readonly string[] PriceNames = ["price", "benchmark", "index"],
        BarNames = ["open", "high", "low", "volume", "vol", "turnover", "currency", "symbol", "ticker"];

    private static readonly string[] SideNames = ["side", "direction", "action", "type", "buy/sell", "entry_price", "exit_price"];

    /// <param name="formats">The formats of typed tables that the process knows; null = texts alone.</param>
    /// <exception cref="BarDataException">
    /// The file is not an equity curve of at least two positive values in order of time. The message has file, line, field and remedy.
    /// </exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static EquityCurve Read(string path, TableFormatCatalogue? formats = null)
    {
        var table = TimeTable.Read(path, names => [Choose(path, names)], headerless: ["equity"], formats: formats);
        var values = table.Columns[0];
        for (var i = 0; i < values.Length; i++)
            if (values[i] < 0 || (i == 0 && values[i] == 0))
                throw table.Fault(i, table.Names[0], FormattableString.Invariant($"{values[i]} is not positive"),
                    "returns need positive equity; start the curve with the account's value, not with its profit");
        if (values.Length < 2)
            throw BarDataException.At(path, null, table.Names[0], "the curve has one point", "a return needs at least two dates");
        return new EquityCurve(table.Times, values);
    }

    private static string Choose(string path, IReadOnlyList<string> names)
    {
        foreach (var wanted in ValueNames)
            foreach (var name in names)
                if (string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase))
                    return name;
        if (names.Count == 1) return names[0];
        if (names.FirstOrDefault(n => SideNames.Contains(n, StringComparer.OrdinalIgnoreCase)) is { } side)
            throw BarDataException.At(path, 1, side, "the file lists fills or trades, which are no equity curve",
                "say with --columns which column is what, as \"side=Direction;entry_time=Opened;entry_price=In\", or name the column of the "
                    + "account's value 'equity'");
        var prices = names.Where(n => PriceNames.Contains(n, StringComparer.OrdinalIgnoreCase)).ToList();
        if (prices.Count == 1 && names.All(n => n == prices[0] || BarNames.Contains(n, StringComparer.OrdinalIgnoreCase)))
            return prices[0];
        throw BarDataException.At(path, 1, null, $"none of the columns {string.Join(", ", names)} is called equity",
            "name the column that holds the account's value 'equity'");
    }
}
