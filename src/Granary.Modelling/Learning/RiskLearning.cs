using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Learning;

/// <summary>Trained models of the risk, and the portfolio with them and without.</summary>
/// <param name="Uses">What the portfolio is given.</param>
/// <param name="Worth">Null where no model was asked.</param>
public sealed record RiskLearning(IReadOnlyList<TrainedUnit> Units, IReadOnlyList<RiskUse> Uses, RiskWorth? Worth)
{
    /// <summary>Nothing was learned.</summary>
    public static RiskLearning None { get; } = new([], [], null);
}
