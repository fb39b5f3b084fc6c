using Granary.Engine.Numerics;

namespace Granary.Reinforcement.Evaluation;

/// <summary>
/// The mean of the middle half of the scores, with a bootstrap interval (Agarwal et al. 2021). It is robust against single outlier seeds.
/// </summary>
/// <param name="Low">Lower end of the 95 % confidence interval.</param>
/// <param name="High">Upper end of the 95 % confidence interval.</param>
internal sealed record InterquartileMean(double Value, double Low, double High)
{
    private const int Resamples = 2000;

    /// <summary>Computes the mean over strata, such as periods. Each has one score per seed and is resampled separately.</summary>
    /// <param name="strata">Scores by stratum and seed; no stratum is empty.</param>
    public static InterquartileMean Of(IReadOnlyList<double[]> strata, long seed = 1)
    {
        var random = new PortableRandom(seed, 77);
        var all = new double[strata.Sum(s => s.Length)];
        var means = new double[Resamples];
        for (var b = 0; b < Resamples; b++)
        {
            var at = 0;
            foreach (var stratum in strata)
                for (var i = 0; i < stratum.Length; i++)
                    all[at++] = stratum[random.Next(stratum.Length)];
            means[b] = Middle(all);
        }
        Array.Sort(means);
        return new InterquartileMean(Middle([.. strata.SelectMany(s => s)]), Quantile.Linear(means, 0.025), Quantile.Linear(means, 0.975));
    }

    /// <summary>Returns the mean of the scores between the quartiles; scores at the limits count in part. Sorts the scores.</summary>
    internal static double Middle(double[] scores)
    {
        Array.Sort(scores);
        var n = scores.Length;
        var cut = 0.25 * n;
        var (sum, weight) = (0.0, 0.0);
        for (var i = 0; i < n; i++)
        {
            var share = Math.Min(i + 1, n - cut) - Math.Max(i, cut);
            if (share <= 0) continue;
            sum += share * scores[i];
            weight += share;
        }
        return sum / weight;
    }
}
