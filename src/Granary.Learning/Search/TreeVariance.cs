using Granary.Learning.Trees;

namespace Granary.Learning.Search;

/// <summary>The variances of a regression tree over a space, and of its means as functions of one dimension each.</summary>
internal sealed class TreeVariance
{
    private readonly Axis[] _axes;
    private readonly IReadOnlyList<FeatureColumn> _columns;
    private readonly GrownTree _tree;
    private readonly List<Box> _leaves = [];

    public TreeVariance(Axis[] axes, IReadOnlyList<FeatureColumn> columns, GrownTree tree)
    {
        (_axes, _columns, _tree) = (axes, columns, tree);
        var all = new Side[axes.Length];
        for (var d = 0; d < all.Length; d++) all[d] = new(0, 1, axes[d].Choices == 0 ? null : [.. Enumerable.Repeat(true,
            axes[d].Choices)]);
        Collect(0, all);
    }

    /// <summary>Returns the shares by dimension; null if the tree is constant.</summary>
    public double[]? Shares()
    {
        var mean = _leaves.Sum(l => l.Volume * l.Value);
        var variance = _leaves.Sum(l => l.Volume * (l.Value - mean) * (l.Value - mean));
        if (!(variance > 0)) return null;
        var shares = new double[_axes.Length];
        for (var d = 0; d < shares.Length; d++)
        {
            if (_axes[d].Count > 1) shares[d] = (_axes[d].Choices > 0 ? OfChoice(d, mean) : OfNumber(d, mean)) / variance;
        }
        return shares;
    }

    private void Collect(int node, Side[] sides)
    {
        var step = _tree.Nodes[node].Step;
        if (step == 0)
        {
            var volume = sides.Aggregate(1.0, (product, side) => product * side.Length);
            // A box without points of the space: both children of a cut that its choices decide already.
            if (volume > 0) _leaves.Add(new(sides, volume, _tree.Values[node]));
            return;
        }
        var column = _columns[_tree.Nodes[node].Feature];
        var side = sides[column.Dimension];
        Side left, right;
        if (side.Choices is { } choices)
        {
            left = side with { Choices = [.. choices.Select((has, c) => has && c != column.Choice)] };
            right = side with { Choices = [.. choices.Select((has, c) => has && c == column.Choice)] };
        }
        else
        {
            var cut = Math.Clamp(TreeNode.FromSortable(_tree.Nodes[node].Threshold), side.Low, side.High);
            (left, right) = (side with { High = cut }, side with { Low = cut });
        }
        Collect(node + step, Replaced(sides, column.Dimension, left));
        Collect(node + step + 1, Replaced(sides, column.Dimension, right));
    }

    private static Side[] Replaced(Side[] sides, int d, Side side)
    {
        var copy = (Side[])sides.Clone();
        copy[d] = side;
        return copy;
    }

    private double OfChoice(int d, double mean)
    {
        var count = _axes[d].Choices;
        var means = new double[count];
        foreach (var leaf in _leaves)
        {
            for (var c = 0; c < count; c++)
            {
                if (leaf.Sides[d].Choices![c]) means[c] += leaf.Value * leaf.Volume / leaf.Sides[d].Length;
            }
        }
        return means.Sum(m => (m - mean) * (m - mean)) / count;
    }

    private double OfNumber(int d, double mean)
    {
        double[] ends = [.. _leaves.Select(l => l.Sides[d].Low).Append(1).Distinct().Order()];
        // Change of the mean at each end.
        var change = new double[ends.Length];
        foreach (var leaf in _leaves)
        {
            var part = leaf.Value * leaf.Volume / leaf.Sides[d].Length;
            change[Array.BinarySearch(ends, leaf.Sides[d].Low)] += part;
            change[Array.BinarySearch(ends, leaf.Sides[d].High)] -= part;
        }
        double value = 0, variance = 0;
        for (var k = 0; k + 1 < ends.Length; k++)
        {
            value += change[k];
            variance += (ends[k + 1] - ends[k]) * (value - mean) * (value - mean);
        }
        return variance;
    }

    /// <summary>The part of a dimension that a box covers.</summary>
    private sealed record Side(double Low, double High, bool[]? Choices)
    {
        public double Length => Choices is null ? High - Low : (double)Choices.Count(c => c) / Choices.Length;
    }

    private sealed record Box(Side[] Sides, double Volume, double Value);
}
