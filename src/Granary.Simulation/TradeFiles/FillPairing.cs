using Granary.Engine;
using Granary.Engine.Numerics;
using Granary.Engine.Trading;

namespace Granary.Simulation.TradeFiles;

/// <summary>
/// Pairs single fills into trades, first in, first out, for each symbol. A fill against the position closes the oldest lots, and the rest
/// of it opens a new lot. Commission is split by quantity.
/// </summary>
internal static class FillPairing
{
    private static readonly string[] Time = ["time", "date", "datetime"];
    private static readonly string[] Symbol = ["symbol", "sid", "ticker"];

    private sealed class Lot(TradeRow row, long time, double price, double quantity, double commission, double profit)
    {
        /// <summary>The profit of the fill from closing earlier lots, before commission; NaN if the file does not say it.</summary>
        public double Profit => profit;

        public TradeRow Row => row;

        public long Time => time;

        public double Price => price;

        /// <summary>Open quantity, signed.</summary>
        public double Quantity { get; set; } = quantity;

        public double CommissionPerUnit { get; } = commission / Math.Abs(quantity);
    }

    /// <summary>Returns the program that writes fills in these columns; null if the table has no fills.</summary>
    public static string? ProgramOf(TradeTable table) =>
        table.Has("time", "deal", "symbol", "type", "direction", "volume", "price") ? "MetaTrader 5"
        : table.Has("time", "symbol", "price", "quantity", "type", "status") ? "LEAN"
        : table.Has("date", "amount", "price", "symbol", "value") ? "backtrader" : null;

    /// <exception cref="InputException">A field is missing or invalid.</exception>
    public static IEnumerable<RecordedTrade> Read(TradeTable table)
    {
        var open = new SortedDictionary<string, Queue<Lot>>(StringComparer.Ordinal);
        foreach (var row in table.Rows)
        {
            if (row.Text("status") is { } status && !status.Equals("filled", StringComparison.OrdinalIgnoreCase)) continue;
            var amount = row.Number("amount", "quantity", "volume");
            // MetaTrader lists deposits and the like among its deals; their type is not a side.
            if (table.Has("deal"))
            {
                if (TradeFormat.SideOf(row.Text("type")) is not { } side) continue;
                amount = Math.Abs(amount) * (int)side;
            }
            if (double.IsNaN(amount) || amount == 0) continue;
            var costs = row.Number("commission") is var c && double.IsNaN(c) ? 0 : c;
            if (table.Has("deal")) costs = -(costs + Zero(row.Number("fee")) + Zero(row.Number("swap")));
            var symbol = row.Need(Symbol);
            if (!open.TryGetValue(symbol, out var lots)) open.Add(symbol, lots = []);
            // MetaTrader counts in lots, whose size only the profits show.
            var profit = table.Has("deal") ? row.Number("profit") : double.NaN;
            foreach (var trade in Apply(lots, symbol, new Lot(row, row.Time(Time), row.Positive("price"), amount, costs, profit)))
                yield return trade;
        }
        foreach (var (symbol, lots) in open)
            foreach (var lot in lots)
                yield return new RecordedTrade("", symbol, SideOf(lot), Math.Abs(lot.Quantity), lot.Time, lot.Price, null, double.NaN,
                    lot.CommissionPerUnit * Math.Abs(lot.Quantity), double.NaN, ExitReason.Open, lot.Row.Line);
    }

    private static IEnumerable<RecordedTrade> Apply(Queue<Lot> lots, string symbol, Lot fill)
    {
        var against = lots.Where(l => Math.Sign(l.Quantity) != Math.Sign(fill.Quantity)).Sum(l => Math.Abs(l.Quantity));
        var perUnit = fill.Profit / Math.Min(against, Math.Abs(fill.Quantity));
        while (fill.Quantity != 0 && lots.TryPeek(out var oldest) && Math.Sign(oldest.Quantity) != Math.Sign(fill.Quantity))
        {
            var closed = Math.Min(Math.Abs(oldest.Quantity), Math.Abs(fill.Quantity));
            yield return new RecordedTrade("", symbol, SideOf(oldest), closed, oldest.Time, oldest.Price, fill.Time, fill.Price,
                closed * (oldest.CommissionPerUnit + fill.CommissionPerUnit), closed * perUnit, ExitReason.Signal, oldest.Row.Line);
            oldest.Quantity -= Math.Sign(oldest.Quantity) * closed;
            fill.Quantity -= Math.Sign(fill.Quantity) * closed;
            if (Math.Abs(oldest.Quantity) < Tolerance.Arithmetic * closed) lots.Dequeue();
            if (Math.Abs(fill.Quantity) < Tolerance.Arithmetic * closed) fill.Quantity = 0;
        }
        if (fill.Quantity != 0) lots.Enqueue(fill);
    }

    private static Side SideOf(Lot lot) => lot.Quantity > 0 ? Side.Buy : Side.Sell;

    private static double Zero(double value) => double.IsNaN(value) ? 0 : value;
}
