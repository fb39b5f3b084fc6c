using Orleans.Concurrency;

namespace Granary.Cluster.Portfolios;

/// <summary>The list of portfolios with live sessions; a single grain.</summary>
[Alias("granary.ISessionListGrain")]
internal interface ISessionListGrain : IGrainWithIntegerKey
{
    const long Key = 0;

    [Alias("Started")]
    Task StartedAsync(string session);

    [Alias("Ended")]
    Task EndedAsync(string session);

    /// <summary>Returns the sessions that must run.</summary>
    [AlwaysInterleave, Alias("Running")]
    Task<IReadOnlyList<string>> RunningAsync(CancellationToken cancellationToken = default);

    /// <summary>Returns all sessions, newest first.</summary>
    [AlwaysInterleave, Alias("All")]
    Task<IReadOnlyList<string>> AllAsync(CancellationToken cancellationToken = default);
}
