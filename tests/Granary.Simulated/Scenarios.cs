using Granary.Simulated.Kernel;

namespace Granary.Simulated;

/// <summary>The scenarios. A seed belongs to one of them, by its remainder.</summary>
internal static class Scenarios
{
    public static readonly IScenario[] All = [new Echo(), new Batches.BatchScenario()];

    /// <summary>The scenario of a seed.</summary>
    public static IScenario Of(ulong seed)
    {
        var place = (int)(seed % (ulong)All.Sum(s => s.Share));
        foreach (var scenario in All)
        {
            if (place < scenario.Share) return scenario;
            place -= scenario.Share;
        }
        throw new InvalidOperationException("the shares add up");
    }
}
