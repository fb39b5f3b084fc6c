namespace Granary.Learning.Tracking;

/// <summary>How well the target was met after so many names: a point of the names-against-error curve.</summary>
/// <param name="Names">Held at this point.</param>
/// <param name="ResidualNorm">‖target − intercept − Σ weight · return‖.</param>
/// <param name="Deviation">Of target − Σ weight · return, ddof 1, per period.</param>
public readonly record struct PursuitStep(int Names, double ResidualNorm, double Deviation);

/// <summary>A few names with weights that together move like the target.</summary>
/// <param name="Support">Columns of the panel, in the order in which they were chosen.</param>
/// <param name="Weights">One for each of them.</param>
/// <param name="Intercept">Return per period; 0 without one.</param>
/// <param name="ResidualNorm">‖target − intercept − Σ weight · return‖ over the fitted periods.</param>
/// <param name="TargetNorm">‖target‖, centred where there is an intercept.</param>
/// <param name="Path">One point for each name of <paramref name="Support"/>: the best fit of the names up to it.</param>
public sealed record SparseFit(
    IReadOnlyList<int> Support, IReadOnlyList<double> Weights, double Intercept, double ResidualNorm, double TargetNorm,
    IReadOnlyList<PursuitStep> Path)
{
    /// <summary>The weights by column, zero where not held.</summary>
    public double[] Dense(int names)
    {
        var dense = new double[names];
        for (var k = 0; k < Support.Count; k++) dense[Support[k]] = Weights[k];
        return dense;
    }

    /// <summary>How the replica does on a panel with the same columns: the fitted periods or later ones.</summary>
    public TrackingQuality Assess(ReturnPanel panel, ReadOnlySpan<double> target, double periodsPerYear) =>
        TrackingQuality.Of(panel.Combine(Support, Weights), target, Intercept, periodsPerYear);
}

/// <summary>How closely a replica follows its target.</summary>
/// <param name="ResidualNorm">‖target − intercept − replica‖.</param>
/// <param name="TrackingError">Annualised deviation of target − replica, ddof 1; NaN for fewer than two periods.</param>
/// <param name="InformationRatio">Annualised mean of replica − target over that deviation; NaN where it is zero.</param>
/// <param name="Correlation">Of replica and target; NaN where one never moves.</param>
public sealed record TrackingQuality(double ResidualNorm, double TrackingError, double InformationRatio, double Correlation)
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
        var moments = Granary.Engine.Analysis.Moments.Of(active);
        var deviation = moments.SampleDeviation;
        var (a, b) = (DenseVectors.Copy(replica, centre: true), DenseVectors.Copy(target, centre: true));
        var norms = DenseVectors.Norm(a) * DenseVectors.Norm(b);
        return new TrackingQuality(Math.Sqrt(squares), deviation * Math.Sqrt(periodsPerYear),
            deviation > 0 ? moments.Mean / deviation * Math.Sqrt(periodsPerYear) : double.NaN,
            norms > 0 ? Math.Clamp(DenseVectors.Dot(a, b) / norms, -1, 1) : double.NaN);
    }
}
