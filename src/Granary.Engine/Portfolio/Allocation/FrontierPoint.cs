namespace Granary.Engine.Portfolio.Allocation;

/// <summary>A portfolio of the efficient frontier: none with its return has less risk.</summary>
/// <param name="Return">Expected return per period.</param>
/// <param name="Risk">Standard deviation of the return per period.</param>
/// <param name="Weights">By asset.</param>
internal sealed record FrontierPoint(double Return, double Risk, IReadOnlyList<double> Weights);
