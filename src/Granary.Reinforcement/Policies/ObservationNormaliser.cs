namespace Granary.Reinforcement.Policies;

/// <summary>
/// Normalises observations to mean 0 and deviation 1, clipped to ±<see cref="Clip"/>: (x − mean) / √(variance + ε). It is part of a saved
/// policy, which depends on it.
/// </summary>
internal sealed class ObservationNormaliser(int size)
{
    /// <summary>The maximum absolute value of a normalised number.</summary>
    public const double Clip = 10;

    /// <summary>Added to the variance.</summary>
    public const double Epsilon = 1e-8;

    private readonly double[] _factor = Filled(size);

    /// <summary>Moments of all observations so far.</summary>
    public RunningMoments Moments { get; } = new(size);

    /// <summary>Applies changed moments; call it after they have changed.</summary>
    public void Refresh()
    {
        for (var i = 0; i < _factor.Length; i++) _factor[i] = Moments.Count > 0 ? 1 / Math.Sqrt(Moments.Variance(i) + Epsilon) : 1;
    }

    /// <summary>Writes the normalised numbers; the target may be the observation itself.</summary>
    public void Apply(ReadOnlySpan<double> observation, Span<double> target)
    {
        for (var i = 0; i < _factor.Length; i++)
            target[i] = Math.Clamp((observation[i] - Moments.Mean[i]) * _factor[i], -Clip, Clip);
    }

    private static double[] Filled(int size)
    {
        var factor = new double[size];
        Array.Fill(factor, 1);
        return factor;
    }
}
