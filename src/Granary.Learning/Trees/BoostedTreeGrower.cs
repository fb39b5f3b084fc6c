using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Granary.Learning.Trainers;

namespace Granary.Learning.Trees;

/// <summary>
/// Grows trees over the same samples, best leaf first. Each leaf has a histogram of gradient, curvature and count per bin and feature. The
/// smaller child's histogram is summed from its samples; the larger child's is the parent's minus the smaller one's.
/// </summary>
internal sealed class BoostedTreeGrower
{
    private const int Bins = 256;
    private const double LeastCurvature = 1e-3;

    private readonly BinnedFeatures _features;
    private readonly int _width, _samples, _leaves, _minLeaf, _maxDepth;
    private readonly double _l2, _learningRate;
    private readonly TrainingThreads _threads;
    private readonly int[] _rows, _spare;
    private readonly double[] _gathered;
    private readonly Leaf[] _open;
    private readonly Split[] _splits;
    private readonly Stack<Histogram> _free = new();

    public BoostedTreeGrower(BinnedFeatures features, int leaves, int minLeaf, int maxDepth, double l2, double learningRate,
        TrainingThreads threads)
    {
        _features = features;
        _width = features.Codes.Length;
        _samples = features.Codes[0].Length;
        _leaves = leaves;
        _minLeaf = minLeaf;
        _maxDepth = maxDepth;
        _l2 = l2;
        _learningRate = learningRate;
        _threads = threads;
        _rows = new int[_samples];
        _spare = new int[_samples];
        _gathered = new double[2 * _samples];
        _open = new Leaf[leaves];
        _splits = new Split[_width];
    }

    /// <param name="derivatives">[samples, 2]: gradient and curvature of the loss.</param>
    /// <param name="scores">[samples]: the tree's values are added to them.</param>
    public GrownTree Grow(double[] derivatives, double[] scores)
    {
        for (var i = 0; i < _samples; i++) _rows[i] = i;
        var nodes = new TreeNode[2 * _leaves - 1];
        var values = new double[2 * _leaves - 1];
        var gain = new double[_width];
        var used = 1;
        var depth = 0;
        var root = new Leaf { Node = 0, Start = 0, End = _samples };
        for (var i = 0; i < _samples; i++)
        {
            root.Gradient += derivatives[2 * i];
            root.Curvature += derivatives[2 * i + 1];
        }
        if (_samples >= 2 * _minLeaf)
        {
            root.Histogram = Take();
            Build(root, derivatives, parent: null);
        }
        _open[0] = root;
        var count = 1;
        while (count < _leaves)
        {
            var best = -1;
            for (var k = 0; k < count; k++)
                if (_open[k].Best.Gain > 0 && (best < 0 || _open[k].Best.Gain > _open[best].Best.Gain))
                    best = k;
            if (best < 0 || used + 1 - _open[best].Node > TreeNode.MaxStep) break;
            var leaf = _open[best];
            var split = leaf.Best;
            var middle = Partition(leaf, split);
            var (left, right) = ChildrenOf(leaf, middle, used);
            nodes[leaf.Node] = new TreeNode(_features.Cuts[split.Feature][split.Bin], split.Feature, used - leaf.Node);
            gain[split.Feature] += split.Gain;
            used += 2;
            depth = Math.Max(depth, leaf.Depth + 1);
            _open[best] = left;
            _open[count++] = right;
            // The children of the last split stay leaves, so their histograms are not needed.
            if (count < _leaves) BuildChildren(leaf, left, right, derivatives);
            if (leaf.Histogram is { } h && leaf.Histogram != left.Histogram && leaf.Histogram != right.Histogram) _free.Push(h);
            leaf.Histogram = null;
        }
        for (var k = 0; k < count; k++)
        {
            var leaf = _open[k];
            nodes[leaf.Node] = TreeNode.Leaf;
            var value = -_learningRate * leaf.Gradient / Math.Max(leaf.Curvature + _l2, 1e-300);
            values[leaf.Node] = value;
            for (var i = leaf.Start; i < leaf.End; i++) scores[_rows[i]] += value;
            if (leaf.Histogram is { } h) _free.Push(h);
        }
        return new GrownTree(nodes[..used], values[..used], depth, gain);
    }

