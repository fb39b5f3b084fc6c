namespace Granary.Learning.Reinforcement.Policies;

/// <summary>
/// Weights are replaced only where the new ones differ enough: with proportional costs the best policy trades at the border of a region in
/// which it does nothing (Davis and Norman 1990), and a policy with continuous actions would otherwise trade a little at each step.
/// </summary>
public static class NoTradeBand
{
    /// <summary>Replaces weights by others, unless the sum of the absolute changes is at most the band.</summary>
    /// <param name="weights">In force; cash, which is what is left to 1, does not count.</param>
    /// <param name="wanted">In the same order.</param>
    /// <param name="band">As a share of the wealth; 0 replaces all that differ.</param>
    /// <returns>Whether they are replaced.</returns>
    public static bool Replace(Span<double> weights, ReadOnlySpan<double> wanted, double band)
    {
        var change = 0.0;
        for (var i = 0; i < weights.Length; i++) change += Math.Abs(wanted[i] - weights[i]);
        if (change <= band) return false;
        wanted[..weights.Length].CopyTo(weights);
        return true;
    }
}
