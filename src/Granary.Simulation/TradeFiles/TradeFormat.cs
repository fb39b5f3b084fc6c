using System.Diagnostics.CodeAnalysis;
using Granary.Engine;
using Granary.Engine.Trading;

namespace Granary.Simulation.TradeFiles;

/// <summary>The columns in which a program writes one trade per row.</summary>
/// <param name="Name">Name of the program.</param>
/// <param name="Needs">Columns by which the file is recognised.</param>
internal sealed record TradeFormat(string Name, IReadOnlyList<string> Needs)
{
    public string[] Strategy { get; init; } = ["strategy"];

    public string[] Symbol { get; init; } = ["symbol"];

    public string[] Side { get; init; } = ["side"];

    public string[] Quantity { get; init; } = ["quantity"];

    public string[] EntryTime { get; init; } = ["entrytime"];

    public string[] EntryPrice { get; init; } = ["entryprice"];

    public string[] ExitTime { get; init; } = ["exittime"];

    public string[] ExitPrice { get; init; } = ["exitprice"];

    /// <summary>Columns whose sum is the costs.</summary>
    public string[] Costs { get; init; } = ["commission"];

    /// <summary>Whether costs are written as negative numbers.</summary>
    public bool CostsAreNegative { get; init; }

    /// <summary>Columns of the profit before commission; empty if the file has none.</summary>
    public string[] Profit { get; init; } = [];

    /// <summary>Columns of the profit after commission; empty if the file has none.</summary>
    public string[] NetProfit { get; init; } = [];

    public string[] Reason { get; init; } = ["exitreason"];

    /// <summary>All formats in the order in which they are tried.</summary>
    public static IReadOnlyList<TradeFormat> All { get; } =
    [
        new("granary", ["side", "quantity", "entrytime", "entryprice", "exittime", "exitprice", "pnlnet"]) { Profit = ["pnl"] },
        // Attributes of backtrader's Trade, and columns that its users commonly write.
        new("backtrader", ["entry", "exit", "entryprice", "exitprice", "size", "pnlcomm"])
        {
            Symbol = ["data", "symbol", "ticker"],
            Quantity = ["size"],
            EntryTime = ["entry"],
            ExitTime = ["exit"],
            Profit = ["pnl"],
            NetProfit = ["pnlcomm"],
        },
        new("backtrader", ["dir", "datein", "pricein", "dateout", "priceout", "size"])
        {
            Symbol = ["ticker", "data", "symbol"],
            Side = ["dir"],
            Quantity = ["size"],
            EntryTime = ["datein"],
            EntryPrice = ["pricein"],
            ExitTime = ["dateout"],
            ExitPrice = ["priceout"],
            NetProfit = ["pnl"],
        },
        new("freqtrade", ["pair", "amount", "opendate", "openrate", "closerate"])
        {
            Symbol = ["pair"],
            Side = ["isshort"],
            Quantity = ["amount"],
            EntryTime = ["opendate"],
            EntryPrice = ["openrate"],
            ExitTime = ["closedate"],
            ExitPrice = ["closerate"],
            NetProfit = ["profitabs"],
            Costs = [],
        },
        new("LEAN", ["entrytime", "entryprice", "direction", "exittime", "exitprice", "quantity"])
        {
            Symbol = ["symbol", "symbols"],
            Side = ["direction"],
            Costs = ["totalfees", "fees"],
            Profit = ["profitloss", "pl"],
        },
        new("MetaTrader 4", ["opentime", "type", "size", "item", "closetime", "price2"])
        {
            Symbol = ["item"],
            Side = ["type"],
            Quantity = ["size"],
            EntryTime = ["opentime"],
            EntryPrice = ["price"],
            ExitTime = ["closetime"],
            ExitPrice = ["price2"],
            Costs = ["commission", "taxes", "swap"],
            CostsAreNegative = true,
            Profit = ["profit"],
        },
        new("MetaTrader 5", ["time", "position", "symbol", "type", "volume", "time2", "price2"])
        {
            Side = ["type"],
            Quantity = ["volume"],
            EntryTime = ["time"],
            EntryPrice = ["price"],
            ExitTime = ["time2"],
            ExitPrice = ["price2"],
            Costs = ["commission", "swap"],
            CostsAreNegative = true,
            Profit = ["profit"],
        },
        // Columns named with --columns, or files that already use these names.
        new("columns", ["side", "entrytime", "entryprice", "exittime", "exitprice"]) { Profit = ["profit", "pnl"],
            NetProfit = ["netprofit"] },
    ];

