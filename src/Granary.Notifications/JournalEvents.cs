using System.Globalization;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Trading.Live;

namespace Granary.Notifications;

/// <summary>Finds the events of rules in the entries of an account's journal.</summary>
internal static class JournalEvents
{
    // Causes of exits that the trader did not decide: TradeChanged.Why.
    private static readonly string[] Stops =
    [
        "stop", "target", "trail", ExitReason.TrailingStop.Word(), ExitReason.Liquidation.Word(), ExitReason.MarginCall.Word(),
        ExitReason.Ruined.Word(),
    ];

    /// <summary>Returns the event, what distinguishes it within the account, and its sentence; null if no rule can have it.</summary>
    public static (NotificationEvent Event, string Occasion, string Text)? Of(string account, JournalEntry entry)
    {
        if (entry.Kind is not (nameof(VenueReported) or nameof(SignalDecided) or nameof(EntrySkipped) or nameof(OrderChanged)
            or nameof(TradeChanged) or nameof(ModelWatched) or nameof(SessionStarted) or nameof(SessionChanged))) return null;
        var fact = JournalCodec.Decode(entry);
        // A journal that was put back, or opened again, has other times.
        var place = string.Create(CultureInfo.InvariantCulture, $"{entry.Sequence}\0{entry.At.ToUnixTimeMilliseconds()}");
        return fact switch
        {
            // The venue may report an execution again.
            VenueReported { Event.Fill: { } fill } => (NotificationEvent.Fill, fill.ExecutionId, FillText(account, fill)),
            SignalDecided { Decision.IsAccepted: false } d when !d.Decision.Equals(Decision.WeightZero) => (NotificationEvent.SignalRefused,
                place, $"{account} refused a signal of {d.Strategy} in {d.Symbol}: {d.Decision.Title}."),
            EntrySkipped s => (NotificationEvent.SignalRefused, place, $"{account} sent no order for a signal of {s.Strategy} in {s.Symbol}: "
                + $"{s.Why}."),
            OrderChanged { To: OrderState.Rejected } o => (NotificationEvent.OrderRejected, place,
                $"An order of {account} in {o.Symbol} was rejected{(o.Reason.Length == 0 ? "" : ": " + o.Reason.TrimEnd('.'))}."),
            TradeChanged { State: TradeState.Closed } t when Stops.Contains(t.Why, StringComparer.Ordinal) =>
                (NotificationEvent.Stop, place, StopText(account, t)),
            ModelWatched { IsWorse: true, IsFurther: false } m => (NotificationEvent.ModelDrift, place, DriftText(account, m)),
            SessionStarted s => (NotificationEvent.SessionStarted, place, $"A session trades {account} on {s.Broker}."),
            SessionChanged { To: nameof(Contracts.Sessions.LiveState.Ended) } => (NotificationEvent.SessionEnded, place,
                $"The session of {account} ended."),
            _ => null,
        };
    }

    private static string FillText(string account, BrokerFill fill) =>
        $"{account} {(fill.Side == Side.Buy ? "bought" : "sold")} {Number(fill.Quantity)} {fill.Symbol} at {Number(fill.Price)}"
        + $"{(fill.Leg.Length == 0 ? "" : $" ({fill.Leg})")}, fee {Number(fill.Fee)}.";

    private static string StopText(string account, TradeChanged trade) =>
        $"{account}: {trade.Why} closed {Number(trade.Quantity)} {trade.Symbol} {(trade.Side == Side.Buy ? "long" : "short")}"
        + $" at {Number(trade.ExitPrice)}, profit {Math.Round(trade.Profit - trade.Fees, 4).ToString("0.####", CultureInfo.InvariantCulture)}"
        + " after fees.";

    /// <summary>Returns a price, a quantity or a fee as text. An entry of the journal alone does not know its instrument.</summary>
    public static string Number(double value) => Digits.Text(value, null);

    private static string DriftText(string account, ModelWatched m) => string.Create(CultureInfo.InvariantCulture,
        $"{account}: the model {m.Model} of {m.Strategy} has drifted. {100 * m.After:0.#} % of its newest {m.Trades} predictions were wrong,"
        + $" {100 * m.Before:0.#} % before; entries get {m.Weight:0.##} of their size.");
}
