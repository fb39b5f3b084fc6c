namespace Granary.Recompute.Tests.Figures;

/// <summary>An alert or a restoration of the watch of a model.</summary>
/// <param name="Before">Share of wrong predictions before the change.</param>
/// <param name="After">Share since it, or that of the reviewed trades.</param>
internal sealed record WatchAction(DateTime Time, bool IsAlert, double Weight, double Before, double After, int Trades)
{
    private const int Least = 20;
    private const double Deviations = 3;

    /// <summary>By docs/learning.md: ADWIN over the errors, the growth since the last drift, and reviews.</summary>
    /// <param name="outcomes">In the order of closing.</param>
    /// <param name="weight">That an alert leaves.</param>
    /// <param name="review">Trades.</param>
    public static List<WatchAction> Of(IReadOnlyList<(DateTime Time, bool IsWrong)> outcomes, double weight, int review)
    {
        List<WatchAction> actions = [];
        var errors = outcomes.Select(o => o.IsWrong ? 1.0 : 0).ToList();
        // Numbers of outcomes at which the detector notices a change; it starts again after each.
        Dictionary<int, int> noticed = [];
        for (var start = 0; ErrorChange.First(errors.Skip(start).ToList()) is var (length, _); start += length) noticed[start
            + length] = start;
        (double Before, double After)? cut = null;
        var reviewed = 0;
        for (var n = 1; n <= errors.Count; n++)
        {
            reviewed++;
            if (noticed.TryGetValue(n, out var start) && Growth(errors.GetRange(start, n - start)) is var (before, after, trades))
            {
                actions.Add(new WatchAction(outcomes[n - 1].Time, true, weight, before, after, trades));
                cut ??= (before, after);
                reviewed = 0;
            }
            if (cut is not { } bad || reviewed == 0 || reviewed % review != 0) continue;
            var share = errors.Skip(n - review).Take(review).Average();
            if (share > (bad.Before + bad.After) / 2) continue;
            actions.Add(new WatchAction(outcomes[n - 1].Time, false, 1, bad.Before, share, review));
            cut = null;
        }
        return actions;
    }

    private static (double Before, double After, int Trades)? Growth(List<double> errors)
    {
        if (errors.Count < 2 * Least) return null;
        var (n, mean) = (errors.Count, errors.Average());
        var best = Enumerable.Range(Least, n - 2 * Least + 1).Select(k => (Cut: k, Z: (errors.Skip(k).Average() - errors.Take(k).Average())
            / Math.Sqrt(mean * (1 - mean)) * Math.Sqrt((double)k * (n - k) / n))).MaxBy(c => Math.Abs(c.Z));
        return Math.Abs(best.Z) < Deviations ? null
            : best.Z > 0 ? (errors.Take(best.Cut).Average(), errors.Skip(best.Cut).Average(), n - best.Cut)
            : Growth(errors[best.Cut..]);
    }
}
