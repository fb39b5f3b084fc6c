using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Evaluation;
using Granary.Learning.Features;
using Granary.Learning.Labels;
using Granary.Learning.Splits;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Proofs;

/// <summary>Something that honest learning must show, and whether it did.</summary>
/// <param name="Figures">Measured and allowed values, in words.</param>
internal sealed record ProofClaim(string Claim, bool Holds, string Figures);

/// <summary>
/// Shows on seeded data, in a few seconds, that the learning here cannot fool itself: what <c>verify</c> runs beside the look-ahead test of
/// Tests on seeded data, within a few seconds, that the learning code has no leakage or overfitting. <c>verify</c> runs it after the
/// look-ahead check of a run.
/// </summary>
internal static class LearningProof
{
    /// <param name="features">The features of a run's models, which must be equal in backtest and live; null for the default ones.</param>
    /// <param name="supply">The factors of the run's batch, see <see cref="FactorPlan.Supply"/>.</param>
    public static IReadOnlyList<ProofClaim> Run(long seed = 1, CancellationToken cancellation = default,
        IReadOnlyList<FeatureSet>? features = null, Func<FactorRequest, FactorKernel?>? supply = null)
    {
        var options = new TrainingOptions(seed, 1, cancellation);
        return [.. PermutedLabelsGiveNoEdge(options), PlantedSignalIsFound(options), LeakedFutureIsCaught(seed),
            PurgingRemovesTheAdvantageOfOverlap(options), BacktestEqualsLive(seed, features ?? [FeatureSet.Default], supply),
            .. Gradients(seed)];
    }

    private static IEnumerable<ProofClaim> Gradients(long seed) => GradientCheck.Run(seed).Select(r =>
        new ProofClaim($"the gradient agrees with finite differences ({r.Of})", r.Holds,
            $"{r.Compared} parameters, the worst at {r.Worst:P0} of the deviation allowed"));

    private static IEnumerable<ProofClaim> PermutedLabelsGiveNoEdge(TrainingOptions options)
    {
        foreach (var name in new[] { "gradient-boosting", "logistic", "random-forest" })
        {
            var trainer = name == "random-forest" ? TrainerCatalogue.BuiltIn.Create(name, ("trees", 50))
                : TrainerCatalogue.BuiltIn.Create(name);
            var result = PermutationTest.Run(trainer, Planted(1200, 1, options.Seed), 0.6, 4, options);
            yield return new ProofClaim($"permuted labels give no edge ({name})", result.PermutedHaveNoEdge,
                $"AUC {result.Permuted.Min():F3} … {result.Permuted.Max():F3}, allowed 0.5 ± {result.Interval:F3}");
        }
    }

    private static ProofClaim PlantedSignalIsFound(TrainingOptions options)
    {
        var result = PermutationTest.Run(TrainerCatalogue.BuiltIn.Create("gradient-boosting"), Planted(1200, 1, options.Seed), 0.6, 0,
            options);
        return new ProofClaim("a planted signal is found", result.Auc > 0.5 + result.Interval,
            $"AUC {result.Auc:F3}, needed more than {0.5 + result.Interval:F3}");
    }

    private static ProofClaim LeakedFutureIsCaught(long seed)
    {
        var bars = RandomWalk(600, seed);
        double[] Causal(Bar[] b) =>
            [.. Enumerable.Range(0, b.Length).SelectMany(i => new[] { b[i].Close, i >= 5 ? b[i].Close / b[i - 5].Close : double.NaN })];
        // The second feature is scaled by the deviation over all bars: a common mistake.
        double[] Leaking(Bar[] b)
        {
            var mean = b.Average(x => x.Close);
            return [.. b.SelectMany(x => new[] { x.Close, x.Close - mean })];
        }
        var causal = FeatureLookAhead.Run(bars, 2, Causal, seed);
        var leaking = FeatureLookAhead.Run(bars, 2, Leaking, seed);
        return new ProofClaim("a leaked future feature is caught", causal.Count == 0 && leaking.Count == 1 && leaking[0].Feature == 1,
            $"{causal.Count} leaks among the causal features, {leaking.Count} where one was planted");
    }

    private static ProofClaim PurgingRemovesTheAdvantageOfOverlap(TrainingOptions options)
    {
        var (open, purged, allowed) = Overlap(options);
        return new ProofClaim("purging removes the advantage that overlapping labels give", open > 0.5 + allowed
            && Math.Abs(purged - 0.5) <= allowed,
            $"AUC {open:F3} unpurged, {purged:F3} purged, allowed 0.5 ± {allowed:F3}");
    }