    private static (Leaf Left, Leaf Right) ChildrenOf(Leaf leaf, int middle, int node)
    {
        var split = leaf.Best;
        var left = new Leaf { Node = node, Depth = leaf.Depth + 1, Start = leaf.Start, End = middle };
        var right = new Leaf { Node = node + 1, Depth = leaf.Depth + 1, Start = middle, End = leaf.End };
        (left.Gradient, left.Curvature) = (split.LeftGradient, split.LeftCurvature);
        (right.Gradient, right.Curvature) = (leaf.Gradient - split.LeftGradient, leaf.Curvature - split.LeftCurvature);
        return (left, right);
    }

    private void BuildChildren(Leaf parent, Leaf left, Leaf right, double[] derivatives)
    {
        var (small, large) = left.End - left.Start <= right.End - right.Start ? (left, right) : (right, left);
        var smallSplits = small.End - small.Start >= 2 * _minLeaf;
        var largeSplits = large.End - large.Start >= 2 * _minLeaf;
        if (!largeSplits || left.Depth == _maxDepth) return; // then the small one cannot either
        small.Histogram = Take();
        large.Histogram = parent.Histogram;
        Build(small, derivatives, large, smallSplits);
        if (!smallSplits)
        {
            _free.Push(small.Histogram);
            small.Histogram = null;
        }
    }

    // Sums the leaf's histogram, subtracts it from its sibling's, and finds the best split of both for each feature.
    private void Build(Leaf leaf, double[] derivatives, Leaf? parent, bool search = true)
    {
        var (start, count) = (leaf.Start, leaf.End - leaf.Start);
        var gathered = derivatives;
        if (count < _samples)
        {
            gathered = _gathered;
            ref var from = ref MemoryMarshal.GetArrayDataReference(derivatives);
            ref var to = ref MemoryMarshal.GetArrayDataReference(gathered);
            for (var i = 0; i < count; i++)
                Vector128.LoadUnsafe(ref from, (nuint)(2 * _rows[start + i])).StoreUnsafe(ref to, (nuint)(2 * i));
        }
        var histogram = leaf.Histogram!;
        _siblingSplits ??= new Split[_width];
        _threads.For(_width, (long)_width * (count + 2 * Bins), f =>
        {
            Sum(histogram, f, start, count, gathered);
            _splits[f] = search ? BestSplit(histogram, f, leaf) : default;
            if (parent is null) return;
            Subtract(parent.Histogram!, histogram, f);
            _siblingSplits[f] = BestSplit(parent.Histogram!, f, parent);
        });
        leaf.Best = First(_splits);
        if (parent is not null) parent.Best = First(_siblingSplits);
    }

    private Split[]? _siblingSplits;

