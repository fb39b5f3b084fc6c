using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Granary.Engine.Numerics;

namespace Granary.Learning.Trees;

/// <summary>
/// Grows one tree breadth first. At each node it tests some of the features that are not constant there, and selects the cut with the
/// largest decrease of Σ w (y − mean)². A bit map skips bins without samples of the node, so small nodes are fast.
/// </summary>
internal sealed class VarianceTreeGrower
{
    private readonly BinnedFeatures _features;
    private readonly int _width;
    private readonly TreeLimits _limits;
    private readonly double[] _labels, _pairs;
    private readonly int[] _order;
    private readonly double[] _sums = new double[512];
    private readonly int[] _counts = new int[256];
    private PortableRandom _random;

    public VarianceTreeGrower(BinnedFeatures features, double[] labels, double[] weights, TreeLimits limits, PortableRandom random)
    {
        _limits = limits;
        _features = features;
        _width = features.Codes.Length;
        _random = random;
        _order = [.. Enumerable.Range(0, _width)];
        _labels = labels;
        _pairs = new double[2 * labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            _pairs[2 * i] = weights[i];
            _pairs[2 * i + 1] = weights[i] * labels[i];
        }
    }

    /// <param name="rows">The samples to grow on; reordered.</param>
    public GrownTree Grow(int[] rows)
    {
        var nodes = new List<TreeNode>(rows.Length / _limits.MinLeaf);
        var values = new List<double>(rows.Length / _limits.MinLeaf);
        var gain = new double[_width];
        var spare = new int[rows.Length];
        var depth = 0;
        var queue = new Queue<(int Node, int Start, int End, int Depth, double ParentMean, double ParentValue, int ParentCount)>();
        nodes.Add(default);
        values.Add(0);
        queue.Enqueue((0, 0, rows.Length, 0, 0, 0, 0));
        while (queue.TryDequeue(out var open))
        {
            var part = rows.AsSpan(open.Start, open.End - open.Start);
            var (weight, sum) = (0.0, 0.0);
            foreach (var row in part)
            {
                weight += _pairs[2 * row];
                sum += _pairs[2 * row + 1];
            }
            var mean = sum / weight;
            var value = _limits.Shrinkage > 0 && open.ParentCount > 0
                ? open.ParentValue + (mean - open.ParentMean) / (1 + _limits.Shrinkage / open.ParentCount) : mean;
            var first = _labels[part[0]];
            var pure = true;
            for (var i = 1; i < part.Length && pure; i++) pure = _labels[part[i]] == first;
            var split = pure || part.Length < 2 * _limits.MinLeaf || open.Depth == _limits.MaxDepth || nodes.Count
                + 1 - open.Node > TreeNode.MaxStep
                ? default
                : BestSplit(part, weight, sum);
            if (split.Gain <= 0)
            {
                nodes[open.Node] = TreeNode.Leaf;
                values[open.Node] = value;
                continue;
            }
            var codes = _features.Codes[split.Feature];
            var (left, right) = (0, 0);
            for (var i = 0; i < part.Length; i++)
            {
                var row = part[i];
                var goesRight = Unsafe.BitCast<bool, byte>(codes[row] > split.Bin);
                spare[right] = row;
                part[left] = row;
                right += goesRight;
                left += 1 - goesRight;
            }
            spare.AsSpan(0, right).CopyTo(part[left..]);
            gain[split.Feature] += split.Gain;
            depth = Math.Max(depth, open.Depth + 1);
            nodes[open.Node] = new TreeNode(_features.Cuts[split.Feature][split.Bin], split.Feature, nodes.Count - open.Node);
            queue.Enqueue((nodes.Count, open.Start, open.Start + left, open.Depth + 1, mean, value, part.Length));
            queue.Enqueue((nodes.Count + 1, open.Start + left, open.End, open.Depth + 1, mean, value, part.Length));
            nodes.Add(default);
            nodes.Add(default);
            values.Add(0);
            values.Add(0);
        }
        return new GrownTree([.. nodes], [.. values], depth, gain);
    }

