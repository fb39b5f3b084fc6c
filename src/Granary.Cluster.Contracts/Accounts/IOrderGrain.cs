using Granary.Application.Live;
using Granary.Engine.Market;
using Orleans.Concurrency;

namespace Granary.Cluster.Accounts;

/// <summary>
/// One account at one broker; the key is the account's name. It holds the journal with its lease, the order manager and the broker. It
/// writes
/// each order, sends it, and writes the result. It belongs to a session while that runs; the next activation of the portfolio takes it
/// over.
/// </summary>
/// <remarks>
/// Two things make it the account's only owner: its identity in the cluster, and the journal's lease, without which it writes and sends
/// nothing.
/// An activation that is cut off has either lost the lease's connection, or its successor waits for the lease.
/// </remarks>
[Alias("granary.IOrderGrain")]
public interface IOrderGrain : IGrainWithStringKey
{
    /// <summary>Takes the account's lease for a session. Repeated calls change nothing; a later epoch replaces an earlier one.</summary>
    /// <exception cref="Granary.Data.Journals.LeaseException">Another session trades the account.</exception>
    /// <exception cref="Granary.Data.Journals.JournalException">The journal cannot be reached.</exception>
    [ResponseTimeout("00:01:00"), Alias("Open")]
    Task<GatewayOpened> OpenAsync(long epoch, SessionStart start);

    /// <summary>Returns a page of the journal after an entry; empty at the end.</summary>
    [Alias("Read")]
    Task<IReadOnlyList<GatewayEvent>> ReadAsync(long epoch, long after);

    /// <summary>Connects to the broker.</summary>
    /// <param name="tag">Prefix of the account's client order ids.</param>
    [ResponseTimeout("00:01:00"), Alias("Begin")]
    Task BeginAsync(long epoch, string tag, double cash, IReadOnlyDictionary<string, Instrument> instruments);

    /// <summary>
    /// Carries out steps in order. If they take long, for example while the journal's database is away, it answers early, and
    /// <see cref="AwaitAsync"/> continues to wait.
    /// </summary>
    [Alias("Do")]
    Task<GatewayAnswer> DoAsync(long epoch, IReadOnlyList<GatewayStep> steps);

    /// <summary>Returns the state of the current steps, within about a second.</summary>
    [Alias("Await")]
    Task<GatewayAnswer> AwaitAsync(long epoch);

    /// <summary>Releases the account and its lease; a call of an earlier epoch has no effect.</summary>
    [Alias("Close")]
    Task CloseAsync(long epoch);

    /// <summary>Returns the silo that holds the account; null if none does.</summary>
    [AlwaysInterleave, Alias("Where")]
    Task<string?> WhereAsync();
}

/// <param name="Name">Name of the journal.</param>
/// <param name="Cut">The part that was cut off when it was opened; null if it was complete.</param>
/// <param name="Where">The silo.</param>
[GenerateSerializer, Immutable, Alias("granary.DeskOpened")]
public sealed record GatewayOpened([property: Id(0)] string Broker, [property: Id(1)] string Name, [property: Id(2)]
    string? Cut, [property: Id(3)] string Where);

/// <summary>An entry of the journal.</summary>
/// <param name="Sequence">Its number in the journal; 0 for a new entry.</param>
/// <param name="Body">UTF-8 JSON.</param>
[GenerateSerializer, Immutable, Alias("granary.DeskFact")]
public readonly record struct GatewayEvent([property: Id(0)] long Sequence, [property: Id(1)] string Kind, [property: Id(2)]
    string Strategy, [property: Id(3)] string Symbol, [property: Id(4)] byte[] Body);

[GenerateSerializer, Alias("granary.DeskVerb")]
public enum GatewayAction
{
    /// <summary>Write facts with the next append.</summary>
    Note = 0,

    /// <summary>Write facts at once.</summary>
    Append = 1,

    /// <summary>Write waiting facts that are due.</summary>
    FlushIfDue = 2,

    /// <summary>Write all waiting facts.</summary>
    Flush = 3,

    /// <summary>Pass closed bars to a simulated broker.</summary>
    OnEvent = 4,

    /// <summary>Query unknown orders and book executions.</summary>
    Poll = 5,

    /// <summary>Write facts and intents, and send the orders.</summary>
    Send = 6,

    Cancel = 7,
    MoveStop = 8,
    Synchronise = 9,

    /// <summary>The operator has confirmed the differences.</summary>
    Unblock = 10,
}

/// <param name="Timestamp">Market time, UTC ticks.</param>
/// <param name="Order">Client id of the order concerned; empty without one.</param>
/// <param name="Price">New price of a moved stop.</param>
[GenerateSerializer, Immutable, Alias("granary.DeskStep")]
public sealed record GatewayStep(
    [property: Id(0)] GatewayAction Verb,
    [property: Id(1)] long Timestamp,
    [property: Id(2)] GatewayEvent[] Facts,
    [property: Id(3)] GatewayBar[] Bars,
    [property: Id(4)] string Order,
    [property: Id(5)] double Price);

/// <summary>A closed bar.</summary>
/// <param name="Time">Time of its open, UTC ticks.</param>
[GenerateSerializer, Immutable, Alias("granary.DeskBar")]
public readonly record struct GatewayBar(
    [property: Id(0)] string Symbol, [property: Id(1)] string Timeframe, [property: Id(2)] long Time, [property: Id(3)]
        double Open, [property: Id(4)] double High,
    [property: Id(5)] double Low, [property: Id(6)] double Close, [property: Id(7)] double Volume);

/// <summary>The result of steps.</summary>
/// <param name="Done">false while they continue.</param>
/// <param name="Facts">Facts written meanwhile, in order: answers, fills, closed trades, reconciliations.</param>
/// <param name="JournalFault">Why the journal cannot be written; null if it can.</param>
/// <param name="VenueFault">Why the broker does not answer; null if it does.</param>
/// <param name="Appending">Ticks spent on appends since the session took the account.</param>
/// <param name="Blocked">Symbols without entries until an operator confirms.</param>
/// <param name="Sent">Orders sent since the session took the account.</param>
/// <param name="SinceFirstSent">Ticks from the first order of the last call to the answer; negative if none was sent.</param>
/// <param name="Moved">Whether the broker accepted the stop.</param>
/// <param name="Found">Differences to the broker that a synchronisation found.</param>
[GenerateSerializer, Immutable, Alias("granary.DeskAnswer")]
public sealed record GatewayAnswer(
    [property: Id(0)] bool Done,
    [property: Id(1)] GatewayEvent[] Facts,
    [property: Id(2)] string? JournalFault,
    [property: Id(3)] string? VenueFault,
    [property: Id(4)] long Appending,
    [property: Id(5)] string[] Blocked,
    [property: Id(6)] int Differences,
    [property: Id(7)] long Sent,
    [property: Id(8)] long SinceFirstSent,
    [property: Id(9)] bool Moved,
    [property: Id(10)] string[] Found);
