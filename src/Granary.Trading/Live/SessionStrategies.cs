using System.Collections.Frozen;
using Granary.Contracts.Sessions;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;

namespace Granary.Trading.Live;

/// <summary>Shows the strategies of a live session while it runs. Any thread may ask, and none waits for the session's.</summary>
/// <param name="owners">Who owns the runs; null = the session itself.</param>
public sealed class SessionStrategies(IStrategyOwners? owners = null)
{
    private volatile FrozenDictionary<string, LiveStrategy>? _running;

    /// <summary>Returns when the runs may be made.</summary>
    internal Task OwnAsync(BatchPlan plan, CancellationToken cancellationToken) =>
        owners?.OwnAsync([.. plan.Instances.Select(i => i.Id)], cancellationToken) ?? Task.CompletedTask;

    /// <summary>Takes the strategies of a session whose runs are made.</summary>
    internal void Begin(IEnumerable<LiveStrategy> strategies) =>
        _running = strategies.ToFrozenDictionary(s => s.Instance.Id, StringComparer.Ordinal);

    /// <summary>The session is over, or was interrupted: its strategies are no longer shown.</summary>
    public void End() => _running = null;

    /// <returns>null if the session is not under way, or has no such strategy.</returns>
    public SessionStrategy? Find(string id) => _running?.GetValueOrDefault(id)?.Standing;

    /// <summary>The answer for a strategy of a session that runs, and does not show it.</summary>
    /// <param name="session">The account of the session.</param>
    /// <param name="known">Ids of the strategies of its configuration.</param>
    /// <returns>null: the configuration has no such strategy.</returns>
    /// <exception cref="ServiceUnavailableException">It has; the session opens its account, or comes back from a loss.</exception>
    public static SessionStrategy? Missing(string session, string strategy, IReadOnlySet<string> known) => !known.Contains(strategy) ? null
        : throw new ServiceUnavailableException($"the session of {session} is opening its account or coming back from a loss, and does not "
            + $"show {strategy} yet; ask again");

    /// <summary>The order that stops a strategy: its entries are refused, and its open trades go on to their exits.</summary>
    /// <param name="who">The caller's name, for the journal.</param>
    public static SessionOrder StopOrder(string strategy, string who, string why) =>
        new(Engine.Brokerage.SessionCommand.Disable, who, why, strategy);
}
