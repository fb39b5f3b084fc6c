using Granary.Engine.Numerics;

namespace Granary.Learning.Tracking;

/// <summary>Fit of the target with a number of names: a point of the names-against-error curve.</summary>
/// <param name="Names">Held at this point.</param>
/// <param name="ResidualNorm">‖target − intercept − Σ weight · return‖.</param>
/// <param name="Deviation">Standard deviation of target − Σ weight · return, ddof 1, per period.</param>
internal readonly record struct PursuitStep(int Names, double ResidualNorm, double Deviation);

/// <summary>A few names with weights that replicate the target.</summary>
/// <param name="Support">Column indices of the panel, in the order of selection.</param>
/// <param name="Weights">One weight for each name of the support.</param>
/// <param name="Intercept">Return per period; 0 without one.</param>
/// <param name="ResidualNorm">‖target − intercept − Σ weight · return‖ over the fitted periods.</param>
/// <param name="TargetNorm">‖target‖, centred if there is an intercept.</param>
/// <param name="Path">One point for each name of <paramref name="Support"/>: the best fit of the names up to it.</param>
internal sealed record SparseFit(
    IReadOnlyList<int> Support, IReadOnlyList<double> Weights, double Intercept, double ResidualNorm, double TargetNorm,
    IReadOnlyList<PursuitStep> Path)
{
    /// <summary>Returns the weights by column; zero if not held.</summary>
    public double[] Dense(int names)
    {
        var dense = new double[names];
        for (var k = 0; k < Support.Count; k++) dense[Support[k]] = Weights[k];
        return dense;
    }

    /// <summary>Measures the replica on a panel with the same columns: the fitted periods or later ones.</summary>
    public TrackingQuality Assess(ReturnPanel panel, ReadOnlySpan<double> target, double periodsPerYear) =>
        TrackingQuality.Of(panel.Combine(Support, Weights), target, Intercept, periodsPerYear);
}

/// <summary>Accuracy with which a replica follows its target.</summary>
/// <param name="ResidualNorm">‖target − intercept − replica‖.</param>
/// <param name="TrackingError">Annualised standard deviation of target − replica, ddof 1; NaN for fewer than two periods.</param>
/// <param name="InformationRatio">Annualised mean of replica − target divided by that deviation; NaN if it is zero.</param>
/// <param name="Correlation">Correlation of replica and target; NaN if one of them is constant.</param>
internal sealed record TrackingQuality(double ResidualNorm, double TrackingError, double InformationRatio, double Correlation)
{
    public static TrackingQuality Of(ReadOnlySpan<double> replica, ReadOnlySpan<double> target, double intercept, double periodsPerYear)
    {
        var n = target.Length;
        double squares = 0;
        var active = new double[n];
        for (var t = 0; t < n; t++)
        {
            active[t] = replica[t] - target[t];
            var rest = active[t] + intercept;
            squares += rest * rest;
        }
        var moments = Granary.Engine.Analysis.Moments.OfReturns(active);
        var deviation = moments.SampleDeviation;
        var (a, b) = (DenseVectors.Copy(replica, centre: true), DenseVectors.Copy(target, centre: true));
        var (normOf, root) = ((A: DenseVectors.Norm(a), B: DenseVectors.Norm(b)), Math.Sqrt(n));
        var moves = !Variation.IsNone(normOf.A / root, Variation.OfReturns) && !Variation.IsNone(normOf.B / root, Variation.OfReturns);
        return new TrackingQuality(Math.Sqrt(squares), deviation * Math.Sqrt(periodsPerYear),
            deviation > 0 ? moments.Mean / deviation * Math.Sqrt(periodsPerYear) : double.NaN,
            moves ? Math.Clamp(DenseVectors.Dot(a, b) / (normOf.A * normOf.B), -1, 1) : double.NaN);
    }
}
