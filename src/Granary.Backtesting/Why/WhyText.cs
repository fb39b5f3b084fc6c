using System.Globalization;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Backtesting.Why;

/// <summary>Words and sentences of an answer.</summary>
internal static class WhyText
{
    private static CultureInfo Plain => CultureInfo.InvariantCulture;

    public static string Of(ConditionKind kind) => kind switch
    {
        ConditionKind.AtOrAbove => "at or above",
        ConditionKind.AtOrBelow => "at or below",
        ConditionKind.CrossesAbove => "crosses above",
        ConditionKind.CrossesBelow => "crosses below",
    };

    public static IReadOnlyList<string> Of(Acts acts) =>
    [
        .. new[] { (Acts.Buy, "buy"), (Acts.Sell, "sell"), (Acts.ExitLong, "exit-long"), (Acts.ExitShort, "exit-short"), (Acts.Any, "any") }
            .Where(a => acts.HasFlag(a.Item1)).Select(a => a.Item2),
    ];

    public static string Of(OrderRole role) => role switch
    {
        OrderRole.Entry => "entry",
        OrderRole.Exit => "exit",
        OrderRole.StopLoss => "stop-loss",
        OrderRole.TakeProfit => "take-profit",
        OrderRole.TrailingStop => "trailing-stop",
        OrderRole.Net => "net",
    };

    public static string Of(RuleUnit unit) => unit switch
    {
        RuleUnit.Count => "count",
        RuleUnit.Percent => "percent",
        RuleUnit.Multiple => "multiple",
    };

    public static string Number(double value) => RunText.Number(value);

    // Prices, quantities and amounts are read by people; conditions have each digit, since the last one may decide.
    private static string Figure(double value) => Digits.Text(value, null);

    /// <summary>The kind of an event in an answer.</summary>
    public static string KindOf(in RunEvent e) => e.Kind switch
    {
        RunEventKinds.SignalEnded => "signal-ended",
        RunEventKinds.ClosedPart => "trade",
        RunEventKinds.StopMoved => "stop-moved",
        RunEventKinds.EntryCut => "entry-cut",
        RunEventKinds.EntryEnded => "entry-ended",
        RunEventKinds.CashShort => "cash-short",
        RunEventKinds.ExitRefused => "exit-refused",
        _ => e.Kind.ToString().ToLowerInvariant(),
    };

    /// <summary>An event as one sentence.</summary>
    public static string SentenceOf(in RunEvent e) => SentenceOf(e, e.Number);

