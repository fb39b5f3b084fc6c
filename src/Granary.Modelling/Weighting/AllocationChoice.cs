using Granary.Engine.Portfolio.Allocation;

namespace Granary.Modelling.Weighting;

/// <summary>A choice of an <see cref="AllocationRule"/>, with what it was made from.</summary>
/// <param name="Units">The units that could get a weight, ascending; the other lists are in their order.</param>
/// <param name="Returns">Their returns by period of the window.</param>
/// <param name="Settings">The bounds.</param>
/// <param name="Allocated">Their weights and shares of the risk.</param>
internal sealed record AllocationChoice(IReadOnlyList<int> Units, IReadOnlyList<double[]> Returns, AllocationSettings Settings,
    AllocatedWeights Allocated)
{
    /// <summary>The units with a weight.</summary>
    public IReadOnlyList<(int Unit, double Weight)> Chosen =>
        [.. Units.Select((unit, place) => (unit, Allocated.Weights[place])).Where(c => c.Item2 > 0)];
}
