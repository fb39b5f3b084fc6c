using Granary.Engine.Trading;

namespace Granary.Engine.Analysis.Costs;

/// <summary>The fitted costs; see <see cref="CostFit"/>.</summary>
/// <param name="Fills">Fills of the fit.</param>
/// <param name="Clusters">Days that were resampled; the number of fills if all are of one day.</param>
/// <param name="Deviation">Standard deviation of what the model leaves, basis points.</param>
/// <param name="Pool">The mean cost of all fills.</param>
internal sealed record CostFitResult(int Fills, int Clusters, double Deviation, CostEstimate Pool)
{
    /// <summary>By side, then venue.</summary>
    public required IReadOnlyList<CostCell> Cells { get; init; }

    /// <summary>The sides that filled, over their venues by the number of fills.</summary>
    public required IReadOnlyList<CostCell> Sides { get; init; }

    /// <summary>The hours that filled, ascending; empty if all fills are of one hour.</summary>
    public required IReadOnlyList<CostHour> Hours { get; init; }

    /// <summary>The effect of the square root of quantity over volume; null if it is unknown.</summary>
    public CostSlope? Size { get; init; }

    /// <summary>The effect of the bar's range in basis points; null if it is unknown.</summary>
    public CostSlope? Volatility { get; init; }

    // Pool, size and range of each resample, for the intervals of curves.
    internal double[][] Draws { get; init; } = [];

    // How far the shrinkage moved each figure.
    internal double[] Moved { get; init; } = [];

    internal double Quantile { get; init; }

    internal double UpperQuantile { get; init; }

    /// <summary>The cost of a mean fill with a different size.</summary>
    /// <param name="share">Quantity over volume, from 0 to 1.</param>
    public CostEstimate AtSize(double share) => Along(Size!, 1, Math.Sqrt(share));

    /// <summary>The cost of a mean fill in a bar with a different range.</summary>
    /// <param name="range">Basis points.</param>
    public CostEstimate AtRange(double range) => Along(Volatility!, 2, range);

    private CostEstimate Along(CostSlope slope, int column, double at)
    {
        var distance = at - slope.Center;
        var values = new double[Draws.Length];
        for (var i = 0; i < values.Length; i++) values[i] = Draws[i][0] + distance * Draws[i][column];
        return CostFit.EstimateOf(Pool.Mean + distance * slope.Cost.Mean, Moved[0] + distance * Moved[column], values, Quantile,
            UpperQuantile);
    }
}