    /// <summary>An event as one sentence.</summary>
    /// <param name="number">The number of its signal or trade in the run.</param>
    public static string SentenceOf(in RunEvent e, int number) => e.Kind switch
    {
        RunEventKinds.Signal => string.Create(Plain, $"Signal {number}: {RunText.Of(e.Signal.Side)} {Figure(e.Signal.Quantity)} at "
            + $"{e.Signal.Type.Word()} {Figure(e.Signal.Price)}{Levels(e.Signal.Stop, e.Signal.Target)}."),
        RunEventKinds.SignalEnded => string.Create(Plain, $"Signal {number} ended without a trade: {e.SignalEnded.End.Word()}."),
        RunEventKinds.Order => string.Create(Plain, $"Order {e.Order.Id.Value} ({Of(e.Order.Role)}, {e.Order.Type.Word()}, "
            + $"{RunText.Of(e.Order.Side)} {Figure(e.Order.Quantity)}) is {e.Order.State.ToString().ToLowerInvariant()}."),
        RunEventKinds.Fill => string.Create(Plain, $"{(e.Fill.IsEntry ? "Entry" : "Exit")} of trade {number} filled "
            + $"{Figure(e.Fill.Quantity)} at {Figure(e.Fill.Price)}, commission {Figure(e.Fill.Commission)}."),
        RunEventKinds.Trade or RunEventKinds.ClosedPart => string.Create(Plain, $"Trade {number} closed at "
            + $"{Figure(e.Trade.ExitPrice)} by {e.Trade.Reason.Word()}, net {Figure(e.Trade.NetProfit)}."),
        RunEventKinds.StopMoved => string.Create(Plain, $"The stop of trade {number} moved to {Figure(e.StopMoved.Price)}."),
        RunEventKinds.Exiting => string.Create(Plain, $"An exit at the market was sent for trade {number}."),
        // Interest on balances belongs to no trade.
        RunEventKinds.Financing when e.Number == 0 => string.Create(Plain,
            $"The account {(e.Financing.Amount > 0 ? "received" : "paid")} {Figure(Math.Abs(e.Financing.Amount))} of interest."),
        RunEventKinds.Financing => string.Create(Plain, $"Trade {number} booked {Figure(e.Financing.Amount)} per unit of "
            + $"{e.Financing.Kind.ToString().ToLowerInvariant()}."),
        RunEventKinds.Split => string.Create(Plain, $"Trade {number} was split by {Figure(e.Split.Ratio)}."),
        RunEventKinds.Roll => string.Create(Plain, $"Trade {number} rolled {Figure(e.Roll.Quantity)} to the next contract: closed the old "
            + $"one at {Figure(e.Roll.OldPrice)}, opened the new one at {Figure(e.Roll.NewPrice)}, commission "
            + $"{Figure(e.Roll.Commission)}."),
        RunEventKinds.EntryCut => string.Create(Plain, $"The entry of signal {number} was reduced to {Figure(e.EntryCut.Rest)}"
            + $"{(e.EntryCut.IsBorrowed ? ", which was what data.borrow had to borrow" : "")}."),
        RunEventKinds.EntryEnded => string.Create(Plain, $"The rest of the entry of trade {number} is not filled any more."),
        RunEventKinds.CashShort => "The account could not pay for an entry, or for a part of it.",
        RunEventKinds.ExitRefused => string.Create(Plain, $"The strategy asked to close trade {number}. The batch keeps it open "
            + $"(exitOnSignal: false): only its stop, target, trailing stop or time closes it."),
        _ => throw new InvalidOperationException($"an answer has no events of the kind {e.Kind}"),
    };

    private static string Levels(double stop, double target) =>
        (stop > 0 ? $", stop {Figure(stop)}" : "") + (target > 0 ? $", target {Figure(target)}" : "");

    /// <summary>The decision on an entry that the portfolio accepted and the session did not send.</summary>
    public const string Skipped = "skipped";

    /// <param name="why">The reason in the journal.</param>
    public static string ReasonOf(string why) => "The portfolio accepted it, and the session sent no order: " + why switch
    {
        "late" => "its bar came later than entriesWithin permits.",
        "unreconciled" => "the orders and positions at the broker were not known.",
        "ruined" => "the account had no equity.",
        "blocked" => "entries in this symbol are blocked.",
        "paused" => "entries were paused.",
        "rates" => "no exchange rate was younger than maxAge.",
        _ => $"a limit had no room for it in the account, in which trades by hand count: {Decision.Of(why).Sentence}",
    };

    /// <summary>The sentence about a time without entries.</summary>
    /// <param name="to">UTC ticks; <see cref="long.MaxValue"/> if it lasts.</param>
    public static string Pause(long from, long to) => $"Entries were paused from {RunText.Time(from)} "
        + (to == long.MaxValue ? "on." : $"to {RunText.Time(to)}.");

    /// <summary>Returns the error of a number that a strategy does not have.</summary>
    public static InputException NoSuch(string option, int number, string strategy, int count) => new(count == 0
        ? string.Create(Plain, $"{option} {number}: {strategy} has no {option}s in this run; ask with from and to why not")
        : string.Create(Plain, $"{option} {number}: {strategy} has {count} {option}{(count == 1 ? "" : "s")}; name 1 to {count}"));
}