    // The largest gain; of equal ones, that of the first feature.
    private static Split First(Split[] splits)
    {
        var best = default(Split);
        foreach (var split in splits)
            if (split.Gain > best.Gain)
                best = split;
        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sum(Histogram histogram, int feature, int start, int count, double[] gathered)
    {
        var bins = _features.Cuts[feature].Length + 1;
        Array.Clear(histogram.Sums, feature * Bins * 2, bins * 2);
        Array.Clear(histogram.Counts, feature * Bins, bins);
        ref var sums = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(histogram.Sums), feature * Bins * 2);
        ref var counts = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(histogram.Counts), feature * Bins);
        ref var codes = ref MemoryMarshal.GetArrayDataReference(_features.Codes[feature]);
        ref var rows = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_rows), start);
        ref var from = ref MemoryMarshal.GetArrayDataReference(gathered);
        for (nint i = 0; i < count; i++)
        {
            nint bin = Unsafe.Add(ref codes, (nint)Unsafe.Add(ref rows, i));
            ref var slot = ref Unsafe.Add(ref sums, 2 * bin);
            (Vector128.LoadUnsafe(ref slot) + Vector128.LoadUnsafe(ref from, (nuint)(2 * i))).StoreUnsafe(ref slot);
            Unsafe.Add(ref counts, bin)++;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Subtract(Histogram from, Histogram part, int feature)
    {
        var bins = _features.Cuts[feature].Length + 1;
        ref var a = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(from.Sums), feature * Bins * 2);
        ref var b = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(part.Sums), feature * Bins * 2);
        ref var c = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(from.Counts), feature * Bins);
        ref var d = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(part.Counts), feature * Bins);
        // Whole vectors: elements after the last bin are unused.
        for (nuint i = 0; i < (nuint)(2 * bins); i += 4)
            (Vector256.LoadUnsafe(ref a, i) - Vector256.LoadUnsafe(ref b, i)).StoreUnsafe(ref a, i);
        for (nuint i = 0; i < (nuint)bins; i += 8)
            (Vector256.LoadUnsafe(ref c, i) - Vector256.LoadUnsafe(ref d, i)).StoreUnsafe(ref c, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Split BestSplit(Histogram histogram, int feature, Leaf leaf)
    {
        var bins = _features.Cuts[feature].Length; // a cut after each bin but the last
        if (bins == 0) return default;
        ref var sums = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(histogram.Sums), feature * Bins * 2);
        ref var counts = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(histogram.Counts), feature * Bins);
        var total = leaf.End - leaf.Start;
        // Advance to the first cut with enough samples on its left.
        var left = 0;
        var first = 0;
        var running = Vector128<double>.Zero;
        for (; first < bins; first++)
        {
            left += Unsafe.Add(ref counts, first);
            running += Vector128.LoadUnsafe(ref sums, (nuint)(2 * first));
            if (left >= _minLeaf) break;
        }
        if (first == bins) return default;
        var best = 0.0;
        var bestBin = -1;
        var bestLeft = running;
        var (g, h) = (leaf.Gradient, leaf.Curvature);
        var parent = g * g / (h + _l2);
        for (var bin = first; ;)
        {
            if (total - left < _minLeaf) break;
            var gl = running.GetElement(0);
            var hl = running.GetElement(1);
            var gr = g - gl;
            var hr = h - hl;
            if (hr < LeastCurvature) break;
            if (hl >= LeastCurvature)
            {
                // gl²/(hl+λ) + gr²/(hr+λ), with one division.
                var (a, b) = (hl + _l2, hr + _l2);
                var score = (gl * gl * b + gr * gr * a) / (a * b);
                if (score > best)
                {
                    best = score;
                    bestBin = bin;
                    bestLeft = running;
                }
            }
            // Empty bins contain no samples, so a cut after them gives the same split.
            do
            {
                if (++bin == bins) goto done;
            }
            while (Unsafe.Add(ref counts, bin) == 0);
            left += Unsafe.Add(ref counts, bin);
            running += Vector128.LoadUnsafe(ref sums, (nuint)(2 * bin));
        }
    done:
        var gain = best - parent;
        return bestBin < 0 || !(gain > 1e-12 * (1 + parent)) ? default
            : new Split(gain, feature, bestBin, bestLeft.GetElement(0), bestLeft.GetElement(1));
    }

    // Partitions the samples by the cut; both parts keep their order.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Partition(Leaf leaf, in Split split)
    {
        ref var codes = ref MemoryMarshal.GetArrayDataReference(_features.Codes[split.Feature]);
        ref var rows = ref MemoryMarshal.GetArrayDataReference(_rows);
        ref var spare = ref MemoryMarshal.GetArrayDataReference(_spare);
        nint left = leaf.Start, right = 0;
        for (nint i = leaf.Start; i < leaf.End; i++)
        {
            var row = Unsafe.Add(ref rows, i);
            var goesRight = Unsafe.BitCast<bool, byte>(Unsafe.Add(ref codes, (nint)row) > split.Bin);
            Unsafe.Add(ref spare, right) = row;
            Unsafe.Add(ref rows, left) = row;
            right += goesRight;
            left += 1 - goesRight;
        }
        _spare.AsSpan(0, (int)right).CopyTo(_rows.AsSpan((int)left));
        return (int)left;
    }

    private Histogram Take() => _free.Count > 0 ? _free.Pop() : new Histogram(_width);

    private readonly record struct Split(double Gain, int Feature, int Bin, double LeftGradient, double LeftCurvature);

    private sealed class Histogram(int width)
    {
        public readonly double[] Sums = new double[width * Bins * 2];
        public readonly int[] Counts = new int[width * Bins];
    }

    private sealed class Leaf
    {
        public int Node, Depth, Start, End;
        public double Gradient, Curvature;
        public Split Best;
        public Histogram? Histogram;
    }
}
