using Granary.Engine;
using Granary.Learning.Trees;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Trainers.FastTree;

namespace Granary.Learning.MLNet;

/// <summary>
/// Converts ML.NET's trees to Granary's: the same thresholds in single precision, the same branch for a value equal to a threshold, and
/// leaves scaled to the prediction's unit.
/// </summary>
internal static class TreeTranslation
{
    /// <param name="leaf">Contribution of a leaf's value, times its tree's weight, to the prediction.</param>
    public static List<GrownTree> Trees<T>(TreeEnsemble<T> ensemble, MLNetTable table, Func<double, double> leaf)
        where T : RegressionTreeBase
    {
        var trees = new List<GrownTree>(ensemble.Trees.Count);
        for (var t = 0; t < ensemble.Trees.Count; t++)
        {
            var weight = ensemble.TreeWeights[t];
            trees.Add(Tree(ensemble.Trees[t], table, value => leaf(weight * value)));
        }
        return trees;
    }

    /// <summary>Boosted trees whose sum is converted to a probability by a sigmoid.</summary>
    /// <param name="calibrator">p = 1 / (1 + e^(slope · score + offset)), and the slope is negative.</param>
    public static TreeEnsemble Boosted<T>(string trainer, MLNetTable table, TreeEnsemble<T> ensemble, PlattCalibrator calibrator)
        where T : RegressionTreeBase
    {
        var (slope, offset) = (-calibrator.Slope, -calibrator.Offset);
        return TreeEnsemble.Join(MLNetRun.Head(trainer, table), Trees(ensemble, table, v => slope * v), TreeLink.Sigmoid,
            slope * ensemble.Bias + offset);
    }

    /// <summary>Boosted trees whose sum is the standardised label.</summary>
    public static TreeEnsemble Boosted<T>(string trainer, MLNetTable table, TreeEnsemble<T> ensemble) where T : RegressionTreeBase =>
        TreeEnsemble.Join(MLNetRun.Head(trainer, table), Trees(ensemble, table, v => v * table.LabelDeviation), TreeLink.Sum,
            ensemble.Bias * table.LabelDeviation + table.LabelMean);

    /// <summary>The options that FastTree and FastForest share.</summary>
    public static T Set<T>(T o, MLNetTable table, int leaves, int minLeaf, int seed) where T : TreeOptions
    {
        o.NumberOfLeaves = leaves;
        o.MinimumExampleCountPerLeaf = minLeaf;
        o.NumberOfThreads = 1;
        o.Seed = seed;
        o.FeatureSelectionSeed = seed;
        o.ExampleWeightColumnName = table.WeightColumn;
        return o;
    }

    private static GrownTree Tree(RegressionTreeBase tree, MLNetTable table, Func<double, double> leaf)
    {
        var size = 2 * tree.NumberOfLeaves - 1;
        var nodes = new TreeNode[size];
        var values = new double[size];
        var gain = new double[table.Set.Table.Width];
        var depth = 0;
        var used = 1;
        // ML.NET numbers inner nodes from 0 on and leaves from −1 down; a tree of one leaf has no inner node.
        var open = new Queue<(int Node, int Place, int Depth)>();
        open.Enqueue((tree.NumberOfLeaves == 1 ? -1 : 0, 0, 0));
        while (open.TryDequeue(out var at))
        {
            depth = Math.Max(depth, at.Depth);
            if (at.Node < 0)
            {
                nodes[at.Place] = TreeNode.Leaf;
                values[at.Place] = leaf(tree.LeafValues[~at.Node]);
                continue;
            }
            if (used - at.Place > TreeNode.MaxStep)
                throw new InputException($"a tree of {tree.NumberOfLeaves} leaves is too wide: ask for fewer leaves");
            var feature = table.Columns[tree.NumericalSplitFeatureIndexes[at.Node]];
            nodes[at.Place] = new TreeNode(tree.NumericalSplitThresholds[at.Node], feature, used - at.Place);
            gain[feature] += Math.Max(0, tree.SplitGains[at.Node]);
            open.Enqueue((tree.LeftChild[at.Node], used, at.Depth + 1));
            open.Enqueue((tree.RightChild[at.Node], used + 1, at.Depth + 1));
            used += 2;
        }
        return new GrownTree(nodes, values, depth, gain);
    }

    /// <summary>
    /// A step function of one feature as a balanced tree: <paramref name="effects"/>[k] for values up to and including
    /// <paramref name="upTo"/>[k], the last for all above.
    /// </summary>
    public static GrownTree Steps(int feature, int width, IReadOnlyList<float> upTo, IReadOnlyList<double> effects)
    {
        var size = 2 * effects.Count - 1;
        var nodes = new TreeNode[size];
        var values = new double[size];
        var used = 1;
        var depth = 0;
        var open = new Queue<(int From, int To, int Place, int Depth)>();
        open.Enqueue((0, effects.Count - 1, 0, 0));
        while (open.TryDequeue(out var at))
        {
            depth = Math.Max(depth, at.Depth);
            if (at.From == at.To)
            {
                nodes[at.Place] = TreeNode.Leaf;
                values[at.Place] = effects[at.From];
                continue;
            }
            var middle = (at.From + at.To) / 2;
            nodes[at.Place] = new TreeNode(upTo[middle], feature, used - at.Place);
            open.Enqueue((at.From, middle, used, at.Depth + 1));
            open.Enqueue((middle + 1, at.To, used + 1, at.Depth + 1));
            used += 2;
        }
        var gain = new double[width];
        var mean = effects.Average();
        gain[feature] = effects.Sum(e => (e - mean) * (e - mean)) / effects.Count;
        return new GrownTree(nodes, values, depth, gain);
    }
}
