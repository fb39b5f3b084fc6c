using Granary.Engine.Numerics;

namespace Granary.Learning.Reinforcement.Evaluation;

/// <summary>
/// How probable it is that a run of one method has a higher score than a run of another (Mann and Whitney's U divided by the number of
/// pairs; a tie is one half), as the mean over strata, with a bootstrap interval that resamples runs within each stratum.
/// </summary>
/// <param name="Low">Lower bound of the interval of 95 %.</param>
/// <param name="High">Upper bound of the interval of 95 %.</param>
public sealed record ImprovementProbability(double Value, double Low, double High)
{
    private const int Resamples = 2000;

    /// <param name="strata">By stratum: the scores of both methods.</param>
    public static ImprovementProbability Of(IReadOnlyList<(double[] Method, double[] Baseline)> strata, long seed = 1)
    {
        var random = new PortableRandom(seed, 78);
        var samples = strata.Select(s => (Method: new double[s.Method.Length], Baseline: new double[s.Baseline.Length])).ToList();
        var values = new double[Resamples];
        for (var b = 0; b < Resamples; b++)
        {
            for (var s = 0; s < strata.Count; s++)
            {
                Resample(strata[s].Method, samples[s].Method, ref random);
                Resample(strata[s].Baseline, samples[s].Baseline, ref random);
            }
            values[b] = Mean(samples);
        }
        Array.Sort(values);
        return new ImprovementProbability(Mean(strata), InterquartileMean.Quantile(values, 0.025),
            InterquartileMean.Quantile(values, 0.975));
    }

    private static void Resample(double[] scores, double[] target, ref PortableRandom random)
    {
        for (var i = 0; i < target.Length; i++) target[i] = scores[random.Next(scores.Length)];
    }

    private static double Mean(IReadOnlyList<(double[] Method, double[] Baseline)> strata)
    {
        var sum = 0.0;
        foreach (var (method, baseline) in strata)
        {
            var wins = 0.0;
            foreach (var a in method)
                foreach (var b in baseline)
                    wins += a > b ? 1 : a == b ? 0.5 : 0;
            sum += wins / (method.Length * (double)baseline.Length);
        }
        return sum / strata.Count;
    }
}
