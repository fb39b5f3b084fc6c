using Granary.Engine.Analysis;
using Granary.Engine.Portfolio.Allocation;

namespace Granary.Modelling.Allocation;

/// <summary>Computes baseline weights from the strategies' equity over a training window. An allocator must beat them.</summary>
internal static class BaselineWeights
{
    private const string Equal = "equal", Winners = "winners";

    /// <summary>Names of the baselines, in the order of the tables; those of <see cref="AllocationMethods"/> are these methods.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [Equal, Winners, AllocationMethods.InverseVolatility, AllocationMethods.MinimumVariance];

    /// <summary>The baseline that buys every market at the start and holds it.</summary>
    public const string Hold = "hold";

    /// <param name="traces">Equity by strategy.</param>
    /// <param name="from">The first period.</param>
    /// <param name="to">The period after the last.</param>
    /// <returns>Weights by strategy. Their sum is 1, or 0 if the rule chooses none.</returns>
    public static double[] Of(string name, IReadOnlyList<EquityTrace> traces, long from, long to)
    {
        double[] raw = name switch
        {
            Equal => [.. traces.Select(_ => 1.0)],
            Winners => [.. traces.Select(t => t.IsWinner(from, to) ? 1.0 : 0)],
            _ => [.. AllocationMethods.Weigh(name, [.. traces.Select(t => t.Returns(from, to))], new AllocationSettings()).Weights],
        };
        var sum = raw.Sum();
        return sum > 0 ? [.. raw.Select(w => w / sum)] : raw;
    }
}
