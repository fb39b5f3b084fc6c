using System.Text.Json.Serialization;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Engine.Brokerage;

/// <summary>
/// A fact that a live session keeps: what happened, to which strategy and symbol, at which market time. Facts are never changed; a journal
/// is their sequence.
/// </summary>
/// <param name="Timestamp">Market time, UTC ticks: the close at which it happened or was decided.</param>
public abstract record JournalEvent([property: JsonPropertyName("instant")] long Timestamp)
{
    /// <summary>The strategy's id; empty where it is about none.</summary>
    public virtual string Strategy { get; init; } = "";

    public virtual string Symbol { get; init; } = "";
}

/// <summary>A session began on this journal, for the first time or again.</summary>
/// <param name="Tag">Begins every client order id of the account; kept over restarts.</param>
/// <param name="Configuration">SHA-256 of the production configuration.</param>
/// <param name="WithoutEvidence">It trades a configuration whose evidence is missing or failed, since the operator insisted.</param>
public sealed record SessionStarted(long Timestamp, string Tag, string Account, string Configuration, string Broker, string Host,
    int Process,
    bool WithoutEvidence) : JournalEvent(Timestamp);

/// <summary>The bars that closed at one time, as the session decided on them.</summary>
/// <param name="Warm">They were there before the session traded: strategies saw them, and the session did not act on them.</param>
public sealed record BarsTaken(long Timestamp, IReadOnlyList<TakenBar> Bars, bool Warm = false) : JournalEvent(Timestamp);

/// <param name="Series">The market's place in the session's list.</param>
public readonly record struct TakenBar(int Series, long Time, double Open, double High, double Low, double Close, double Volume)
{
    public Bar Bar => new(Time, Open, High, Low, Close, Volume);

    public static TakenBar Of(int series, in Bar bar) => new(series, bar.Time, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume);
}

/// <summary>A strategy wished to enter, and what the portfolio said.</summary>
/// <param name="Period">Open time of the bar at whose close it was made, UTC ticks; with strategy and number the signal's identity.</param>
/// <param name="ValidUntil">Last bar open at which it may still fill, UTC ticks.</param>
/// <param name="Quantity">The strategy's, base units.</param>
/// <param name="Granted">The portfolio's; 0 where it was refused.</param>
/// <param name="Prediction">Of its model; NaN where there is none or it had no opinion.</param>
/// <param name="Factors">Values at that moment, by name.</param>
public sealed record SignalDecided(long Timestamp, int Number, long Period, Side Side, OrderType Type, double Price, double Quantity,
    double Stop, double Target, long ValidUntil,
    double Prediction, double SizeFactor, Decision Decision, double Granted, IReadOnlyDictionary<string, double> Factors)
        : JournalEvent(Timestamp);

/// <summary>An order will be sent: written before it is.</summary>
/// <param name="Trade">Number of the strategy's signal that it is for.</param>
public sealed record OrderIntended(long Timestamp, BrokerOrder Order, OrderRole Role, int Trade, ExitReason Reason)
    : JournalEvent(Timestamp);

/// <summary>The venue has answered a submission, a question or a cancellation; or its answer did not come.</summary>
/// <param name="Status">null = no answer in time: the order is unknown and will be asked for.</param>
public sealed record OrderAnswered(long Timestamp, string ClientId, BrokerOrderStatus? Status) : JournalEvent(Timestamp);

/// <summary>The venue reported a fill or a change of state.</summary>
public sealed record VenueReported(long Timestamp, BrokerEvent Event) : JournalEvent(Timestamp);

/// <summary>All that an order led to is booked.</summary>
public sealed record OrderClosed(long Timestamp, string ClientId) : JournalEvent(Timestamp);

public enum TradeState : byte
{
    Active,
    Closed,
}

/// <summary>A trade of the account, as it stands after a fill.</summary>
/// <param name="Quantity">Entered so far, base units.</param>
/// <param name="Open">Still open of it.</param>
/// <param name="EntryPrice">Volume-weighted.</param>
/// <param name="ExitPrice">Volume-weighted; 0 while nothing is closed.</param>
/// <param name="Profit">Realised, before fees.</param>
/// <param name="EntryTime">Venue time of the first fill, UTC ticks.</param>
/// <param name="ExitTime">Of the last closing fill; 0 while active.</param>
/// <param name="Why">stop, target, trail, or the strategy's reason; empty while active.</param>
public sealed record TradeChanged(long Timestamp, int Number, TradeState State, Side Side, double Quantity, double Open, double EntryPrice,
    double ExitPrice, double Profit, double Fees, long EntryTime, long ExitTime, string Why) : JournalEvent(Timestamp);

