using Granary.Engine.Strategies;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Causality;

/// <summary>The batch that the look-ahead check looks at.</summary>
/// <param name="Host">Runs its strategies.</param>
public sealed record LookAheadSubject(BatchPlan Plan, IReadOnlyDictionary<string, OpenedMarket> Markets, IBatchHost Host)
{
    /// <summary>Indices of strategies that are left out, since they failed: they might not come back, and no limits guard them
    /// here.</summary>
    public IReadOnlySet<int>? Except { get; init; }

    /// <summary>Gives the plan its models, trained on the bars at hand, so that a training that looks ahead is found too; null where there
    /// are none to train.</summary>
    public Func<IReadOnlyDictionary<string, OpenedMarket>, Task<BatchPlan>>? WithModels { get; init; }

    /// <summary>The first strategy of every class that is not Granary's own.</summary>
    public IReadOnlyList<int> Representatives =>
    [
        .. Eligible.Where(i => i.Definition.Type.Assembly != typeof(Strategy).Assembly).GroupBy(i => i.Definition.Type).Select(g =>
            g.First().Index),
    ];

    /// <summary>Representatives of the classes first, then strategies evenly over the batch; in the order of the batch.</summary>
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
