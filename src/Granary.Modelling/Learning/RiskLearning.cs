using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Learning;

/// <summary>Trained risk models, with a comparison of the portfolio with and without them.</summary>
/// <param name="Uses">Models that the portfolio uses.</param>
/// <param name="Worth">The comparison; null if no model was used.</param>
internal sealed record RiskLearning(IReadOnlyList<TrainedUnit> Units, IReadOnlyList<RiskUse> Uses, RiskWorth? Worth)
{
    /// <summary>Result without models.</summary>
    public static RiskLearning None { get; } = new([], [], null);
}
