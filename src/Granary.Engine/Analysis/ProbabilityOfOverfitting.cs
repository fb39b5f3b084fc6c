using System.Numerics;
using System.Runtime.CompilerServices;
using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>Measure by which strategies are compared within a split.</summary>
internal enum PerformanceMeasure
{
    /// <summary>Mean over deviation of the returns, per period; 0 where nothing moved.</summary>
    Sharpe,

    MeanReturn,
}

/// <summary>
/// Combinatorially symmetric cross-validation: how likely the strategy that looks best in-sample is to fall below the median out-of-sample.
/// Bailey, Borwein, López de Prado and Zhu, The probability of backtest overfitting, Journal of Computational Finance 20(4), 2017.
/// </summary>
/// <param name="Probability">
/// Share of splits whose in-sample best has a logit below 0, that is, ranks below the out-of-sample median; a rank at the median counts
/// half. About 0.5 for noise, near 0 for an edge that lasts.
/// </param>
/// <param name="ProbabilityOfLoss">Share of splits in which the in-sample best performs below zero out-of-sample.</param>
/// <param name="Degradation">
/// Slope of the best's out-of-sample performance on its in-sample performance, over all splits; NaN where the latter never varies.
/// </param>
/// <param name="Logits">ln(ω / (1 − ω)) of each split, ω = out-of-sample rank of the in-sample best over (strategies + 1).</param>
internal sealed record ProbabilityOfOverfitting(double Probability, double ProbabilityOfLoss, double Degradation,
    IReadOnlyList<double> Logits)
{
    /// <summary>The number of blocks that the paper uses: 12,870 splits.</summary>
    public const int DefaultBlocks = 16;

    /// <summary>From this probability on, the selection is no better than a random one.</summary>
    public const double Most = 0.5;

    /// <summary>If the chosen strategy loses out of sample in at most this share of the splits, all candidates are profitable.</summary>
    public const double MostLoss = 0.05;

    /// <summary>Share of splits in which the in-sample best loses or earns nothing out of sample.</summary>
    public double ProbabilityOfNoGain { get; private init; }

    /// <summary>
    /// Whether strategies are overfitted only relative to one another. The selected one ranks no better than a random one, but nearly
    /// always gains out of sample. The paper names this limit of the method: strategies with high but similar Sharpe ratios have a high
    /// probability of overfitting although all have merit.
    /// </summary>
    public bool IsAmongEarners => Probability >= Most && ProbabilityOfNoGain <= MostLoss;

    /// <summary>Whether the in-sample best is likely to keep its value out of sample.</summary>
    public bool PersistsOutOfSample => Probability < Most || IsAmongEarners;

    /// <param name="returns">For each strategy its returns over the same periods, oldest first.</param>
    /// <param name="blocks">An even number of stretches into which time is cut, of equal length to within one period.</param>
    /// <exception cref="ArgumentException">
    /// Fewer than two strategies, unequal lengths, blocks that are odd, fewer than 2 or more than 24, or fewer than two periods in a block.
    /// </exception>
    public static ProbabilityOfOverfitting Of(IReadOnlyList<double[]> returns, int blocks = DefaultBlocks,
        PerformanceMeasure measure = PerformanceMeasure.Sharpe)
    {
        if (returns.Count < 2) throw new ArgumentException($"overfitting is a matter of choosing among "
            + $"strategies: {returns.Count} is too few", nameof(returns));
        var periods = returns[0].Length;
        var sums = new OverfittingBlocks(returns.Count, blocks);
        if (periods < 2 * blocks)
            throw new ArgumentException($"{periods} periods are too few for {blocks} blocks: at least two to a block", nameof(returns));
        for (var k = 0; k < returns.Count; k++)
        {
            if (returns[k].Length != periods)
                throw new ArgumentException($"strategy {k} has {returns[k].Length} returns, strategy 0 "
                    + $"has {periods}: all cover the same periods", nameof(returns));
            for (var b = 0; b < blocks; b++)
            {
                var start = (int)((long)b * periods / blocks);
                var end = (int)((long)(b + 1) * periods / blocks);
                double sum = 0, squares = 0;
                foreach (var r in returns[k].AsSpan(start, end - start))
                {
                    sum += r;
                    squares += r * r;
                }
                sums.Set(k, b, end - start, sum, squares);
            }
        }
        return Of(sums, measure);
    }

    /// <summary>Computes it from the sums of each block: for a sweep that cannot store the returns of all its strategies.</summary>
    public static ProbabilityOfOverfitting Of(OverfittingBlocks blocks, PerformanceMeasure measure = PerformanceMeasure.Sharpe)
    {
        var n = blocks.Strategies;
        var s = blocks.Blocks;
        var half = s / 2;
        var (inScore, outScore) = (new double[n], new double[n]);
        // Cumulative sums before each block: splits with the same first blocks share them.
        var before = new HalfSums[s + 1];
        for (var b = 0; b <= s; b++) before[b] = new HalfSums(n);
        var logits = new List<double>(Choose(s, half));
        var (best, follow) = (new List<double>(logits.Capacity), new List<double>(logits.Capacity));
        var (losses, gainless) = (0, 0);

        // Every split is counted together with its mirror image, so block 0 is always in the first half.
        var chosen = new int[half];
        for (var i = 0; i < half; i++) chosen[i] = i;
        var changed = 0;
        do
        {
            Accumulate(blocks, before, chosen, changed);
            var all = before[s];
            Score(all.InSum, all.InSquares, all.InCount, measure, inScore);
            Score(all.OutSum, all.OutSquares, all.OutCount, measure, outScore);
            Count(inScore, outScore);
            Count(outScore, inScore);
        }
        while (NextCombination(chosen, s, out changed));

        // A rank at the median counts half; otherwise noise with an odd number of strategies would not give 0.5.
        var overfitted = 0.0;
        foreach (var logit in logits) overfitted += logit < 0 ? 1 : logit > 0 ? 0 : 0.5;
        return new ProbabilityOfOverfitting(overfitted / logits.Count, losses / (double)logits.Count, Slope(best, follow), logits)
        {
            ProbabilityOfNoGain = gainless / (double)logits.Count,
        };

        void Count(double[] inSample, double[] outOfSample)
        {
            var k = IndexOfMaximum(inSample);
            var score = outOfSample[k];
            var (below, equal) = CountBelow(outOfSample, score);
            // Ranks count from 1; equal values share the mean of their ranks.
            var rank = below + (equal + 1) / 2.0;
            var omega = rank / (n + 1);
            logits.Add(Math.Log(omega / (1 - omega)));
            best.Add(inSample[k]);
            follow.Add(score);
            if (score < 0) losses++;
            if (!(score > 0)) gainless++;
        }
    }

    // Sums of both halves, from the first block that changed sides; earlier ones are still valid.
    private static void Accumulate(OverfittingBlocks blocks, HalfSums[] before, int[] chosen, int changed)
    {
        var next = 0;
        for (var b = 0; b < blocks.Blocks; b++)
        {
            var isIn = next < chosen.Length && chosen[next] == b;
            if (isIn) next++;
            if (b < changed) continue;
            var (from, to) = (before[b], before[b + 1]);
            to.InCount = from.InCount + (isIn ? blocks.Periods(b) : 0);
            to.OutCount = from.OutCount + (isIn ? 0 : blocks.Periods(b));
            Add(from.InSum, isIn ? blocks.Sums(b) : default, to.InSum);
            Add(from.InSquares, isIn ? blocks.Squares(b) : default, to.InSquares);
            Add(from.OutSum, isIn ? default : blocks.Sums(b), to.OutSum);
            Add(from.OutSquares, isIn ? default : blocks.Squares(b), to.OutSquares);
        }
    }

    // Fully optimised at the first call: a batch runs this once, and vector code is very slow before tiering.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(double[] before, ReadOnlySpan<double> values, double[] total)
    {
        if (values.IsEmpty)
        {
            before.CopyTo(total, 0);
            return;
        }
        var i = 0;
        for (; i <= total.Length - Vector<double>.Count; i += Vector<double>.Count)
            (new Vector<double>(before, i) + new Vector<double>(values[i..])).CopyTo(total, i);
        for (; i < total.Length; i++) total[i] = before[i] + values[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Score(double[] sums, double[] squares, long count, PerformanceMeasure measure, double[] scores)
    {
        double n = count;
        var i = 0;
        if (measure == PerformanceMeasure.MeanReturn)
        {
            for (; i < scores.Length; i++) scores[i] = sums[i] / n;
            return;
        }
        for (; i <= scores.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var sum = new Vector<double>(sums, i);
            var square = new Vector<double>(squares, i);
            var mean = sum / new Vector<double>(n);
            var variance = (square - sum * mean) / new Vector<double>(n - 1);
            var moved = Vector.GreaterThan(variance, square * new Vector<double>(Tolerance.SumOfSquares));
            Vector.ConditionalSelect(moved, mean / Vector.SquareRoot(variance), Vector<double>.Zero).CopyTo(scores, i);
        }
        for (; i < scores.Length; i++)
        {
            var mean = sums[i] / n;
            var variance = (squares[i] - sums[i] * mean) / (n - 1);
            scores[i] = variance > squares[i] * Tolerance.SumOfSquares ? mean / Math.Sqrt(variance) : 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int IndexOfMaximum(double[] values)
    {
        // Finds the maximum in vectors, then its first index. NaN is never the maximum, unless it is the first value.
        var (i, most) = (0, values[0]);
        if (double.IsNaN(most)) return 0;
        var largest = new Vector<double>(most);
        for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var v = new Vector<double>(values, i);
            largest = Vector.ConditionalSelect(Vector.GreaterThan(v, largest), v, largest);
        }
        for (var j = 0; j < Vector<double>.Count; j++)
            if (largest[j] > most) most = largest[j];
        for (; i < values.Length; i++)
            if (values[i] > most) most = values[i];
        for (i = 0; values[i] != most;) i++;
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (int Below, int Equal) CountBelow(double[] values, double score)
    {
        var (less, same) = (Vector<long>.Zero, Vector<long>.Zero);
        var limit = new Vector<double>(score);
        var i = 0;
        for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var v = new Vector<double>(values, i);
            // The comparison yields −1 in each lane that is less, so subtracting it counts.
            less -= Vector.LessThan(v, limit);
            same -= Vector.Equals(v, limit);
        }
        var (below, equal) = ((int)Vector.Sum(less), (int)Vector.Sum(same));
        for (; i < values.Length; i++)
        {
            below += values[i] < score ? 1 : 0;
            equal += values[i] == score ? 1 : 0;
        }
        return (below, equal);
    }

    /// <param name="changed">The first block that has changed sides.</param>
    private static bool NextCombination(int[] chosen, int n, out int changed)
    {
        // Block 0 stays, which leaves C(n − 1, n/2 − 1) pairs of mirror images.
        for (var i = chosen.Length - 1; i > 0; i--)
        {
            if (chosen[i] == n - chosen.Length + i) continue;
            changed = chosen[i]++;
            for (var j = i + 1; j < chosen.Length; j++) chosen[j] = chosen[j - 1] + 1;
            return true;
        }
        changed = n;
        return false;
    }

    // Sums over the first blocks, separately for the blocks in the first half and in the second half.
    private sealed class HalfSums(int strategies)
    {
        public long InCount { get; set; }

        public long OutCount { get; set; }

        public double[] InSum { get; } = new double[strategies];

        public double[] InSquares { get; } = new double[strategies];

        public double[] OutSum { get; } = new double[strategies];

        public double[] OutSquares { get; } = new double[strategies];
    }

    private static int Choose(int n, int k)
    {
        long result = 1;
        for (var i = 1; i <= k; i++) result = result * (n - k + i) / i;
        return (int)result;
    }

    private static double Slope(List<double> x, List<double> y)
    {
        double meanX = 0, meanY = 0, xx = 0, xy = 0;
        for (var i = 0; i < x.Count; i++)
        {
            meanX += x[i] / x.Count;
            meanY += y[i] / x.Count;
        }
        for (var i = 0; i < x.Count; i++)
        {
            xx += (x[i] - meanX) * (x[i] - meanX);
            xy += (x[i] - meanX) * (y[i] - meanY);
        }
        return xx > 0 ? xy / xx : double.NaN;
    }
}
