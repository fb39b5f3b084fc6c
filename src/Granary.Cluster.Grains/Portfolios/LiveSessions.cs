using System.Collections.Concurrent;
using Granary.Trading.Live;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>The live sessions that run on this silo.</summary>
internal sealed class LiveSessions(IGrainFactory grains, ILocalSiloDetails silo, ILogger<RunningSession> logger)
{
    private readonly ConcurrentDictionary<string, RunningSession> _running = new(StringComparer.Ordinal);

    /// <returns>null where the account has no session on this silo.</returns>
    public RunningSession? Find(string account) => _running.GetValueOrDefault(account);

    /// <summary>Enters an attempt to run a session; it ends when it is disposed of.</summary>
    /// <param name="control">The way of its commands.</param>
    public RunningSession Open(string account, QueuedControl control)
    {
        var session = new RunningSession(account, control, grains, silo.SiloAddress, logger,
            own => _running.TryRemove(KeyValuePair.Create(account, own)));
        _running[account] = session;
        return session;
    }
}
