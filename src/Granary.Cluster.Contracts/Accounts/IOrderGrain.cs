using Granary.Engine.Market;
using Granary.Trading.Live;
using Orleans.Concurrency;

namespace Granary.Cluster.Accounts;

/// <summary>
/// One account at one broker; the key is the account's name. It holds the journal with its lease, the order manager and the broker. It
/// writes each order, sends it, and writes the result. It belongs to a session while that runs; the next activation of the portfolio
/// takes it over.
/// </summary>
/// <remarks>
/// Two things make it the account's only owner: its identity in the cluster, and the journal's lease, without which it writes and sends
/// nothing. An activation that is cut off has either lost the lease's connection, or its successor waits for the lease.
/// <para>
/// The calls that work for a session take the steps that waited for them, and perform those first. If the work takes long, for example
/// while the journal's database is away, they answer early, and <see cref="AwaitAsync"/> continues to wait. Times are market time, UTC
/// ticks.
/// </para>
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
    /// <param name="after">Number of the last entry of the page before; 0 for the first page.</param>
    /// <param name="without">Kinds of entries that are left out.</param>
    [Alias("ReadEntries")]
    Task<IReadOnlyList<GatewayEvent>> ReadEntriesAsync(long epoch, long after, string[] without);

    /// <summary>Connects to the broker.</summary>
    /// <param name="tag">Prefix of the account's client order ids.</param>
    [ResponseTimeout("00:01:00"), Alias("Begin")]
    Task BeginAsync(long epoch, string tag, double cash, IReadOnlyDictionary<string, Instrument> instruments);

    /// <summary>Writes facts to the journal at once.</summary>
    [Alias("Append")]
    Task<GatewayAnswer> AppendAsync(long epoch, IReadOnlyList<WaitingStep> waiting, IReadOnlyList<GatewayEvent> facts);

    /// <summary>Writes the facts that wait in the grain: all of them, or those that have waited long enough.</summary>
    [Alias("Flush")]
    Task<GatewayAnswer> FlushAsync(long epoch, IReadOnlyList<WaitingStep> waiting, bool onlyIfDue);

    /// <summary>Queries orders whose state is unknown, and books executions.</summary>
    [Alias("Poll")]
    Task<GatewayAnswer> PollAsync(long epoch, IReadOnlyList<WaitingStep> waiting, long timestamp);

    /// <summary>Writes facts and intended orders in one piece, then sends the orders.</summary>
    [Alias("Send")]
    Task<GatewayAnswer> SendAsync(long epoch, IReadOnlyList<WaitingStep> waiting, long timestamp, IReadOnlyList<GatewayEvent> facts,
        IReadOnlyList<GatewayEvent> intents);

    /// <param name="order">Client id of the order; an unknown one changes nothing.</param>
    [Alias("Cancel")]
    Task<GatewayAnswer> CancelAsync(long epoch, IReadOnlyList<WaitingStep> waiting, long timestamp, string order);

    /// <summary>Moves the protective stop of an entry; the answer says whether the broker accepted it.</summary>
    /// <param name="entry">Client id of the entry.</param>
    [Alias("MoveStop")]
    Task<GatewayAnswer> MoveStopAsync(long epoch, IReadOnlyList<WaitingStep> waiting, long timestamp, string entry, double price);

    /// <summary>Compares the account with the broker's; the answer has the differences.</summary>
    [Alias("Synchronise")]
    Task<GatewayAnswer> SynchroniseAsync(long epoch, IReadOnlyList<WaitingStep> waiting, long timestamp);

    /// <summary>Returns the state of the current work, within about a second.</summary>
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
[GenerateSerializer, Immutable, Alias("granary.GatewayOpened")]
public sealed record GatewayOpened([property: Id(0)] string Broker, [property: Id(1)] string Name, [property: Id(2)]
    string? Cut, [property: Id(3)] string Where);

/// <summary>An entry of the journal.</summary>
/// <param name="Sequence">Its number in the journal; 0 for a new entry.</param>
/// <param name="Body">UTF-8 JSON.</param>
[GenerateSerializer, Immutable, Alias("granary.GatewayEvent")]
public readonly record struct GatewayEvent([property: Id(0)] long Sequence, [property: Id(1)] string Kind, [property: Id(2)]
    string Strategy, [property: Id(3)] string Symbol, [property: Id(4)] byte[] Body);

/// <summary>A closed bar.</summary>
/// <param name="Time">Time of its open, UTC ticks.</param>
[GenerateSerializer, Immutable, Alias("granary.GatewayBar")]
public readonly record struct GatewayBar(
    [property: Id(0)] string Symbol, [property: Id(1)] string Timeframe, [property: Id(2)] long Time, [property: Id(3)]
        double Open, [property: Id(4)] double High,
    [property: Id(5)] double Low, [property: Id(6)] double Close, [property: Id(7)] double Volume);

/// <summary>The result of work for a session.</summary>
/// <param name="Done">false while it continues.</param>
/// <param name="Facts">Facts written meanwhile, in order: answers, fills, closed trades, reconciliations.</param>
/// <param name="JournalFault">Why the journal cannot be written; null if it can.</param>
/// <param name="VenueFault">Why the broker does not answer; null if it does.</param>
/// <param name="Appending">Ticks spent on appends since the session took the account.</param>
/// <param name="SinceFirstSent">Ticks from the first order of the last call to the answer; negative if none was sent.</param>
/// <param name="Moved">Whether the broker accepted the stop.</param>
/// <param name="Found">Differences to the broker that a synchronisation found.</param>
[GenerateSerializer, Immutable, Alias("granary.GatewayAnswer")]
public sealed record GatewayAnswer(
    [property: Id(0)] bool Done,
    [property: Id(1)] GatewayEvent[] Facts,
    [property: Id(2)] string? JournalFault,
    [property: Id(3)] string? VenueFault,
    [property: Id(4)] long Appending,
    [property: Id(5)] long SinceFirstSent,
    [property: Id(6)] bool Moved,
    [property: Id(7)] string[] Found);
