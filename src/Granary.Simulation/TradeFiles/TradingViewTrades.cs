using Granary.Engine;

namespace Granary.Simulation.TradeFiles;

/// <summary>Reads TradingView's list of trades: each trade has a row for its entry and a row for its exit, with the same number.</summary>
internal static class TradingViewTrades
{
    private static readonly string[] Time = ["datetime", "dateandtime"];
    private static readonly string[] Quantity = ["contracts", "positionsizeqty", "qty", "quantity", "sizeqty"];

    public static bool Knows(TradeTable table) => table.Has("trade", "type") && table.Columns.Any(c => Time.Contains(c))
        && table.Columns.Any(c => c.StartsWith("price", StringComparison.Ordinal));

    /// <param name="symbol">Symbol of all trades, because the file names none.</param>
    /// <exception cref="InputException">An entry has no exit, or a field is invalid.</exception>
    public static IEnumerable<RecordedTrade> Read(TradeTable table, string symbol)
    {
        // The column names contain the currency.
        string Column(string start) => table.Columns.FirstOrDefault(c => c.StartsWith(start, StringComparison.Ordinal)
            && !c.EndsWith("percent", StringComparison.Ordinal)) ?? start;
        var (price, net, other) = (Column("price"), Column("netpl"), Column("profit"));
        foreach (var trade in table.Rows.GroupBy(r => r.Need("trade")))
        {
            var entry = trade.FirstOrDefault(r => IsEntry(r, true))
                ?? throw trade.First().Fault("type", $"trade {trade.Key} has no row of its entry; export the whole list");
            var exit = trade.FirstOrDefault(r => IsEntry(r, false));
            var side = TradeFormat.SideOf(entry.Need("type")) ?? throw entry.Fault("type", $"'{entry.Text("type")}' names no side");
            var isOpen = exit is null || exit.Text("signal") is "Open" || exit.Text(price) is null;
            var made = new RecordedTrade("", symbol, side, entry.Positive(Quantity), entry.Time(Time), entry.Positive(price),
                isOpen ? null : exit!.Time(Time), isOpen ? double.NaN : exit!.Positive(price), 0, double.NaN,
                isOpen ? Engine.Trading.ExitReason.Open : Engine.Trading.ExitReason.Signal, entry.Line);
            // Recent lists contain the position value, from which the contract multiplier follows.
            var value = entry.Number("positionsizevalue") / (made.EntryPrice * made.Quantity);
            var multiplier = value > 0 && Math.Abs(value - 1) > 1e-3 ? Math.Round(value, 3) : 1;
            var profit = exit?.Number(net, other) ?? double.NaN;
            // The list contains only profits after commission.
            yield return isOpen || double.IsNaN(profit) ? made
                : made with { Profit = multiplier * made.PriceProfit, Commission = multiplier * made.PriceProfit - profit };
        }
    }

    private static bool IsEntry(TradeRow row, bool isEntry) =>
        row.Need("type").StartsWith(isEntry ? "entry" : "exit", StringComparison.OrdinalIgnoreCase);
}