    /// <summary>Reads the trade of a row.</summary>
    /// <param name="symbol">Symbol if the file names none.</param>
    /// <returns>false if the row is not a trade, such as a deposit.</returns>
    /// <exception cref="InputException">A field is missing or invalid.</exception>
    public bool TryRead(TradeRow row, string symbol, [NotNullWhen(true)] out RecordedTrade? trade)
    {
        trade = null;
        if (Name.StartsWith("MetaTrader", StringComparison.Ordinal) && SideOf(row.Text(Side)) is null) return false;
        var (entry, isOpen) = (row.Positive(EntryPrice), row.Text(ExitTime) is null || row.Text(ExitPrice) is null
            || row.Text("isopen") is "true" or "True" || row.Text(Reason) == "open");
        var quantity = row.Number(Quantity) is var q && double.IsNaN(q) ? 1 : Math.Abs(q);
        if (quantity == 0) throw row.Fault(Quantity[0], "the quantity is 0; remove the line");
        var side = SideOf(row.Text(Side)) ?? (row.Number(Quantity) < 0 ? Engine.Trading.Side.Sell
            : throw row.Fault(Side[0], $"'{row.Text(Side)}' is not a side; write long or short"));
        var made = new RecordedTrade(row.Text(Strategy) ?? "", row.Text(Symbol) ?? symbol, side, quantity, row.Time(EntryTime), entry,
            isOpen ? null : row.Time(ExitTime), isOpen ? double.NaN : row.Positive(ExitPrice), 0, double.NaN,
            isOpen ? ExitReason.Open : ReasonOf(row.Text(Reason)), row.Line);
        if (made.ExitTime < made.EntryTime) throw row.Fault(ExitTime[0], "the exit is before the entry; repair the line");
        trade = Priced(row, made);
        return true;
    }

    // Without a column for costs, they are the gross profit minus the net profit.
    private RecordedTrade Priced(TradeRow row, RecordedTrade trade)
    {
        var (gross, net) = (Profit.Length > 0 ? row.Number(Profit) : double.NaN, NetProfit.Length > 0 ? row.Number(NetProfit) : double.NaN);
        double[] written = [.. Costs.Select(c => row.Number(c)).Where(c => !double.IsNaN(c))];
        var costs = CostsAreNegative ? -written.Sum() : written.Sum();
        var implied = double.IsNaN(net) ? 0 : (double.IsNaN(gross) ? trade.PriceProfit : gross) - net;
        var commission = written.Length > 0 ? costs : implied;
        if (double.IsNaN(gross) && !double.IsNaN(net)) gross = net + commission;
        return trade with { Commission = double.IsFinite(commission) ? commission : 0, Profit = gross };
    }

    internal static Side? SideOf(string? text) => text?.ToLowerInvariant() switch
    {
        "long" or "buy" or "b" or "false" or "0" or "entry long" or "exit long" => Engine.Trading.Side.Buy,
        "short" or "sell" or "s" or "true" or "1" or "entry short" or "exit short" => Engine.Trading.Side.Sell,
        _ => null,
    };

    internal static ExitReason ReasonOf(string? text)
    {
        var key = TradeRow.Key(text ?? "");
        return key switch
        {
            "trailingstop" or "trailingstoploss" => ExitReason.TrailingStop,
            "stop" or "stoploss" or "sl" or "stoplossonexchange" => ExitReason.Stop,
            "target" or "takeprofit" or "tp" or "roi" => ExitReason.Target,
            "maxbars" => ExitReason.MaxBars,
            "time" => ExitReason.Time,
            "margincall" or "liquidation" => ExitReason.MarginCall,
            "dataended" or "forceexit" => ExitReason.DataEnded,
            "delisted" => ExitReason.Delisted,
            "leftuniverse" => ExitReason.LeftUniverse,
            "recalled" => ExitReason.Recalled,
            "expired" => ExitReason.Expired,
            _ => ExitReason.Signal,
        };
    }
}
