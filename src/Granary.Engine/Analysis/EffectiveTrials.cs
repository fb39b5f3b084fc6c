namespace Granary.Engine.Analysis;

/// <summary>
/// How many independent trials correlated ones amount to. Trials are clustered by the correlation of their returns, and the number of
/// clusters is the one of highest silhouette quality (López de Prado, Detection of false investment strategies using unsupervised learning
/// methods, 2018). A cluster counts as the number of independent trials whose best is expected to be as good as the cluster's best.
/// </summary>
/// <param name="Trials">Different trials with returns that vary.</param>
/// <param name="Clusters">Groups of trials that do the same.</param>
/// <param name="Number">Between 1 and <paramref name="Trials"/>; 0 without any.</param>
internal sealed record EffectiveTrials(int Trials, int Clusters, double Number)
{
    /// <summary>The most trials that are clustered; of more, as many are taken evenly.</summary>
    public const int MostCompared = 256;

    /// <param name="returns">For each trial its returns over the same periods, oldest first; of many trials a sample of them, taken
    /// evenly.</param>
    /// <param name="trials">All trials whose returns vary; 0 = the trials of <paramref name="returns"/>.</param>
    /// <remarks>
    /// Of a sample, a cluster's size is scaled to all trials. So is the number of trials that resemble no other: they tell how much the
    /// sample has not seen.
    /// </remarks>
    public static EffectiveTrials Of(IReadOnlyList<double[]> returns, int trials = 0)
    {
        var moving = returns.Where(r => Moments.OfReturns(r).SampleDeviation > 0).ToList();
        var all = Math.Max(trials, moving.Count);
        if (moving.Count < 2) return new EffectiveTrials(all, all, all);
        var count = Math.Min(moving.Count, MostCompared);
        var standardised = new List<double[]>(count);
        for (var i = 0; i < count; i++) standardised.Add(Standardised(moving[(int)((long)i * moving.Count / count)]));

        var correlation = Correlations(standardised);
        var labels = new AverageLinkage(correlation).BestLabels(out var clusters);
        var scale = all / (double)count;
        var (number, groups) = (0.0, 0.0);
        for (var c = 0; c < clusters; c++)
        {
            var members = Enumerable.Range(0, count).Where(i => labels[i] == c).ToList();
            var alone = members.Count == 1;
            groups += alone ? scale : 1;
            number += alone ? scale : Equivalent(members.Count * scale, MeanCorrelation(correlation, members));
        }
        return new EffectiveTrials(all, (int)Math.Round(groups), Math.Clamp(number, 1, all));
    }

    /// <summary>
    /// The number of independent trials whose expected best equals that of equally correlated ones: of n normals with correlation ρ the
    /// best is √(1 − ρ) times as far out as of n independent ones (Owen and Steck 1962).
    /// </summary>
    /// <param name="trials">At least 1.</param>
    /// <param name="correlation">Below 0 counts as 0.</param>
    public static double Equivalent(double trials, double correlation)
    {
        var target = Math.Sqrt(1 - Math.Clamp(correlation, 0, 1)) * SharpeConfidence.ExpectedMaximum(1, trials);
        double low = 1, high = trials;
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            if (SharpeConfidence.ExpectedMaximum(1, middle) < target) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }

    private static double[] Standardised(double[] returns)
    {
        var moments = Moments.OfReturns(returns);
        var scale = 1 / (moments.SampleDeviation * Math.Sqrt(returns.Length - 1));
        var values = new double[returns.Length];
        for (var t = 0; t < values.Length; t++) values[t] = (returns[t] - moments.Mean) * scale;
        return values;
    }

    private static double[,] Correlations(List<double[]> standardised)
    {
        var n = standardised.Count;
        var correlation = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            correlation[i, i] = 1;
            for (var j = 0; j < i; j++)
            {
                double sum = 0;
                var (a, b) = (standardised[i], standardised[j]);
                for (var t = 0; t < a.Length; t++) sum += a[t] * b[t];
                correlation[i, j] = correlation[j, i] = Math.Clamp(sum, -1, 1);
            }
        }
        return correlation;
    }

    private static double MeanCorrelation(double[,] correlation, List<int> members)
    {
        double sum = 0;
        for (var i = 1; i < members.Count; i++)
            for (var j = 0; j < i; j++)
                sum += correlation[members[i], members[j]];
        return sum / (members.Count * (members.Count - 1) / 2.0);
    }
}
