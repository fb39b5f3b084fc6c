using System.Text.Json.Serialization;
using Granary.Contracts.Batches;
using Granary.Engine.Trading;

namespace Granary.Contracts.Sessions;

/// <summary>The phase of a session.</summary>
public enum SessionPhase : byte
{
    /// <summary>It trades, or it recovers after its process or silo was lost.</summary>
    Running = 0,

    /// <summary>
    /// Its feed has ended, or its operator has stopped it. Its run is written, unless it was stopped while it waited: then it has no
    /// digest, and <see cref="SessionView.Fault"/> says what it waited for.
    /// </summary>
    Done = 1,

    /// <summary>It failed; <see cref="SessionView.Fault"/> gives the reason.</summary>
    Failed = 2,

    /// <summary>Its silo shuts down. It trades there until another silo is prepared, which then takes it.</summary>
    HandingOver = 3,
}

/// <summary>A session and its status.</summary>
/// <param name="Id">The account's id.</param>
/// <param name="Run">Name of its run's folder.</param>
/// <param name="Host">The process or silo that runs its portfolio; empty while none does.</param>
/// <param name="Gateway">The process or silo that sends its orders.</param>
/// <param name="Status">Null before its first bar.</param>
/// <param name="Digest">Digest of the whole run; null until it is written.</param>
/// <param name="Fault">Why it failed, what it waits for, or what it waited for when it was stopped; null without a fault.</param>
/// <param name="Restarts">How many interruptions, such as the loss of its process, silo or journal, it recovered from.</param>
public sealed record SessionView(string Id, string Run, SessionPhase Phase, string StartedBy, DateTimeOffset StartedAt, string Host,
    [property: JsonPropertyName("desk")] string Gateway, LiveStatus? Status, string? Digest, string? Fault, int Restarts,
        IReadOnlyList<string> Files)
{
    /// <summary>Whether it has not ended: it trades, recovers, or is handed over to another silo.</summary>
    [JsonIgnore]
    public bool IsRunning => Phase is SessionPhase.Running or SessionPhase.HandingOver;

    /// <summary>The pause before its next attempt; null while it runs.</summary>
    public SessionRetry? Retry { get; init; }
}

/// <summary>The pause of an interrupted session before its next attempt.</summary>
/// <param name="Attempts">Attempts since its last bar that failed.</param>
/// <param name="NextAt">When the next attempt begins, UTC.</param>
/// <param name="Reason">Why the last attempt failed, one sentence.</param>
public sealed record SessionRetry(int Attempts, DateTimeOffset NextAt, string Reason)
{
    /// <summary>After this many attempts the pauses become longer.</summary>
    public const int ShortPauses = 20;

    /// <summary>Whether this is the first failed attempt, which is logged as a warning.</summary>
    [JsonIgnore]
    public bool IsFirst => Attempts == 1;

    /// <summary>Whether the pauses become longer after this attempt. It is logged as an error, later ones for debugging only.</summary>
    [JsonIgnore]
    public bool IsLasting => Attempts == ShortPauses;
}

/// <summary>One strategy of a live session while the session runs; the numbers are those of its own, simulated account.</summary>
/// <param name="Id">The strategy's id, as <c>Class(a=1,b=2)@SYMBOL:TF</c>.</param>
/// <param name="State">Waiting before its first bar, running, or failed; a failed strategy trades no more.</param>
/// <param name="Bars">Bars seen so far, those before the session's first trade included.</param>
/// <param name="Trades">Trades closed so far.</param>
/// <param name="Equity">Cash and open position at the last close, in the account's currency; null before the first bar, and if it
/// failed.</param>
/// <param name="Positions">Open position of each symbol, base units, negative = short.</param>
/// <param name="Error">Why it failed; null otherwise.</param>
/// <param name="Enabled">Whether the portfolio accepts its entries; open trades continue in any case.</param>
/// <param name="Weight">Its weight in the portfolio now; 0 = not traded.</param>
public sealed record SessionStrategy(string Id, StrategyPhase State, long Bars, long Trades, double? Equity,
    IReadOnlyDictionary<string, double> Positions, string? Error, bool Enabled, double Weight)
{
    /// <summary>Whether a stop has an effect: the strategy has not failed and may enter.</summary>
    [JsonIgnore]
    public bool CanStop => Enabled && State != StrategyPhase.Failed;
}

/// <summary>A command to a session.</summary>
/// <param name="Command">pause, resume, flatten, reload, stop, enable, disable, close, protect, enter, reverse.</param>
/// <param name="Why">Kept in the journal beside the key's name.</param>
/// <param name="Strategy">The strategy to enable or disable.</param>
/// <param name="Symbol">Instead of a strategy: a symbol, for all strategies that trade it; for <c>enter</c> the symbol to enter.</param>
/// <param name="Trade">The trade to close, protect or reverse: the <c>entry</c> of a trade in the status.</param>
public sealed record NewCommand(string? Command, string? Why, string? Strategy, string? Symbol, string? Trade)
{
    /// <summary>For <c>close</c>: the part to close, base units; null = the whole trade.</summary>
    public double? Quantity { get; init; }

    /// <summary>For <c>enter</c>.</summary>
    public Side? Side { get; init; }

    /// <summary>For <c>enter</c>: the limit price; null = a market order.</summary>
    public double? Price { get; init; }

    /// <summary>For <c>enter</c>.</summary>
    public HandSize? Size { get; init; }

    /// <summary>For <c>protect</c>, <c>enter</c> and <c>reverse</c>; 0 = none. Null = none, but <c>protect</c> keeps its stop.</summary>
    public double? Stop { get; init; }

    /// <summary>For <c>protect</c>, <c>enter</c> and <c>reverse</c>; 0 = none. Null = none, but <c>protect</c> keeps its target.</summary>
    public double? Target { get; init; }

    /// <summary>Whether the session only answers what the command would do, as <c>preview</c> of its status.</summary>
    public bool Preview { get; init; }
}
