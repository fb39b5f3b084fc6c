using Orleans.Concurrency;

namespace Granary.Cluster.Portfolios;

/// <summary>Which portfolios have had a live session; there is one of it.</summary>
[Alias("granary.ISessionListGrain")]
public interface ISessionListGrain : IGrainWithIntegerKey
{
    const long Key = 0;

    [Alias("Started")]
    Task StartedAsync(string session);

    [Alias("Ended")]
    Task EndedAsync(string session);

    /// <summary>Those that are to run.</summary>
    [AlwaysInterleave, Alias("Running")]
    Task<IReadOnlyList<string>> RunningAsync();

    /// <summary>The newest first.</summary>
    [AlwaysInterleave, Alias("All")]
    Task<IReadOnlyList<string>> AllAsync();
}
