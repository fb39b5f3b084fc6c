using Granary.Engine.Numerics;

namespace Granary.Reinforcement.Evaluation;

/// <summary>
/// Probability that a run of one method has a higher score than a run of another (Mann and Whitney's U divided by the number of pairs; a
/// tie is one half), as the mean over strata. The bootstrap interval resamples strata, and runs within each. All runs of a stratum share
/// its market, so few strata prove little even with many runs.
/// </summary>
/// <param name="Low">Lower end of the 95 % confidence interval.</param>
/// <param name="High">Upper end of the 95 % confidence interval.</param>
internal sealed record ImprovementProbability(double Value, double Low, double High)
{
    private const int Resamples = 2000;

    /// <param name="strata">The scores of both methods by stratum.</param>
    public static ImprovementProbability Of(IReadOnlyList<(double[] Method, double[] Baseline)> strata, long seed = 1)
    {
        var random = new PortableRandom(seed, 78);
        var drawn = new double[strata.Max(s => Math.Max(s.Method.Length, s.Baseline.Length))];
        var others = new double[drawn.Length];
        var values = new double[Resamples];
        for (var b = 0; b < Resamples; b++)
        {
            for (var s = 0; s < strata.Count; s++)
            {
                var (method, baseline) = strata[random.Next(strata.Count)];
                values[b] += Wins(Resample(method, drawn, ref random), Resample(baseline, others, ref random));
            }
            values[b] /= strata.Count;
        }
        Array.Sort(values);
        return new ImprovementProbability(Mean(strata), Quantile.Linear(values, 0.025),
            Quantile.Linear(values, 0.975));
    }

    private static ReadOnlySpan<double> Resample(double[] scores, double[] target, ref PortableRandom random)
    {
        for (var i = 0; i < scores.Length; i++) target[i] = scores[random.Next(scores.Length)];
        return target.AsSpan(0, scores.Length);
    }

    private static double Mean(IReadOnlyList<(double[] Method, double[] Baseline)> strata)
    {
        var sum = 0.0;
        foreach (var (method, baseline) in strata) sum += Wins(method, baseline);
        return sum / strata.Count;
    }

    private static double Wins(ReadOnlySpan<double> method, ReadOnlySpan<double> baseline)
    {
        var wins = 0.0;
        foreach (var a in method)
            foreach (var b in baseline)
                wins += a > b ? 1 : a == b ? 0.5 : 0;
        return wins / (method.Length * (double)baseline.Length);
    }
}
