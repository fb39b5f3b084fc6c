using Granary.Engine.Strategies;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Simulation.LookAhead;

/// <summary>The batch to check for look-ahead.</summary>
/// <param name="Host">Runs the strategies of the batch.</param>
internal sealed record LookAheadSubject(BatchPlan Plan, IReadOnlyDictionary<string, OpenedMarket> Markets, IBatchHost Host)
{
    /// <summary>
    /// Indices of failed strategies, which are left out: they might never return, and the check has no limits that stop them.
    /// </summary>
    public IReadOnlySet<int>? Except { get; init; }

    /// <summary>
    /// Trains the plan's models on the given bars, so a training with look-ahead is detected too; null if there are no models.
    /// </summary>
    public Func<IReadOnlyDictionary<string, OpenedMarket>, Task<BatchPlan>>? WithModels { get; init; }

    /// <summary>The first strategy of every class that is not part of Granary.</summary>
    public IReadOnlyList<int> Representatives =>
    [
        .. Eligible.Where(i => i.Definition.Type.Assembly != typeof(Strategy).Assembly).GroupBy(i => i.Definition.Type).Select(g =>
            g.First().Index),
    ];

    /// <summary>
    /// Returns representatives of the classes first, then strategies spread evenly over the batch; in the order of the batch.
    /// </summary>
    public IReadOnlyList<int> Sample(int count)
    {
        int[] eligible = [.. Eligible.Select(i => i.Index)];
        count = Math.Min(count, eligible.Length);
        var chosen = new SortedSet<int>(Representatives.Take(count));
        for (var i = 0; chosen.Count < count && i < count; i++) chosen.Add(eligible[(int)((long)i * eligible.Length / count)]);
        foreach (var other in eligible)
            if (chosen.Count < count)
                chosen.Add(other);
        return [.. chosen];
    }

    internal Task<BatchPlan> TrainedAsync(IReadOnlyDictionary<string, OpenedMarket> markets) => WithModels is { } train ? train(markets)
        : Task.FromResult(Plan);

    private IEnumerable<StrategyInstance> Eligible => Plan.Instances.Where(i => Except?.Contains(i.Index) != true);
}