    private Split BestSplit(ReadOnlySpan<int> part, double weight, double sum)
    {
        var best = default(Split);
        var parent = sum * sum / weight;
        var seen = 0;
        for (var k = 0; k < _width && seen < _limits.FeaturesPerNode; k++)
        {
            if (_limits.FeaturesPerNode < _width)
            {
                var pick = k + _random.Next(_width - k);
                (_order[k], _order[pick]) = (_order[pick], _order[k]);
            }
            if (Look(part, _order[k], weight, sum, parent, ref best)) seen++;
        }
        return best;
    }

    // Returns false if the feature is constant in the node.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Look(ReadOnlySpan<int> part, int feature, double weight, double sum, double parent, ref Split best)
    {
        var cuts = _features.Cuts[feature].Length;
        if (cuts == 0) return false;
        ref var codes = ref MemoryMarshal.GetArrayDataReference(_features.Codes[feature]);
        ref var pairs = ref MemoryMarshal.GetArrayDataReference(_pairs);
        ref var sums = ref MemoryMarshal.GetArrayDataReference(_sums);
        ref var counts = ref MemoryMarshal.GetArrayDataReference(_counts);
        Span<ulong> occupied = stackalloc ulong[4];
        foreach (var row in part)
        {
            nint bin = Unsafe.Add(ref codes, (nint)row);
            ref var slot = ref Unsafe.Add(ref sums, 2 * bin);
            (Vector128.LoadUnsafe(ref slot) + Vector128.LoadUnsafe(ref pairs, (nuint)(2 * row))).StoreUnsafe(ref slot);
            Unsafe.Add(ref counts, bin)++;
        }
        SetOccupied(part, ref codes, ref counts, occupied);
        var distinct = 0;
        var left = 0;
        var running = Vector128<double>.Zero;
        var (top, topBin) = ((best.Gain + parent) * (1 + 1e-14), -1);
        for (var word = 0; word < 4; word++)
        {
            var bits = occupied[word];
            distinct += BitOperations.PopCount(bits);
            while (bits != 0)
            {
                nint bin = (word << 6) + BitOperations.TrailingZeroCount(bits);
                bits &= bits - 1;
                ref var slot = ref Unsafe.Add(ref sums, 2 * bin);
                running += Vector128.LoadUnsafe(ref slot);
                left += Unsafe.Add(ref counts, bin);
                Vector128<double>.Zero.StoreUnsafe(ref slot);
                Unsafe.Add(ref counts, bin) = 0;
                if (left < _limits.MinLeaf || part.Length - left < _limits.MinLeaf) continue;
                var (w, s) = (running.GetElement(0), running.GetElement(1));
                var (v, r) = (weight - w, sum - s);
                if (!(v > 0)) continue;
                var score = (s * s * v + r * r * w) / (w * v);
                if (score > top)
                {
                    top = score;
                    topBin = (int)bin;
                }
            }
        }
        if (topBin >= 0) best = new Split(top - parent, feature, topBin);
        return distinct > 1;
    }

    // Finds the occupied bins: from the samples if there are few, otherwise from the counts.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetOccupied(ReadOnlySpan<int> part, ref byte codes, ref int counts, Span<ulong> occupied)
    {
        if (part.Length < 128)
        {
            foreach (var row in part)
            {
                var bin = Unsafe.Add(ref codes, (nint)row);
                occupied[bin >> 6] |= 1UL << bin;
            }
            return;
        }
        for (var group = 0; group < 32; group++)
        {
            var filled = ~Vector256.Equals(Vector256.LoadUnsafe(ref counts, (nuint)(group * 8)), Vector256<int>.Zero);
            occupied[group >> 3] |= (ulong)filled.ExtractMostSignificantBits() << (group % 8 * 8);
        }
    }

    private readonly record struct Split(double Gain, int Feature, int Bin);
}