    /// <summary>
    /// Labels are directions of a random walk over 20 bars; the features change slowly and are independent of it. Neighbours in time are
    /// neighbours in feature space, and their labels overlap. Without purging, a model sees the answers of the test.
    /// </summary>
    internal static (double Open, double Purged, double Allowed) Overlap(TrainingOptions options)
    {
        const int Bars = 2400, Ahead = 20, Folds = 240;
        var random = new PortableRandom(options.Seed, 5);
        var close = new double[Bars + Ahead];
        var values = new double[Bars * 3];
        var slow = new double[3];
        close[0] = 100;
        for (var i = 1; i < close.Length; i++) close[i] = close[i - 1] * (1 + 0.01 * random.NextGaussian());
        for (var i = 0; i < Bars; i++)
            for (var f = 0; f < 3; f++)
                values[i * 3 + f] = slow[f] += random.NextGaussian();
        var label = LabelColumn.Direction(close, Ahead);
        var time = new long[Bars];
        var end = new long[Bars];
        for (var i = 0; i < Bars; i++) (time[i], end[i]) = (i, label.End[i]);
        var table = new TrainingTable(["slow1", "slow2", "slow3"], values, label.Values[..Bars], null, new(time, end));
        var trainer = TrainerCatalogue.BuiltIn.Create("knn", ("k", 5.0));
        var purged = TimeSplits.PurgedKFold(table, Folds, Ahead);
        var open = purged.Select(f => f with { Train = [.. Enumerable.Range(0, Bars).Except(f.Test)] });
        // Overlapping labels count as the number of labels that fit without overlap.
        return (Pooled(open), Pooled(purged), 3 * ClassificationMetrics.AucStandardError(Bars / Ahead / 2, Bars / Ahead / 2));

        double Pooled(IEnumerable<Fold> folds)
        {
            var (predicted, labels) = (new List<double>(), new List<double>());
            foreach (var fold in folds)
            {
                var model = trainer.Train(new TrainingSet(table, fold.Train), options);
                var (rows, answers) = Prediction.Of(model, new TrainingSet(table, fold.Test));
                predicted.AddRange(answers);
                labels.AddRange(Prediction.Labels(table, rows));
            }
            return ClassificationMetrics.Auc([.. predicted], [.. labels]);
        }
    }

    private static ProofClaim BacktestEqualsLive(long seed, IReadOnlyList<FeatureSet> sets, Func<FactorRequest, FactorKernel?>? supply)
    {
        // Further columns are random too.
        string[] further = [.. sets.SelectMany(s => s.Names).SelectMany(FurtherNames.In).Distinct(StringComparer.Ordinal)];
        var bars = RandomWalk(700, seed);
        var random = new PortableRandom(seed, 11);
        for (var i = 0; further.Length > 0 && i < bars.Length; i++)
            bars[i] = bars[i] with { Further = new FurtherValues(further, [.. further.Select(_ => random.NextGaussian())]) };
        var series = new MarketSeries(new Instrument { Symbol = "WALK" }, Timeframe.Parse("1h"));
        // Reference symbols are another random walk, without bars before the third.
        var symbols = sets.SelectMany(s => s.ReferencesOn(series, supply)).Select(r => r.Symbol).Distinct(StringComparer.Ordinal).ToList();
        double[][] closes = [.. symbols.Select((_, i) =>
            RandomWalk(bars.Length, seed + 1 + i).Select((b, at) => at < 2 ? double.NaN : b.Close).ToArray())];
        var column = Rows(300);
        var live = Rows(1);
        var same = column.AsSpan().SequenceEqual(live);
        return new ProofClaim("features in blocks (backtest) equal features bar by bar (live) to the bit", same,
            $"{column.Length} values compared, of {sets.Sum(s => s.Names.Count)} features");

        long[] Rows(int length) => [.. FeatureTable.Compute(series, Blocks(bars, length), sets, Closes, supply)
            .SelectMany(table => Enumerable.Range(0, table.Bars).SelectMany(i => table.Row(i).ToArray()))
            .Select(BitConverter.DoubleToInt64Bits)];

        Dictionary<string, double[]> Closes(BarBlock block) => symbols.Select((symbol, i) => (symbol, i)).ToDictionary(s => s.symbol,
            s => closes[s.i].AsSpan((int)block.FirstIndex, block.Count).ToArray(), StringComparer.Ordinal);
    }

    private static IEnumerable<BarBlock> Blocks(Bar[] bars, int length)
    {
        for (var start = 0; start < bars.Length; start += length)
            yield return BarBlock.FromBars(start, bars.AsSpan(start, Math.Min(length, bars.Length - start)));
    }

    private static Bar[] RandomWalk(int count, long seed)
    {
        var random = new PortableRandom(seed, 9);
        var bars = new Bar[count];
        var price = 100.0;
        for (var i = 0; i < count; i++)
        {
            var open = price;
            price *= PortableMath.Exp(0.01 * random.NextGaussian());
            bars[i] = new Bar(638_000_000_000_000_000 + i * TimeSpan.TicksPerHour, open, Math.Max(open, price) * 1.001,
                Math.Min(open, price) * 0.999, price, 1000);
        }
        return bars;
    }

    private static TrainingTable Planted(int rows, double strength, long seed)
    {
        var random = new PortableRandom(seed, 3);
        var values = new double[rows * 6];
        var labels = new double[rows];
        for (var i = 0; i < rows; i++)
        {
            for (var f = 0; f < 6; f++) values[i * 6 + f] = random.NextGaussian();
            labels[i] = random.NextDouble() < PortableMath.Sigmoid(strength * (values[i * 6] - values[i * 6 + 1])) ? 1 : 0;
        }
        return new TrainingTable(["x0", "x1", "x2", "x3", "x4", "x5"], values, labels);
    }
}
