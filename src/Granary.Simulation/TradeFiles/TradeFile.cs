using System.Globalization;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Simulation.TradeFiles;

/// <summary>A trade file of another program, recognised by its columns.</summary>
/// <param name="Path">Path as given by the user.</param>
/// <param name="Program">The program that wrote it; "columns" if the user named the columns.</param>
/// <param name="Trades">Trades in the order of their entries.</param>
/// <param name="Multipliers">Contract multipliers other than 1, by symbol; derived from the profits in the file.</param>
/// <param name="OtherProfits">Number of trades whose profit in the file differs from prices × quantity × multiplier.</param>
internal sealed record TradeFile(string Path, string Program, IReadOnlyList<RecordedTrade> Trades,
    IReadOnlyDictionary<string, double> Multipliers, int OtherProfits)
{
    /// <summary>Roles that columns can have.</summary>
    public static IReadOnlyList<string> Roles { get; } =
        ["strategy", "symbol", "side", "quantity", "entry_time", "entry_price", "exit_time", "exit_price", "commission", "profit",
            "net_profit", "exit_reason"];

    /// <summary>Whether a file contains trades instead of an equity curve.</summary>
    /// <param name="path">Path of an existing file.</param>
    public static bool Knows(string path)
    {
        if (TradeTable.HeaderOf(path) is not { } header) return true;
        var table = new TradeTable(path, header, []);
        return TradeFormat.All.Any(f => table.Has(f.Needs)) || TradingViewTrades.Knows(table) || FillPairing.ProgramOf(table) is not null;
    }

    /// <param name="columns">Columns of the file by role; null recognises the program.</param>
    /// <param name="symbol">Symbol if the file names none; null uses the file name.</param>
    /// <exception cref="InputException">The file is missing or not recognised, or a row is invalid; one sentence.</exception>
    public static TradeFile Read(string path, IReadOnlyDictionary<string, string>? columns = null, string? symbol = null)
    {
        var table = TradeTable.Read(path, columns);
        if (DifferentCurrencies(table) is { } different)
            throw new InputException($"{path}: its trades are in several currencies ({different}), which cannot be added up; give a file "
                + "for each currency");
        if (table.Columns.Contains("pnllocal", StringComparer.Ordinal) && table.Rows.Any(r => r.Text("pnllocal") is not null))
            throw new InputException($"{path}: its trades were converted from other currencies, and its prices alone do not give their "
                + "profits; give the run's equity.csv");
        if (table.Columns.Contains("rollpnl", StringComparer.Ordinal)
            && table.Rows.Any(r => r.Number("rollpnl") is not 0 and not double.NaN))
            throw new InputException($"{path}: its trades were rolled from contract to contract, and its prices alone do not give their "
                + "profits; give the run's folder or its equity.csv");
        symbol ??= System.IO.Path.GetFileNameWithoutExtension(path);
        var (program, trades) = Recognise(table, symbol, columns is not null);
        if (trades.Count == 0) throw new InputException($"{path}: it has no trades; give a file with at least one");
        trades = [.. trades.OrderBy(t => t.EntryTime).ThenBy(t => t.ExitTime ?? long.MaxValue).ThenBy(t => t.Line)];
        var multipliers = trades.GroupBy(t => t.Symbol, StringComparer.Ordinal)
            .Select(g => (Symbol: g.Key, Multiplier: MultiplierOf([.. g]))).Where(m => m.Multiplier != 1)
            .ToDictionary(m => m.Symbol, m => m.Multiplier, StringComparer.Ordinal);
        var others = trades.Count(t => !t.IsOpen && double.IsFinite(t.Profit)
            && !IsNear(t.Profit, t.PriceProfit * multipliers.GetValueOrDefault(t.Symbol, 1), t));
        return new TradeFile(path, program, trades, multipliers, others);
    }

    /// <summary>Parses columns by role, such as "entry_time=Opened;symbol=Ticker".</summary>
    /// <exception cref="InputException">The text has a different format, or a role is unknown.</exception>
    public static IReadOnlyDictionary<string, string>? ColumnsOf(string? text)
    {
        if (text is null) return null;
        var columns = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at < 1 || !Roles.Contains(pair[..at], StringComparer.Ordinal))
                throw new InputException($"--columns '{pair}': write ROLE=COLUMN, with a role of {string.Join(", ", Roles)}");
            columns[pair[..at]] = pair[(at + 1)..];
        }
        return columns;
    }

    private static (string Program, List<RecordedTrade> Trades) Recognise(TradeTable table, string symbol, bool isNamed)
    {
        if (!isNamed && TradingViewTrades.Knows(table)) return ("TradingView", [.. TradingViewTrades.Read(table, symbol)]);
        var format = isNamed ? TradeFormat.All[^1] : TradeFormat.All.FirstOrDefault(f => table.Has(f.Needs));
        if (format is not null && table.Has(format.Needs))
        {
            var trades = new List<RecordedTrade>();
            foreach (var row in table.Rows)
                if (format.TryRead(row, symbol, out var trade))
                    trades.Add(trade);
            return (format.Name, trades);
        }
        if (!isNamed && FillPairing.ProgramOf(table) is { } program) return (program, [.. FillPairing.Read(table)]);
        throw new InputException($"{table.File}: its columns ({string.Join(", ", table.Columns)}) are those of no program that is known "
            + "(Granary, backtrader, freqtrade, LEAN, TradingView, MetaTrader); say with --columns which is what, as "
            + "\"side=Direction;entry_time=Opened;entry_price=In;exit_time=Closed;exit_price=Out\"");
    }

    private static string? DifferentCurrencies(TradeTable table) =>
        table.Columns.FirstOrDefault(c => c is "currency" or "ccy" or "currencyprimary") is not { } column ? null
            : CurrencyUnit.Different(table.Rows.Where(r => r.Text(column) is not null)
                .Select(r => (string.Create(CultureInfo.InvariantCulture, $"line {r.Line}"), r.Text(column)!)));

    // The contract multiplier is the ratio of profit to price difference × quantity, if it is the same for all trades.
    private static double MultiplierOf(IReadOnlyList<RecordedTrade> trades)
    {
        double[] ratios = [.. trades.Where(t => !t.IsOpen && double.IsFinite(t.Profit) && Math.Abs(t.PriceProfit) > Tolerance.Written)
            .Select(t => t.Profit / t.PriceProfit).Order()];
        if (ratios.Length == 0) return 1;
        var middle = Quantile.UpperMedian<double>(ratios);
        var rounded = Math.Round(middle, 6);
        return rounded > 0 && trades.All(t => t.IsOpen || !double.IsFinite(t.Profit) || IsNear(t.Profit, rounded * t.PriceProfit, t))
            ? rounded : 1;
    }

    // The tolerance allows for profits rounded to cents.
    private static bool IsNear(double profit, double computed, RecordedTrade trade) =>
        Math.Abs(profit - computed) <= Math.Max(0.011, 1e-6 * trade.EntryPrice * trade.Quantity);

    /// <summary>Notes on the file for the report; empty if there are none.</summary>
    public IEnumerable<string> Notes
    {
        get
        {
            var name = System.IO.Path.GetFileName(Path);
            if (OtherProfits > 0)
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"{name}: {OtherProfits:N0} of {Trades.Count:N0} trades have another profit in the file than their prices give, as "
                        + $"with another currency; the profit of the prices counts.");
            foreach (var (symbol, multiplier) in Multipliers.OrderBy(m => m.Key, StringComparer.Ordinal))
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"{name}: a move of {symbol} by 1 earns {multiplier:G6} for each unit, which the file's profits show.");
        }
    }
}
