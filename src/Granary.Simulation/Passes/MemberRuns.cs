using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>
/// Runs members of the portfolio a second time, with accounts that make an entry smaller which they cannot pay. A strategy's own account
/// rejects it, and so does not know
/// how the trade went on; the portfolio takes the smaller entry and follows this run to its exit. Only members whose own account was
/// short of cash are run again: the
/// others would do the same.
/// </summary>
public static class MemberRuns
{
    /// <summary>Whether a portfolio follows runs with resizing accounts.</summary>
    public static bool Resizes(PortfolioSpec portfolio) => portfolio.Sizing.OnInsufficientCash == InsufficientCash.Resize;

    /// <param name="weights">By strategy index; those without are no members.</param>
    /// <param name="log">Has the events of the strategies' own runs, and takes those of the members'.</param>
    /// <param name="host">Of this process: a cluster is not notified of resized accounts.</param>
    /// <exception cref="OperationCanceledException">Some members have no run to follow.</exception>
    public static async Task RunAsync(
        BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, IReadOnlyList<double> weights, EventLog log,
            EmbeddedHost host, CancellationToken cancellationToken)
    {
        var members = plan.Instances.Where(i => weights[i.Index] != 0).Select(i => i.Index);
        await RunAsync(plan, markets, members, (log, log.Members), host, cancellationToken);
    }

    /// <summary>The same for some strategies of a plan, in memory.</summary>
    /// <param name="own">Has the events of their own runs.</param>
    /// <returns>The events of those that run again; none where the portfolio rejects what cash does not pay.</returns>
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

    private static bool WasShort(IEventLog events, int strategy)
    {
        for (var chunk = 0; chunk < events.ChunkCount(strategy); chunk++)
        {
            var reader = new RunEventReader(events.Read(strategy, chunk));
            while (reader.Next(out var e, out _))
                if (e.Kind == RunEventKind.CashShort)
                    return true;
        }
        return false;
    }
}
