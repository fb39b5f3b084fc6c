using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>
/// Runs members of the portfolio a second time with accounts that reduce entries to the available cash. A strategy's own account rejects
/// such an entry, so the rest of the trade is unknown. The portfolio takes the smaller entry and follows this run to its exit. Only members
/// whose own account was short of cash run again; for the others the result would be the same.
/// </summary>
internal static class MemberRuns
{
    /// <summary>Whether a portfolio follows runs whose accounts resize entries.</summary>
    public static bool Resizes(PortfolioSpec portfolio) => portfolio.Sizing.OnInsufficientCash == InsufficientCash.Resize;

    /// <param name="weights">Weights by strategy index; strategies with weight 0 are not members.</param>
    /// <param name="log">Contains the events of the strategies' own runs and receives the members' events.</param>
    /// <param name="host">A host of this process, because a cluster does not support resizing accounts.</param>
    /// <exception cref="OperationCanceledException">Some members do not have a run to follow yet.</exception>
    public static async Task RunAsync(
        BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, IReadOnlyList<double> weights, EventLog log,
            EmbeddedHost host, CancellationToken cancellationToken)
    {
        var members = plan.Instances.Where(i => weights[i.Index] != 0).Select(i => i.Index);
        await RunAsync(plan, markets, members, (log, log.Members), host, cancellationToken);
    }

    /// <summary>Does the same for some strategies of a plan, in memory.</summary>
    /// <param name="own">Events of the strategies' own runs.</param>
    /// <returns>Events of the strategies that ran again; empty if the portfolio rejects entries that exceed its cash.</returns>
    public static async Task<MemoryEventLog> OfAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets,
        IReadOnlyList<int> strategies, IEventLog own, CancellationToken cancellationToken)
    {
        var members = new MemoryEventLog();
        await RunAsync(plan, markets, strategies, (own, members), new EmbeddedHost(1), cancellationToken);
        return members;
    }

    private static async Task RunAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, IEnumerable<int> strategies,
        (IEventLog Own, IEventSink Members) events, EmbeddedHost host, CancellationToken cancellationToken)
    {
        if (!Resizes(plan.Spec.Portfolio)) return;
        var again = strategies.Where(i => WasShort(events.Own, i)).ToHashSet();
        if (again.Count == 0) return;
        var pass = new StrategyPass(plan.AsMembers(), markets)
        {
            Include = i => again.Contains(i.Index),
            Events = events.Members,
            WithFactors = plan.Spec.Outputs.Has("factors"),
        };
        await host.RunAsync(pass, cancellationToken);
    }

    private static bool WasShort(IEventLog events, int strategy) =>
        events.Events(strategy).Any(e => e.Kind == RunEventKinds.CashShort);
}
