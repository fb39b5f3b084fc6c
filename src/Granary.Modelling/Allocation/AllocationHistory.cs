using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Allocation;

/// <summary>
/// Past events of a batch's strategies in one order, with the traded instruments. Allocators learn from them.
/// </summary>
internal sealed record AllocationHistory(BatchPlan Plan, PortfolioTimeline Timeline, IReadOnlyList<Instrument> Instruments)
{
    /// <summary>Reads the events of some strategies and the bars of their markets.</summary>
    /// <param name="strategies">Indices of the strategies in the plan.</param>
    public static async Task<AllocationHistory> ReadAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets,
        IEventLog log, IReadOnlyCollection<int> strategies, CancellationToken cancellationToken)
    {
        // The portfolio's driver uses the same order of instruments.
        List<Instrument> instruments = [.. markets.Values.OrderBy(m => m.Symbol, StringComparer.Ordinal).Select(m => m.Instrument)];
        var timeline = new PortfolioTimeline(instruments.Select((x, i) => (x.Symbol, i))
            .ToDictionary(x => x.Symbol, x => x.i, StringComparer.Ordinal))
        { Paths = IntrabarPaths.ReaderOf(plan.Spec, markets) };
        var members = strategies.ToHashSet();
        var bars = MarketBars.Of(plan.Instances.Where(i => members.Contains(i.Index)), s => markets[s].Series);
        await new PortfolioMerge(plan, log, timeline).RunAsync(members.Contains, bars, cancellationToken);
        return new AllocationHistory(plan, timeline, instruments);
    }

    /// <summary>Runs the same strategies with all costs doubled and every order delayed by one bar, and reads their events.</summary>
    public static async Task<AllocationHistory> StressedAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets,
        IReadOnlyCollection<int> strategies, int threads, CancellationToken cancellationToken)
    {
        // The portfolio follows accounts that resize entries to their cash. With enough cash, an account is the same with either rule.
        var stressed = MemberRuns.Resizes(plan.Spec.Portfolio) ? plan.Stressed().AsMembers() : plan.Stressed();
        var log = new MemoryEventLog();
        var members = strategies.ToHashSet();
        var pass = new StrategyPass(stressed, markets) { Include = i => members.Contains(i.Index), Events = log };
        await new EmbeddedHost(threads).RunAsync(pass, cancellationToken);
        return await ReadAsync(stressed, markets, log, strategies, cancellationToken);
    }

    /// <summary>Creates the view of an allocator for some of the units.</summary>
    public AllocationView View(AllocationUnits units, double[] baseWeights) => new(Timeline, Plan, Instruments, units, baseWeights);
}
