using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Trees;

/// <summary>Function that converts the sum of the trees to a prediction.</summary>
internal enum TreeLink
{
    /// <summary>baseline + Σ leaves.</summary>
    Sum,

    /// <summary>1 / (1 + e^−(baseline + Σ leaves)).</summary>
    Sigmoid,

    /// <summary>Σ leaves / trees.</summary>
    Mean,
}

/// <summary>A node in eight bytes. A leaf points to itself: its step is zero and its threshold is never exceeded.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct TreeNode(float threshold, int feature, int step)
{
    /// <summary>The maximum distance between parent and child nodes: about 65,000 leaves.</summary>
    public const int MaxStep = ushort.MaxValue;

    public const int MaxFeatures = 4096;

    /// <summary>The float's bits, converted to an order-preserving integer.</summary>
    public readonly int Threshold = Sortable(threshold);
    public readonly ushort Feature = (ushort)feature;

    /// <summary>The distance to the left child, which precedes the right one.</summary>
    public readonly ushort Step = (ushort)step;

    /// <summary>Maps floats to integers of the same order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sortable(float value)
    {
        var bits = BitConverter.SingleToInt32Bits(value + 0f); // −0 becomes 0
        return bits ^ ((bits >> 31) & int.MaxValue);
    }

    public static float FromSortable(int sortable) => BitConverter.Int32BitsToSingle(sortable ^ ((sortable >> 31) & int.MaxValue));

    public static TreeNode Leaf => new(float.PositiveInfinity, 0, 0);
}

/// <summary>
/// Decision trees in flat arrays. A row is evaluated in eight trees at a time, which hides the latency of memory loads.
/// </summary>
[ModelKind(TreeEnsemble.FormatName)]
internal sealed class TreeEnsemble : TrainedModel, IGainImportance
{
    public const string FormatName = "trees";

    private readonly TreeNode[] _nodes;
    private readonly double[] _values, _gain;
    private readonly int[] _roots, _depths;
    private readonly TreeLink _link;
    private readonly double _baseline;
    private readonly TreeBlocks? _blocks;

    internal TreeEnsemble(ModelHead head, JoinedTrees trees, TreeLink link, double baseline) : base(head)
    {
        (_nodes, _values, _roots, _depths, _gain) = (trees.Nodes, trees.Values, trees.Roots, trees.Depths, trees.Gain);
        _link = link;
        _baseline = baseline;
        _blocks = TreeBlocks.From(_nodes, _values, _roots);
    }

    public IReadOnlyList<double> Gain => _gain;

    /// <summary>The number of trees.</summary>
    public int Trees => _roots.Length;

    /// <summary>The number of steps of a row through all trees.</summary>
    public int Steps
    {
        get
        {
            var steps = 0;
            for (var t = 0; t < _depths.Length; t++) steps += _depths[t - t % 8 + 7 < _depths.Length ? t - t % 8 + 7 : t];
            return steps;
        }
    }

    /// <summary>The number of nodes of all trees, including leaves.</summary>
    public int Nodes => _nodes.Length;

    public override string Format => FormatName;

    /// <summary>Joins grown trees, shallow ones first, so trees that are evaluated together end together.</summary>
    internal static TreeEnsemble Join(ModelHead head, IReadOnlyList<GrownTree> trees, TreeLink link, double baseline)
    {
        var ordered = trees.OrderBy(t => t.Depth).ToArray();
        var nodes = new TreeNode[ordered.Sum(t => t.Nodes.Length)];
        var values = new double[nodes.Length];
        var roots = new int[ordered.Length];
        var at = 0;
        var gain = new double[head.Features.Count];
        for (var t = 0; t < ordered.Length; t++)
        {
            roots[t] = at;
            ordered[t].Nodes.CopyTo(nodes.AsSpan(at));
            ordered[t].Values.CopyTo(values.AsSpan(at));
            at += ordered[t].Nodes.Length;
        }
        foreach (var tree in trees)
            for (var f = 0; f < gain.Length; f++)
                gain[f] += tree.Gain[f];
        var total = gain.Sum();
        for (var f = 0; f < gain.Length && total > 0; f++) gain[f] /= total;
        return new TreeEnsemble(head, new(nodes, values, roots, [.. ordered.Select(t => t.Depth)], gain), link, baseline);
    }

