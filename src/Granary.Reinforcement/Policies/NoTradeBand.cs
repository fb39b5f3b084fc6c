namespace Granary.Reinforcement.Policies;

/// <summary>
/// Replaces weights only if the new ones differ enough. With proportional costs, the best policy trades at the border of a region in which
/// it does nothing (Davis and Norman 1990). A policy with continuous actions would otherwise trade a little at each step.
/// </summary>
internal static class NoTradeBand
{
    /// <summary>Replaces weights by new ones, unless the sum of the absolute changes is at most the band.</summary>
    /// <param name="weights">The current weights; cash, the remainder to 1, is not included.</param>
    /// <param name="wanted">The new weights in the same order.</param>
    /// <param name="band">The band as a share of the wealth; 0 replaces all that differ.</param>
    /// <returns>Whether the weights were replaced.</returns>
    public static bool Replace(Span<double> weights, ReadOnlySpan<double> wanted, double band)
    {
        var change = 0.0;
        for (var i = 0; i < weights.Length; i++) change += Math.Abs(wanted[i] - weights[i]);
        if (change <= band) return false;
        wanted[..weights.Length].CopyTo(weights);
        return true;
    }
}
