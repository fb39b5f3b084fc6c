using Granary.Application.Live;
using Granary.Engine.Market;
using Orleans.Concurrency;

namespace Granary.Cluster.Accounts;

/// <summary>
/// One account at one venue; the key is the account's name. Holds its journal with the lease, the order manager and the way to the venue: what is to be sent
/// is written first, then sent, then what came of it is kept. A session has it for as long as it runs; the next activation of that session's portfolio takes it over.
/// </summary>
/// <remarks>It is the account's only owner twice over: by its identity in the cluster, and by the lease of the journal, without which nothing is written and so nothing sent. An
/// activation that was cut off and does not know it yet has lost the lease's connection, or keeps the next one waiting for it.</remarks>
[Alias("granary.IOrderGrain")]
public interface IOrderGrain : IGrainWithStringKey
{
    /// <summary>Takes the account's lease for a session. The same session again changes nothing; a later epoch takes it over from an earlier one.</summary>
    /// <exception cref="Granary.Data.Journals.LeaseException">Another session trades the account.</exception>
    /// <exception cref="Granary.Data.Journals.JournalException">The journal cannot be reached.</exception>
    [ResponseTimeout("00:01:00"), Alias("Open")]
    Task<DeskOpened> OpenAsync(long epoch, SessionStart start);

    /// <summary>What the journal holds behind an entry, a page of it; none where there is nothing more.</summary>
    [Alias("Read")]
    Task<IReadOnlyList<DeskFact>> ReadAsync(long epoch, long after);

    /// <summary>Opens the way to the venue.</summary>
    /// <param name="tag">Begins every client order id of the account.</param>
    [ResponseTimeout("00:01:00"), Alias("Begin")]
    Task BeginAsync(long epoch, string tag, double cash, IReadOnlyDictionary<string, Instrument> instruments);

    /// <summary>Does some steps, in their order. Where they take long, as while the journal's database is gone, it answers before they are done, and <see cref="AwaitAsync"/> waits on.</summary>
    [Alias("Do")]
    Task<DeskAnswer> DoAsync(long epoch, IReadOnlyList<DeskStep> steps);

    /// <summary>How the steps under way are, about a second later at the latest.</summary>
    [Alias("Await")]
    Task<DeskAnswer> AwaitAsync(long epoch);

    /// <summary>Lets the account go, lease and all; of an earlier epoch than the one that has it nothing happens.</summary>
    [Alias("Close")]
    Task CloseAsync(long epoch);

    /// <summary>Where it is; null where it is nowhere.</summary>
    [AlwaysInterleave, Alias("Where")]
    Task<string?> WhereAsync();
}

/// <param name="Name">Of the journal.</param>
/// <param name="Cut">What opening it had to cut off; null where it was whole.</param>
/// <param name="Where">The silo.</param>
[GenerateSerializer, Immutable, Alias("granary.DeskOpened")]
public sealed record DeskOpened([property: Id(0)] string Broker, [property: Id(1)] string Name, [property: Id(2)] string? Cut, [property: Id(3)] string Where);

/// <summary>A fact as journals write it.</summary>
/// <param name="Sequence">Its number where it comes from the journal; 0 otherwise.</param>
/// <param name="Body">UTF-8 JSON.</param>
[GenerateSerializer, Immutable, Alias("granary.DeskFact")]
public readonly record struct DeskFact([property: Id(0)] long Sequence, [property: Id(1)] string Kind, [property: Id(2)] string Strategy, [property: Id(3)] string Symbol, [property: Id(4)] byte[] Body);

[GenerateSerializer, Alias("granary.DeskVerb")]
public enum DeskVerb
{
    /// <summary>Keep facts that can wait.</summary>
    Note = 0,

    /// <summary>Keep facts before anything else.</summary>
    Append = 1,

    /// <summary>Write what has waited long enough.</summary>
    FlushIfDue = 2,

    /// <summary>Write all that waits.</summary>
    Flush = 3,

    /// <summary>Bars close, for a venue that lives on them.</summary>
    Hear = 4,

    /// <summary>Ask for what is unknown, and book what was executed.</summary>
    Poll = 5,

    /// <summary>Write facts and intents, and send the orders.</summary>
    Send = 6,

    Cancel = 7,
    MoveStop = 8,
    Synchronise = 9,

    /// <summary>The operator has looked at the differences.</summary>
    Unblock = 10,
}

/// <param name="Instant">Market time, UTC ticks.</param>
/// <param name="Order">Client id of the order that it is about; empty where it is about none.</param>
/// <param name="Price">Of a stop that is moved.</param>
[GenerateSerializer, Immutable, Alias("granary.DeskStep")]
public sealed record DeskStep(
    [property: Id(0)] DeskVerb Verb,
    [property: Id(1)] long Instant,
    [property: Id(2)] DeskFact[] Facts,
    [property: Id(3)] DeskBar[] Bars,
    [property: Id(4)] string Order,
    [property: Id(5)] double Price);

/// <summary>A bar that closes.</summary>
/// <param name="Time">Its open, UTC ticks.</param>
[GenerateSerializer, Immutable, Alias("granary.DeskBar")]
public readonly record struct DeskBar(
    [property: Id(0)] string Symbol, [property: Id(1)] string Timeframe, [property: Id(2)] long Time, [property: Id(3)] double Open, [property: Id(4)] double High,
    [property: Id(5)] double Low, [property: Id(6)] double Close, [property: Id(7)] double Volume);

/// <summary>What came of some steps.</summary>
/// <param name="Done">false where they are under way still.</param>
/// <param name="Facts">That the desk has kept meanwhile, in order: answers, fills, what was closed and reconciled.</param>
/// <param name="JournalFault">Why the journal cannot be written; null while it can.</param>
/// <param name="VenueFault">Why the venue does not answer; null while it does.</param>
/// <param name="Appending">Ticks spent in appending, since the session has the account.</param>
/// <param name="Blocked">Symbols in which no entry is made until an operator has looked.</param>
/// <param name="Sent">Orders sent since the session has the account.</param>
/// <param name="SinceFirstSent">Ticks from the first order of the last lot to the answer; negative where none was sent.</param>
/// <param name="Moved">Whether the venue has taken the stop.</param>
/// <param name="Found">Differences to the venue that a synchronisation found.</param>
[GenerateSerializer, Immutable, Alias("granary.DeskAnswer")]
public sealed record DeskAnswer(
    [property: Id(0)] bool Done,
    [property: Id(1)] DeskFact[] Facts,
    [property: Id(2)] string? JournalFault,
    [property: Id(3)] string? VenueFault,
    [property: Id(4)] long Appending,
    [property: Id(5)] string[] Blocked,
    [property: Id(6)] int Differences,
    [property: Id(7)] long Sent,
    [property: Id(8)] long SinceFirstSent,
    [property: Id(9)] bool Moved,
    [property: Id(10)] string[] Found);
