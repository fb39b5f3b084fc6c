using Granary.Application.Hosting;
using Granary.Engine.Backtesting;
using Granary.Engine.Portfolio;

namespace Granary.Application.Batches;

/// <summary>
/// Runs members of the portfolio a second time, with accounts that make an entry smaller which they cannot pay. A strategy's own account
/// rejects it, and so does not know
/// how the trade went on; the portfolio takes the smaller entry and follows this run to its exit. Only members whose own account was
/// short of cash are run again: the
/// others would do the same.
/// </summary>
internal static class MemberRuns
{
    /// <summary>Whether a portfolio follows runs with resizing accounts.</summary>
    public static bool Resizes(PortfolioSpec portfolio) => portfolio.Sizing.OnInsufficientCash == InsufficientCash.Resize;

    /// <param name="weights">By strategy index; those without are no members.</param>
    /// <param name="spool">Has the events of the strategies' own runs, and takes those of the members'.</param>
    /// <param name="host">Of this process: a cluster is not told of resizing accounts.</param>
    /// <exception cref="OperationCanceledException">Some members have no run to follow.</exception>
    public static async Task RunAsync(
        BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, IReadOnlyList<double> weights, EventSpool spool,
            EmbeddedHost host, CancellationToken cancellationToken)
    {
        if (!Resizes(plan.Spec.Portfolio)) return;
        var again = plan.Instances.Where(i => weights[i.Index] != 0 && WasShort(spool, i.Index)).Select(i => i.Index).ToHashSet();
        if (again.Count == 0) return;
        await host.RunAsync(plan.AsMembers(), markets, i => again.Contains(i.Index), spool.Members, plan.Spec.Outputs.Has("factors"),
            _ => { }, null, cancellationToken);
    }

    private static bool WasShort(EventSpool spool, int strategy)
    {
        for (var chunk = 0; chunk < spool.ChunkCount(strategy); chunk++)
        {
            var reader = new RunEventReader(spool.Read(strategy, chunk));
            while (reader.Next(out var e, out _))
                if (e.Kind == RunEventKind.CashShort)
                    return true;
        }
        return false;
    }
}