/// <summary>What the account holds of a symbol after a fill or a synchronisation.</summary>
/// <param name="Quantity">Signed base units.</param>
public sealed record PositionChanged(long Timestamp, double Quantity) : JournalEvent(Timestamp);

/// <summary>Weights came into force, from the next time slice on.</summary>
/// <param name="Version">Of the weights service; 0 = those of the production configuration.</param>
public sealed record WeightsChanged(long Timestamp, long Version, IReadOnlyDictionary<string, double> Weights, string Who, string Why)
    : JournalEvent(Timestamp);

/// <summary>The policy of the configuration has decided weights, for the signals of the bars that closed.</summary>
/// <param name="Weights">By strategy id; what is left to 1 is cash.</param>
public sealed record WeightsDecided(long Timestamp, IReadOnlyDictionary<string, double> Weights) : JournalEvent(Timestamp);

/// <summary>Another version of the configuration's policy decides the weights, from the next time slice on.</summary>
/// <param name="Model">Its name in the registry.</param>
/// <param name="Hash">SHA-256 of the version, lower-case hex.</param>
public sealed record PolicyChanged(long Timestamp, string Model, int Version, string Hash) : JournalEvent(Timestamp);

/// <summary>Another version of a model judges entries, from the next time slice on.</summary>
/// <param name="Model">Its name in the registry.</param>
/// <param name="Hash">SHA-256 of the version, lower-case hex.</param>
public sealed record ModelChanged(long Timestamp, string Model, int Version, string Hash) : JournalEvent(Timestamp);

/// <summary>A strategy, or a symbol with its strategies, was enabled or disabled.</summary>
public sealed record EnablementChanged(long Timestamp, bool Enabled, string Who, string Why)
    : JournalEvent(Timestamp), ICommanded
{
    /// <inheritdoc/>
    public string? CommandId { get; init; }
}

/// <summary>A fact that carries out an operator's command.</summary>
public interface ICommanded
{
    /// <summary>Id of the command, so that a session which finds it again does not carry it out again; null for one without an id.
    /// </summary>
    string? CommandId { get; }
}

public enum SessionCommand : byte
{
    /// <summary>No entries; exits, stops and targets go on.</summary>
    Pause,
    Resume,
    /// <summary>Close everything, and pause.</summary>
    Flatten,
    ReloadWeights,
    Stop,
    /// <summary>A strategy, or a symbol with its strategies, may enter again.</summary>
    Enable,
    /// <summary>It may not enter; what it has open goes on.</summary>
    Disable,
    /// <summary>Close one trade of the account; entries go on.</summary>
    Close,
}

/// <summary>The operator, or the session itself, gave an order to the session.</summary>
public sealed record SessionControlled(long Timestamp, SessionCommand Command, string Who, string Why)
    : JournalEvent(Timestamp), ICommanded
{
    /// <inheritdoc/>
    public string? CommandId { get; init; }

    /// <summary>The client id of the entry of the trade to close; null for the other commands.</summary>
    public string? Trade { get; init; }
}

/// <summary>Our books and the venue's differed, and what was done about it by which rule.</summary>
/// <param name="Adjustment">What our position in the symbol is changed by, signed base units; 0 where only orders differed.</param>
public sealed record Reconciled(long Timestamp, string Rule, string Difference, double Adjustment) : JournalEvent(Timestamp);

/// <summary>The stop of an open trade will be moved: written before the order goes to the venue.</summary>
public sealed record StopMoved(long Timestamp, string ClientId, double Price) : JournalEvent(Timestamp);

/// <summary>The portfolio accepted a signal, and no order was sent for it.</summary>
/// <param name="Why">paused, late, ruined, blocked (the symbol waits for an operator), unreconciled (the venue has not answered since the
/// start).</param>
public sealed record EntrySkipped(long Timestamp, int Number, string Why) : JournalEvent(Timestamp);

/// <summary>An order went from one state to another.</summary>
/// <param name="Reason">As the venue gave it; empty where it gave none.</param>
public sealed record OrderChanged(long Timestamp, string ClientId, OrderState From, OrderState To, string Reason) : JournalEvent(Timestamp);

/// <summary>The session went from one state to another.</summary>
/// <param name="From">Empty at its start.</param>
/// <param name="Why">What it waits for; empty where it waits for nothing.</param>
public sealed record SessionChanged(long Timestamp, string From, string To, string Why) : JournalEvent(Timestamp);

/// <summary>The portfolio decided on a trade that its strategy holds, or on an entry that waits.</summary>
/// <param name="Number">Of the strategy's signal.</param>
/// <param name="Action">cut, closed or expired.</param>
/// <param name="Share">Of the trade.</param>
public sealed record PortfolioActed(long Timestamp, int Number, string Action, ExitReason Reason, double Share) : JournalEvent(Timestamp);