    protected override double PredictFinite(ReadOnlySpan<double> input)
    {
        var sum = _blocks is null ? SumLeaves(input) : _blocks.Sum(input);
        return _link switch
        {
            TreeLink.Sum => _baseline + sum,
            TreeLink.Sigmoid => PortableMath.Sigmoid(_baseline + sum),
            TreeLink.Mean => sum / _roots.Length,
        };
    }

    /// <summary>Returns the sum of the leaves, node by node, on any processor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal double SumLeaves(ReadOnlySpan<double> input)
    {
        Span<int> narrow = stackalloc int[input.Length];
        for (var f = 0; f < input.Length; f++) narrow[f] = TreeNode.Sortable(BinnedFeatures.Narrow(input[f]));
        ref var x = ref MemoryMarshal.GetReference(narrow);
        ref var nodes = ref MemoryMarshal.GetArrayDataReference(_nodes);
        ref var values = ref MemoryMarshal.GetArrayDataReference(_values);
        var sum = 0.0;
        var roots = _roots;
        var t = 0;
        for (; t <= roots.Length - 8; t += 8)
        {
            nint a = roots[t], b = roots[t + 1], c = roots[t + 2], d = roots[t + 3], e = roots[t + 4], f = roots[t + 5], g = roots[t + 6],
                h = roots[t + 7];
            for (var level = _depths[t + 7]; level > 0; level--)
            {
                a = Step(ref nodes, ref x, a);
                b = Step(ref nodes, ref x, b);
                c = Step(ref nodes, ref x, c);
                d = Step(ref nodes, ref x, d);
                e = Step(ref nodes, ref x, e);
                f = Step(ref nodes, ref x, f);
                g = Step(ref nodes, ref x, g);
                h = Step(ref nodes, ref x, h);
            }
            sum += ((Unsafe.Add(ref values, a) + Unsafe.Add(ref values, b)) + (Unsafe.Add(ref values, c) + Unsafe.Add(ref values, d)))
                + ((Unsafe.Add(ref values, e) + Unsafe.Add(ref values, f)) + (Unsafe.Add(ref values, g) + Unsafe.Add(ref values, h)));
        }
        for (; t < roots.Length; t++)
        {
            nint a = roots[t];
            for (var level = _depths[t]; level > 0; level--) a = Step(ref nodes, ref x, a);
            sum += Unsafe.Add(ref values, a);
        }
        return sum;
    }

    /// <summary>Returns the same sum by <see cref="TreeBlocks"/>; null if it is not used.</summary>
    internal double? SumOfBlocks(ReadOnlySpan<double> input) => _blocks?.Sum(input);

    public override void Write(BinaryWriter writer)
    {
        writer.Write((byte)_link);
        writer.Write(_baseline);
        writer.Write(_nodes.Length);
        foreach (var node in _nodes)
        {
            writer.Write(TreeNode.FromSortable(node.Threshold));
            writer.Write(node.Feature);
            writer.Write(node.Step);
        }
        writer.WriteArray(_values);
        writer.WriteArray(_roots);
        writer.WriteArray(_depths);
        writer.WriteArray(_gain);
    }

    public static TreeEnsemble Read(ModelHead head, BinaryReader reader)
    {
        var link = (TreeLink)reader.ReadByte();
        var baseline = reader.ReadDouble();
        var nodes = new TreeNode[reader.ReadInt32()];
        for (var i = 0; i < nodes.Length; i++) nodes[i] = new TreeNode(reader.ReadSingle(), reader.ReadUInt16(), reader.ReadUInt16());
        return new TreeEnsemble(head,
            new(nodes, reader.ReadArray(), reader.ReadIntegers(), reader.ReadIntegers(), reader.ReadArray()), link, baseline);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Step(ref TreeNode nodes, ref int x, nint at)
    {
        ref var node = ref Unsafe.Add(ref nodes, at);
        // The sign of threshold − value, as 0 or 1, which has a lower latency than a comparison of floats.
        var right = (ulong)((long)node.Threshold - Unsafe.Add(ref x, (nint)node.Feature)) >> 63;
        return at + node.Step + (nint)right;
    }
}

/// <summary>One tree, root first, with the children of a node in adjacent places.</summary>
internal sealed record GrownTree(TreeNode[] Nodes, double[] Values, int Depth, double[] Gain);
