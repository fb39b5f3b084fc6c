using Granary.Engine;

namespace Granary.Learning.Tracking;

/// <summary>A selection from the past that is held until the next one.</summary>
/// <param name="Period">The first period in which it is held; it was fitted only to earlier periods.</param>
/// <param name="Turnover">Σ |weight − previous weight|; 0 for the first selection.</param>
/// <param name="InSample">Quality over the window that it was fitted to.</param>
internal sealed record Reselection(int Period, SparseFit Fit, double Turnover, TrackingQuality InSample);

/// <summary>An out-of-sample replication of an index: names and weights are selected again at each step, from the earlier
/// periods.</summary>
/// <param name="FirstPeriod">The first replicated period.</param>
/// <param name="Replica">
/// Returns of the replica from <paramref name="FirstPeriod"/> on. Weights are restored every period. The intercept is not included, because
/// it cannot be held.
/// </param>
/// <param name="Target">The index's returns over the same periods.</param>
/// <param name="OutOfSample">Accuracy out of sample.</param>
/// <param name="Turnover">Mean Σ |change of weight| of a reselection after the first; 0 where there is only one.</param>
internal sealed record RollingReplication(
    int FirstPeriod, double[] Replica, double[] Target, IReadOnlyList<Reselection> History, TrackingQuality OutOfSample, double Turnover)
{
    /// <param name="window">The number of periods that each selection is fitted to, at least 2.</param>
    /// <param name="step">The number of periods that it is held, at least 1.</param>
    /// <param name="options">Options; the previous weights are those held at the time, and a turnover penalty limits changes.</param>
    /// <exception cref="InputException">The panel is not longer than the window, or an option is out of range.</exception>
    public static RollingReplication Of(ReturnPanel panel, ReadOnlySpan<double> target, PursuitOptions options, int window, int step,
        double periodsPerYear)
    {
        options.Check(panel, target.Length);
        if (window < 2 || step < 1)
            throw new InputException($"a window of {window} and a step of {step} periods: at least 2 and 1 are needed");
        if (window >= panel.Periods)
            throw new InputException($"a window of {window} periods leaves nothing to replicate of {panel.Periods}: use a shorter one");
        var history = new List<Reselection>();
        var replica = new double[panel.Periods - window];
        var held = options.PreviousWeights is { } before ? before.ToArray() : null;
        double turnover = 0;
        for (var period = window; period < panel.Periods; period += step)
        {
            var past = panel.Slice(period - window, window);
            var pastTarget = target.Slice(period - window, window);
            var fit = MatchingPursuit.Fit(past, pastTarget, options with { PreviousWeights = held });
            var weights = fit.Dense(panel.Count);
            double moved = 0;
            for (var j = 0; held is not null && j < weights.Length; j++) moved += Math.Abs(weights[j] - held[j]);
            if (history.Count > 0) turnover += moved;
            held = weights;
            history.Add(new Reselection(period, fit, moved, fit.Assess(past, pastTarget, periodsPerYear)));
            var span = replica.AsSpan(period - window, Math.Min(step, panel.Periods - period));
            for (var k = 0; k < fit.Support.Count; k++)
                DenseVectors.AddScaled(span, panel.Column(fit.Support[k]).Slice(period, span.Length), fit.Weights[k]);
        }
        var own = target[window..].ToArray();
        return new RollingReplication(window, replica, own, history, TrackingQuality.Of(replica, own, 0, periodsPerYear),
            history.Count > 1 ? turnover / (history.Count - 1) : 0);
    }
}
