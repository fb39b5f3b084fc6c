using Orleans.Configuration;

namespace Granary.Silo.Clustering;

/// <summary>Settings of failure detection; by default work continues elsewhere 5 s after a kill.</summary>
/// <remarks>
/// Silos probe one another, once a second by default, and <see cref="MissedProbes"/> probes without an answer are a vote for death.
/// One vote suffices in a cluster of two, a larger one needs two. Silos vote at the same time, so the second vote costs nothing.
/// The trade-off: a silo that lives but does not answer for that time (a swapping machine, a paused VM, a debugger)
/// is declared dead and must restart; Orleans' default is fifteen seconds. Three things keep that rare:
/// turns of grains are short and fewer at a time than there are processors, so probes are answered;
/// a probe's time-out grows while the prober finds itself overloaded; and a silo whose connection still carries messages is not voted dead.
/// The last one is bounded by <c>MaxProbeTimeout</c> times <see cref="MissedProbes"/>, the failure timeout: a half-open connection must not
/// hide a death for longer.
/// A silo that is wrongly declared dead loses only time: its work is replayed.
/// </remarks>
internal static class SiloMembership
{
    public const int MissedProbes = 3;

    /// <summary>
    /// Period at which a silo writes its heartbeat to the membership table. After <see cref="MissedHeartbeats"/> missed ones, a starting
    /// silo need not reach it. This decides how long the restart of a completely crashed cluster waits.
    /// </summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    public const int MissedHeartbeats = 3;

    /// <summary>How long a starting silo waits for a connection to a silo that the table lists as active.</summary>
    public static readonly TimeSpan Connect = TimeSpan.FromSeconds(1);

    /// <param name="failureTimeout">How long a silo may leave probes unanswered.</param>
    public static void Configure(ClusterMembershipOptions options, TimeSpan startTimeout, TimeSpan failureTimeout)
    {
        options.ProbeTimeout = failureTimeout / MissedProbes;
        options.MaxProbeTimeout = options.ProbeTimeout;
        options.NumMissedProbesLimit = MissedProbes;
        options.NumVotesForDeathDeclaration = 2;
        options.DeathVoteExpirationTimeout = TimeSpan.FromSeconds(30) + failureTimeout;
        options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        options.IAmAliveTablePublishTimeout = Heartbeat;
        options.NumMissedTableIAmAliveLimit = MissedHeartbeats;
        options.MaxJoinAttemptTime = startTimeout;
        options.DefunctSiloExpiration = TimeSpan.FromDays(1);
    }
}
