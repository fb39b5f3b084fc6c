using Granary.Engine.Trading;

namespace Granary.Trading.Tests.Accounts;

/// <summary>What an account came to.</summary>
/// <param name="Trades">The closed ones, the closed parts of open ones, and the open ones.</param>
/// <param name="Cash">At the end.</param>
/// <param name="Equity">By the close of each bar, UTC ticks.</param>
internal sealed record AccountRecord(IReadOnlyList<TradeRecord> Trades, double Cash, IReadOnlyList<(long Close, double Equity)> Equity)
{
    /// <summary>The account with all amounts divided.</summary>
    public AccountRecord DividedBy(double by) => new([.. Trades.Select(t => t with
    {
        Quantity = t.Quantity / by,
        Profit = t.Profit / by,
        Commission = t.Commission / by,
        Financing = t.Financing / by,
    })], Cash / by, [.. Equity.Select(e => (e.Close, e.Equity / by))]);
}

/// <summary>Which part of a trade a record is of.</summary>
internal enum TradePart
{
    /// <summary>All of a closed trade.</summary>
    Closed,
    /// <summary>What was closed of an open trade.</summary>
    ClosedPart,
    /// <summary>What is open at the end.</summary>
    Open,
}

/// <summary>A trade in account currency.</summary>
/// <param name="Strategy">Index of the strategy.</param>
/// <param name="Number">Of its signal.</param>
internal sealed record TradeRecord(int Strategy, int Number, TradePart Part, string Symbol, Side Side, double Quantity, long EntryTime,
    double EntryPrice)
{
    public long ExitTime { get; init; }

    public double ExitPrice { get; init; }

    public double Profit { get; init; }

    public double Commission { get; init; }

    public double Financing { get; init; }

    public string Reason { get; init; } = "";

    /// <summary>The record of a row of a run's trades.</summary>
    public static TradeRecord Of(int strategy, string symbol, in Trade trade, bool isPart)
    {
        var part = isPart ? TradePart.ClosedPart : trade.Reason == ExitReason.Open ? TradePart.Open : TradePart.Closed;
        var record = new TradeRecord(strategy, trade.Number, part, symbol, trade.Side, trade.Quantity, trade.EntryTime, trade.EntryPrice);
        return part == TradePart.Open ? record : record with
        {
            ExitTime = trade.ExitTime,
            ExitPrice = trade.ExitPrice,
            Profit = trade.Profit,
            Commission = trade.Commission,
            Financing = trade.Financing,
            Reason = WordOf(trade.Reason.Word()),
        };
    }

    /// <summary>A reason in the words of an account's ledger.</summary>
    public static string WordOf(string reason) =>
        reason is "trail" ? "trailingstop" : reason.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    public override string ToString() => FormattableString.Invariant($"{Part} {Strategy}/{Number} {Symbol} {Side} {Quantity:R} in ")
        + FormattableString.Invariant($"{TimeOf(EntryTime)} at {EntryPrice:R}, out {TimeOf(ExitTime)} at {ExitPrice:R}, ")
        + FormattableString.Invariant($"profit {Profit:R}, commission {Commission:R}, financing {Financing:R}, {Reason}");

    private static string TimeOf(long ticks) => ticks == 0 ? "-" : FormattableString.Invariant($"{new DateTime(ticks):MM-dd HH:mm}");
}
