using Granary.Contracts.Sessions;
using Granary.Trading.Live;

namespace Granary.Cluster.Portfolios;

/// <summary>One attempt to run an account's session.</summary>
/// <param name="Account">Name of the account.</param>
/// <param name="Epoch">Number of the attempt, higher than all earlier attempts.</param>
/// <param name="Start">Configuration and options with which the session was started.</param>
/// <param name="Run">Id of the session's run, which all its attempts share.</param>
/// <param name="Commands">Commands that may not have been executed yet.</param>
[GenerateSerializer, Immutable, Alias("granary.SessionAttempt")]
internal sealed record SessionAttempt([property: Id(0)] string Account, [property: Id(1)] long Epoch, [property: Id(2)] SessionStart Start,
    [property: Id(3)] string Run, [property: Id(4)] IReadOnlyList<IssuedCommand> Commands);

/// <summary>State of an attempt to run an account's session, from the portfolio's grain.</summary>
/// <param name="Host">The portfolio's silo.</param>
/// <param name="Gateway">The silo that holds the account; empty before the account is open.</param>
/// <param name="Status">The session's status; null before the attempt has set one.</param>
/// <param name="Digest">Digest of the run; null unless the session ended in this attempt.</param>
/// <param name="Fault">The exception that ended the attempt; null without one.</param>
[GenerateSerializer, Immutable, Alias("granary.AttemptState")]
internal sealed record AttemptState([property: Id(0)] string Host, [property: Id(1)] string Gateway,
    [property: Id(2)] LiveStatus? Status, [property: Id(3)] string? Digest, [property: Id(4)] Exception? Fault)
{
    /// <summary>Whether the attempt has ended.</summary>
    public bool IsOver => Digest is not null || Fault is not null;
}
