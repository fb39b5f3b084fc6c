using System.Text.Json.Serialization;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Engine.Brokerage;

/// <summary>
/// An event in the journal of a live session, with its strategy, symbol and market time. Events are never changed; the journal is their
/// sequence.
/// </summary>
/// <param name="Timestamp">Market time, UTC ticks: the close at which the event happened or was decided.</param>
internal abstract record JournalEvent([property: JsonPropertyName("instant")] long Timestamp)
{
    /// <summary>The strategy's id; empty if the event concerns none.</summary>
    public virtual string Strategy { get; init; } = "";

    public virtual string Symbol { get; init; } = "";
}

/// <summary>A session started on this journal, for the first time or again.</summary>
/// <param name="Tag">Prefix of every client order id of the account; kept over restarts.</param>
/// <param name="Configuration">SHA-256 of the production configuration.</param>
/// <param name="WithoutEvidence">Whether the operator chose to trade although the validation checks are missing or failed.</param>
internal sealed record SessionStarted(long Timestamp, string Tag, string Account, string Configuration, string Broker, string Host,
    int Process,
    bool WithoutEvidence) : JournalEvent(Timestamp)
{
    /// <summary>Version of the program that traded.</summary>
    public string Program { get; init; } = "";

    /// <summary>The production configuration, so the journal alone shows what was traded; null in a journal without it.</summary>
    public EarlierConfiguration? Traded { get; init; }

    /// <summary>The instruments of the feed, by which quantities, prices and factors are rounded.</summary>
    public IReadOnlyList<Instrument> Instruments { get; init; } = [];
}

/// <summary>The bars that closed at one time and that the session acts on.</summary>
/// <param name="Warm">Whether they only warm up: strategies process them, but the session does not trade on them.</param>
internal sealed record BarsTaken(long Timestamp, IReadOnlyList<ClosedBar> Bars, bool Warm = false) : JournalEvent(Timestamp);

/// <summary>Exchange rates that the session counts with from its next bars on.</summary>
/// <param name="Currency">The account's currency, in which the rates are.</param>
internal sealed record RatesTaken(long Timestamp, string Currency, IReadOnlyList<TakenRate> Rates) : JournalEvent(Timestamp);

/// <summary>A strategy's entry signal and the portfolio's decision on it.</summary>
/// <param name="Period">Open time of the bar at whose close it was made, UTC ticks; with strategy and number the signal's identity.</param>
/// <param name="ValidUntil">Last bar open at which it may still fill, UTC ticks.</param>
/// <param name="Quantity">Requested by the strategy, base units.</param>
/// <param name="Granted">Accepted by the portfolio, base units; 0 if it refused the signal.</param>
/// <param name="Prediction">The prediction of the strategy's model; NaN without a model or a prediction.</param>
/// <param name="Factors">Factor values at the signal, by name.</param>
internal sealed record SignalDecided(long Timestamp, int Number, long Period, Side Side, OrderType Type, double Price, double Quantity,
    double Stop, double Target, long ValidUntil,
    double Prediction, double SizeFactor, Decision Decision, double Granted, IReadOnlyDictionary<string, double> Factors)
        : JournalEvent(Timestamp)
{
    /// <summary>The version of the strategy's model that judged it; 0 without a model, null in a journal without versions.</summary>
    public int? ModelVersion { get; init; }
}

/// <summary>An order is about to be sent; written before the order leaves.</summary>
/// <param name="Trade">Number of the strategy's signal that the order belongs to.</param>
internal sealed record OrderIntended(long Timestamp, BrokerOrder Order, OrderRole Role, int Trade, ExitReason Reason)
    : JournalEvent(Timestamp);

/// <summary>The venue answered a submission, a query or a cancellation, or its answer timed out.</summary>
/// <param name="Status">Null if no answer came in time: the order's state is unknown, and the session queries it.</param>
internal sealed record OrderAnswered(long Timestamp, string ClientId, BrokerOrderStatus? Status) : JournalEvent(Timestamp);

/// <summary>The venue reported a fill or a change of state.</summary>
internal sealed record VenueReported(long Timestamp, BrokerEvent Event) : JournalEvent(Timestamp);

/// <summary>All effects of an order are booked.</summary>
internal sealed record OrderClosed(long Timestamp, string ClientId) : JournalEvent(Timestamp);

internal enum TradeState : byte
{
    Active,
    Closed,
}

/// <summary>State of a trade of the account after a fill.</summary>
/// <param name="Quantity">Entered so far, base units.</param>
/// <param name="Open">Still open, base units.</param>
/// <param name="EntryPrice">Volume-weighted.</param>
/// <param name="ExitPrice">Volume-weighted; 0 while nothing is closed.</param>
/// <param name="Profit">Realised profit before fees, in the currency of the prices.</param>
/// <param name="EntryTime">Venue time of the first fill, UTC ticks.</param>
/// <param name="ExitTime">Venue time of the last closing fill, UTC ticks; 0 while active.</param>
/// <param name="Why">stop, target, trail, or the strategy's reason; empty while active.</param>
internal sealed record TradeChanged(long Timestamp, int Number, TradeState State, Side Side, double Quantity, double Open,
    double EntryPrice, double ExitPrice, double Profit, double Fees, long EntryTime, long ExitTime, string Why) : JournalEvent(Timestamp)
{
    /// <summary>The value of its amounts in the account's currency; null if they are in it, and while the trade is open.</summary>
    public double? Rate { get; init; }
}

/// <summary>Position of the account in a symbol after a fill or a reconciliation.</summary>
/// <param name="Quantity">Signed base units.</param>
internal sealed record PositionChanged(long Timestamp, double Quantity) : JournalEvent(Timestamp);

