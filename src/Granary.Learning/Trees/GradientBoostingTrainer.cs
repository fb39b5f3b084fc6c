using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Trees;

/// <summary>
/// Gradient-boosted trees on histograms (Friedman 2001). Each tree fits Newton steps of the logistic or squared loss, and splits the leaf
/// with the greatest gain until it has its leaves. Growth and defaults follow LightGBM and scikit-learn's HistGradientBoosting,
/// except for the depth and the penalty l2. On noisy markets these two gain out of sample what they cost in sample. The penalty is at most
/// a seventieth of the number of samples, so it does not suppress all splits of a short table.
/// </summary>
[Trainer("gradient-boosting", "Gradient-boosted trees on histograms of the features.")]
internal sealed class GradientBoostingTrainer(
    [Range(1, 100_000)] int trees = 100,
    [Range(2, 65_536)] int leaves = 31,
    [Range(1e-6, 1)] double learningRate = 0.1,
    [Range(1, 1_000_000)] int minLeaf = 20,
    [Range(0, 1e9)] double l2 = 60,
    [Range(1, 64)] int maxDepth = 6) : ITrainer
{
    public string Name => "gradient-boosting";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        set.RequireLearnable(Name, classesOnly: false, Math.Max(20, 2 * minLeaf));
        TreeBounds.RequireWidth(Name, set.Table.Width);
        var classify = set.Table.Task == LearningTask.Classification;
        var threads = new TrainingThreads(options);
        var features = BinnedFeatures.From(set, threads);
        var labels = set.Labels();
        var weights = set.Weights();
        var mean = Dense.Dot(weights, labels) / Dense.Sum(weights);
        var baseline = classify ? PortableMath.Log(mean / (1 - mean)) : mean;
        var scores = new double[labels.Length];
        Array.Fill(scores, baseline);
        // First and second derivatives of the loss, interleaved by sample.
        var derivatives = new double[2 * labels.Length];
        // The penalty is in units of balanced-class samples. If one class is rare, each sample has less curvature, and an unscaled penalty
        // would weigh more.
        var penalty = Math.Min(l2, labels.Length / 70.0) * (classify ? 4 * mean * (1 - mean) : 1);
        var grower = new BoostedTreeGrower(features, leaves, minLeaf, maxDepth, penalty, learningRate, threads);
        var grown = new List<GrownTree>(trees);
        for (var t = 0; t < trees; t++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            if (classify) LogisticDerivatives(scores, labels, weights, derivatives);
            else SquaredDerivatives(scores, labels, weights, derivatives);
            var tree = grower.Grow(derivatives, scores);
            grown.Add(tree);
            if (tree.Depth == 0) break; // no split has a gain, and none will later
        }
        return TreeEnsemble.Join(new ModelHead(Name, set.Table.Task, set.Table.Features), grown, classify ? TreeLink.Sigmoid : TreeLink.Sum,
            baseline);
    }

    private static void LogisticDerivatives(double[] scores, double[] labels, double[] weights, double[] derivatives)
    {
        var i = 0;
        ref var s = ref scores[0];
        Span<double> lanes = stackalloc double[4];
        for (; i <= scores.Length - 4; i += 4)
        {
            var p = PortableMath.Sigmoid(Dense.Load(ref s, i));
            System.Runtime.Intrinsics.Vector256.CopyTo(p, lanes);
            for (var k = 0; k < 4; k++) Put(i + k, lanes[k]);
        }
        for (; i < scores.Length; i++) Put(i, PortableMath.Sigmoid(scores[i]));

        void Put(int at, double p)
        {
            derivatives[2 * at] = weights[at] * (p - labels[at]);
            derivatives[2 * at + 1] = weights[at] * (p * (1 - p));
        }
    }

    private static void SquaredDerivatives(double[] scores, double[] labels, double[] weights, double[] derivatives)
    {
        for (var i = 0; i < scores.Length; i++)
        {
            derivatives[2 * i] = weights[i] * (scores[i] - labels[i]);
            derivatives[2 * i + 1] = weights[i];
        }
    }
}

internal static class TreeBounds
{
    public static void RequireWidth(string trainer, int width)
    {
        if (width > TreeNode.MaxFeatures)
            throw new InputException($"{trainer} takes up to {TreeNode.MaxFeatures} features, "
                + $"not {width}: select the best of them first");
    }
}
