using System.Collections.Frozen;
using Granary.Contracts.Sessions;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;

namespace Granary.Trading.Live;

/// <summary>Shows the strategies of a running live session. Thread-safe; callers do not wait for the session's thread.</summary>
/// <param name="owners">The owners of the runs; null = the session itself.</param>
internal sealed class SessionStrategies(IStrategyOwners? owners = null)
{
    private volatile FrozenDictionary<string, LiveStrategy>? _running;

    /// <summary>Returns when the runs can be created.</summary>
    internal Task OwnAsync(BatchPlan plan, CancellationToken cancellationToken) =>
        owners?.OwnAsync([.. plan.Instances.Select(i => i.Id)], cancellationToken) ?? Task.CompletedTask;

    /// <summary>Adds the strategies of a session whose runs were created.</summary>
    internal void Begin(IEnumerable<LiveStrategy> strategies) =>
        _running = strategies.ToFrozenDictionary(s => s.Instance.Id, StringComparer.Ordinal);

    /// <summary>Removes the strategies, after the session has ended or was interrupted.</summary>
    public void End() => _running = null;

    /// <returns>Null if the session is not running, or has no such strategy.</returns>
    public SessionStrategy? Find(string id) => _running?.GetValueOrDefault(id)?.Snapshot;

    /// <summary>Handles a request for a strategy that a running session does not show.</summary>
    /// <param name="session">The session's account.</param>
    /// <param name="known">Ids of the strategies in its configuration.</param>
    /// <returns>Null if the configuration has no such strategy.</returns>
    /// <exception cref="ServiceUnavailableException">The strategy exists; the session is opening its account, or recovering from a
    /// loss.</exception>
    public static SessionStrategy? Missing(string session, string strategy, IReadOnlySet<string> known) => !known.Contains(strategy) ? null
        : throw new ServiceUnavailableException($"the session of {session} is opening its account or recovering from a loss, and does not "
            + $"show {strategy} yet; ask again");

    /// <summary>Creates the command that stops a strategy: its entries are refused; its open trades continue to their exits.</summary>
    /// <param name="who">The caller's name, for the journal.</param>
    public static IssuedCommand StopOrder(string strategy, string who, string why) =>
        new(Engine.Brokerage.SessionCommand.Disable, who, why, strategy);
}