/// <summary>New weights take effect from the next time slice on.</summary>
/// <param name="Version">The weights service's version; 0 = the weights of the production configuration.</param>
internal sealed record WeightsChanged(long Timestamp, long Version, IReadOnlyDictionary<string, double> Weights, string Who, string Why)
    : JournalEvent(Timestamp);

/// <summary>The configuration's policy set the weights for the signals of the bars that closed.</summary>
/// <param name="Weights">By strategy id; the remainder to 1 is cash.</param>
internal sealed record WeightsDecided(long Timestamp, IReadOnlyDictionary<string, double> Weights) : JournalEvent(Timestamp);

/// <summary>A different version of the configuration's policy sets the weights from the next time slice on.</summary>
/// <param name="Model">Its name in the registry.</param>
/// <param name="Hash">SHA-256 of the version, lower-case hex.</param>
internal sealed record PolicyChanged(long Timestamp, string Model, int Version, string Hash) : JournalEvent(Timestamp);

/// <summary>A different version of a model filters entries from the next time slice on.</summary>
/// <param name="Model">Its name in the registry.</param>
/// <param name="Hash">SHA-256 of the version, lower-case hex.</param>
internal sealed record ModelChanged(long Timestamp, string Model, int Version, string Hash) : JournalEvent(Timestamp);

/// <summary>The watch of a strategy's model found that its predictions got worse, or as good as before.</summary>
/// <param name="Model">Its name in the registry; without a registry the name that the configuration gives it.</param>
/// <param name="IsWorse">Whether they got worse: the strategy's entries are reduced from the next one on.</param>
/// <param name="IsFurther">Whether entries were reduced already.</param>
/// <param name="Weight">The part of their size that entries get, 0 to 1.</param>
/// <param name="Before">Share of wrong predictions before they got worse, 0 to 1.</param>
/// <param name="After">Share of wrong predictions of the newest trades, 0 to 1.</param>
/// <param name="Trades">The number of these trades.</param>
internal sealed record ModelWatched(long Timestamp, string Model, bool IsWorse, bool IsFurther, double Weight, double Before, double After,
    int Trades) : JournalEvent(Timestamp);

/// <summary>A strategy, or a symbol with its strategies, was enabled or disabled.</summary>
internal sealed record EnablementChanged(long Timestamp, bool Enabled, string Who, string Why)
    : JournalEvent(Timestamp), ICommanded
{
    /// <inheritdoc/>
    public string? CommandId { get; init; }
}

/// <summary>An event that carries out an operator's command.</summary>
internal interface ICommanded
{
    /// <summary>Id of the command, so a session that finds it again does not repeat it; null for one without an id.</summary>
    string? CommandId { get; }
}

internal enum SessionCommand : byte
{
    /// <summary>Stop entries; exits, stops and targets continue.</summary>
    Pause,
    Resume,
    /// <summary>Close all positions and pause.</summary>
    Flatten,
    ReloadWeights,
    Stop,
    /// <summary>Permit entries of a strategy, or of a symbol with its strategies, again.</summary>
    Enable,
    /// <summary>Stop entries of a strategy or symbol; its open trades continue.</summary>
    Disable,
    /// <summary>Close one trade of the account; entries continue.</summary>
    Close,
}

/// <summary>The operator, or the session itself, issued a command.</summary>
internal sealed record SessionControlled(long Timestamp, SessionCommand Command, string Who, string Why)
    : JournalEvent(Timestamp), ICommanded
{
    /// <inheritdoc/>
    public string? CommandId { get; init; }

    /// <summary>The client id of the entry of the trade to close; null for the other commands.</summary>
    public string? Trade { get; init; }
}

/// <summary>Our books and the venue's differed, and what was done about it by which rule.</summary>
/// <param name="Adjustment">Change of our position in the symbol, signed base units; 0 if only orders differed.</param>
internal sealed record Reconciled(long Timestamp, string Rule, string Difference, double Adjustment) : JournalEvent(Timestamp);

/// <summary>The stop of an open trade is about to be moved; written before the order is sent.</summary>
internal sealed record StopMoved(long Timestamp, string ClientId, double Price) : JournalEvent(Timestamp);

/// <summary>The portfolio accepted a signal, but the session sent no order for it.</summary>
/// <param name="Why">paused, late, ruined, rates (no exchange rate is young enough),
/// blocked (the symbol waits for an operator), unreconciled (the venue has not answered since the
/// start).</param>
internal sealed record EntrySkipped(long Timestamp, int Number, string Why) : JournalEvent(Timestamp);

/// <summary>An order changed its state.</summary>
/// <param name="Reason">The venue's reason; empty if it gave none.</param>
internal sealed record OrderChanged(long Timestamp, string ClientId, OrderState From, OrderState To, string Reason)
    : JournalEvent(Timestamp);

/// <summary>The session went from one state to another.</summary>
/// <param name="From">Empty at its start.</param>
/// <param name="Why">Reason for its wait; empty if it does not wait.</param>
internal sealed record SessionChanged(long Timestamp, string From, string To, string Why) : JournalEvent(Timestamp);

/// <summary>The portfolio cut, closed or expired a trade of a strategy or a waiting entry.</summary>
/// <param name="Number">Number of the strategy's signal.</param>
/// <param name="Action">cut, closed or expired.</param>
/// <param name="Share">The share of the trade that it concerns.</param>
internal sealed record PortfolioActed(long Timestamp, int Number, string Action, ExitReason Reason, double Share) : JournalEvent(Timestamp);
