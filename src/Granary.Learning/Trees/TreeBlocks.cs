using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Granary.Learning.Trees;

/// <summary>
/// An ensemble cut into blocks of four levels, for processors with AVX-512 VBMI. Each split feature of a row becomes one byte: the number
/// of the ensemble's thresholds below its value. One permutation of these bytes and one comparison decide four blocks at a time. A tree
/// that has reached its leaf leaves the round, so a shallow tree does not wait for a deep one. The sum equals that of
/// <see cref="TreeEnsemble.SumLeaves"/>, in its order, to the bit.
/// </summary>
internal sealed class TreeBlocks
{
    // With fewer trees, encoding the row takes longer than it saves.
    private const int LeastTrees = 16;

    // Limits: the bytes in two registers, and the thresholds that a byte can count.
    private const int MaxSlots = 128, MaxCuts = 255;

    // A block fills one cache line. Each of its 16 heap-ordered places has the feature and cut to compare (place 0 is unused), and each of
    // its 16 exits has the distance to the next block, or the number of the leaf.
    private const int Levels = 4, Exits = 1 << Levels, Record = 4 * Exits, Leaf = 1 << 15;

    // A cut that no value exceeds: places below a leaf lead to the left.
    private const byte Never = 255;

    // For each feature 16 cuts, the last of each group of 16, then all 256, of which at most 255 are finite.
    private const int CutRow = 16 + 256;

    // The number of trees that are evaluated together; a multiple of eight, because the sum adds them by eights.
    private const int Chunk = 256;

    private readonly byte[] _records;
    private readonly int _start;
    private readonly ulong[] _walkers;
    private readonly double[] _values;
    private readonly int[] _firstLeaf, _features;
    private readonly float[] _cuts;

    private TreeBlocks(List<byte> records, ulong[] cursors, double[] values, int[] firstLeaf, int[] features, float[] cuts)
    {
        // Pinned, so that the first record stays aligned to a cache line.
        _records = GC.AllocateUninitializedArray<byte>(records.Count + Record, pinned: true);
        _start = (int)((Record - (Marshal.UnsafeAddrOfPinnedArrayElement(_records, 0) & (Record - 1))) & (Record - 1));
        records.CopyTo(_records, _start);
        _walkers = cursors;
        _values = values;
        _firstLeaf = firstLeaf;
        _features = features;
        _cuts = cuts;
    }

    /// <returns>
    /// The blocks. Null if the processor lacks the instructions, if there are few trees, or if features, thresholds or leaves exceed the
    /// limits; then the trees are evaluated node by node.
    /// </returns>
    public static TreeBlocks? From(TreeNode[] nodes, double[] values, int[] roots)
    {
        if (!Avx512Vbmi.IsSupported || roots.Length < LeastTrees || Thresholds(nodes) is not { } thresholds) return null;
        return new Builder(nodes, values, thresholds).Build(roots);
    }

    private static int Distinct(TreeNode[] nodes, double[] values)
    {
        var found = new HashSet<long>();
        for (var i = 0; i < nodes.Length; i++)
            if (nodes[i].Step == 0)
                found.Add(BitConverter.DoubleToInt64Bits(values[i]));
        return found.Count;
    }

    // The distinct thresholds of each split feature, ascending, as in the nodes; null if there are too many.
    private static SortedList<int, int[]>? Thresholds(TreeNode[] nodes)
    {
        var found = new Dictionary<int, HashSet<int>>();
        foreach (var node in nodes)
        {
            if (node.Step == 0) continue;
            if (!found.TryGetValue(node.Feature, out var own)) found.Add(node.Feature, own = []);
            own.Add(node.Threshold);
        }
        if (found.Count > MaxSlots || found.Values.Any(own => own.Count > MaxCuts)) return null;
        var thresholds = new SortedList<int, int[]>(found.Count);
        foreach (var (feature, own) in found) thresholds.Add(feature, [.. own.Order()]);
        return thresholds;
    }

    /// <summary>Returns the sum of the leaves of a row with finite features. Allocates nothing.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Sum(ReadOnlySpan<double> input)
    {
        Span<byte> codes = stackalloc byte[MaxSlots];
        // A cursor for each tree: its number within the chunk in the upper half, its block in the lower half; two alternating lists.
        Span<ulong> here = stackalloc ulong[Chunk + 4], there = stackalloc ulong[Chunk + 4];
        Span<ushort> places = stackalloc ushort[Chunk + 32];
        Span<int> leaves = stackalloc int[Chunk];
        Encode(input, codes);
        var sum = 0.0;
        for (var start = 0; start < _walkers.Length; start += Chunk)
        {
            var count = Math.Min(Chunk, _walkers.Length - start);
            _walkers.AsSpan(start, count).CopyTo(here);
            for (nint active = count; active > 0;)
            {
                Decide(ref codes[0], ref here[0], ref places[0], active);
                active = Follow(ref here[0], ref there[0], ref places[0], ref leaves[0], active);
                if (active == 0) break;
                Decide(ref codes[0], ref there[0], ref places[0], active);
                active = Follow(ref there[0], ref here[0], ref places[0], ref leaves[0], active);
            }
            sum = Add(sum, ref leaves[0], start, count);
        }
        return sum;
    }

    // The number of cuts below each value: first by groups of sixteen, then within the group.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Encode(ReadOnlySpan<double> input, Span<byte> codes)
    {
        ref var row = ref MemoryMarshal.GetArrayDataReference(_cuts);
        for (var slot = 0; slot < _features.Length; slot++)
        {
            var value = Vector512.Create(BinnedFeatures.Narrow(input[_features[slot]]));
            var group = Below(ref row, 0, value);
            codes[slot] = (byte)(16 * group + Below(ref row, 16 + 16 * group, value));
            row = ref Unsafe.Add(ref row, CutRow);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Below(ref float cuts, int from, Vector512<float> value) =>
        BitOperations.PopCount(Vector512.LessThan(Vector512.LoadUnsafe(ref cuts, (nuint)from), value).ExtractMostSignificantBits());

    // The exit of each tree from its block, as the place 16 … 31 on a fifth level.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Decide(ref byte codes, ref ulong cursors, ref ushort places, nint count)
    {
        ref var records = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_records), _start);
        var (low, high) = (Vector512.LoadUnsafe(ref codes), Vector512.LoadUnsafe(ref codes, 64));
        var wide = _features.Length > 64;
        // Padding of the last group of four is computed too, and ignored.
        Vector256<ulong>.Zero.StoreUnsafe(ref cursors, (nuint)count);
        for (nint i = 0; i < count; i += 4)
        {
            var ab = Questions(ref records, Unsafe.Add(ref cursors, i)).ToVector512Unsafe()
                .WithUpper(Questions(ref records, Unsafe.Add(ref cursors, i + 1))).AsInt32();
            var cd = Questions(ref records, Unsafe.Add(ref cursors, i + 2)).ToVector512Unsafe()
                .WithUpper(Questions(ref records, Unsafe.Add(ref cursors, i + 3))).AsInt32();
            var slots = Avx512F.Shuffle4x128(ab, cd, 0b10_00_10_00).AsByte();
            var cuts = Avx512F.Shuffle4x128(ab, cd, 0b11_01_11_01).AsByte();
            var code = wide ? Avx512Vbmi.PermuteVar64x8x2(low, slots, high) : Avx512Vbmi.PermuteVar64x8(low, slots);
            Unsafe.WriteUnaligned(ref Unsafe.As<ushort, byte>(ref Unsafe.Add(ref places, i)),
                Vector512.GreaterThan(code, cuts).ExtractMostSignificantBits());
        }
        // Converts sixteen comparison bits per tree, in heap order, to the exit place: 32 trees at a time.
        var one = Vector512<ushort>.One;
        for (nint i = 0; i < count; i += 32)
        {
            var right = Vector512.LoadUnsafe(ref places, (nuint)i);
            var at = one;
            for (var level = 0; level < Levels; level++) at = at + at + (Avx512BW.ShiftRightLogicalVariable(right, at) & one);
            at.StoreUnsafe(ref places, (nuint)i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Questions(ref byte records, ulong cursor) =>
        Vector256.LoadUnsafe(ref records, (nuint)(uint)cursor * Record);

    // Follows the exits, and returns the number of trees that have not reached a leaf.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private nint Follow(ref ulong cursors, ref ulong further, ref ushort places, ref int leaves, nint count)
    {
        // Place 16 is exit 0; the exits follow the 16 pairs of bytes.
        ref var exits = ref Unsafe.As<byte, ushort>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_records), _start));
        nint still = 0;
        for (nint i = 0; i < count; i++)
        {
            var cursor = Unsafe.Add(ref cursors, i);
            var next = (ulong)Unsafe.Add(ref exits, (nint)((ulong)(uint)cursor * (Record / 2)) + Unsafe.Add(ref places, i));
            // Overwritten until it is a leaf.
            Unsafe.Add(ref leaves, (nint)(cursor >> 32)) = (int)next;
            Unsafe.Add(ref further, still) = cursor + next;
            still += (nint)((next >> 15) ^ 1);
        }
        return still;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double Add(double sum, ref int leaves, int start, int count)
    {
        ref var values = ref MemoryMarshal.GetArrayDataReference(_values);
        ref var first = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_firstLeaf), start);
        nint t = 0;
        for (; t <= count - 8; t += 8)
            sum += ((Value(ref values, ref leaves, ref first, t) + Value(ref values, ref leaves, ref first, t + 1))
                    + (Value(ref values, ref leaves, ref first, t + 2) + Value(ref values, ref leaves, ref first, t + 3)))
                + ((Value(ref values, ref leaves, ref first, t + 4) + Value(ref values, ref leaves, ref first, t + 5))
                    + (Value(ref values, ref leaves, ref first, t + 6) + Value(ref values, ref leaves, ref first, t + 7)));
        for (; t < count; t++) sum += Value(ref values, ref leaves, ref first, t);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Value(ref double values, ref int leaves, ref int first, nint tree) =>
        Unsafe.Add(ref values, (Unsafe.Add(ref leaves, tree) & (Leaf - 1)) + Unsafe.Add(ref first, tree));

    /// <summary>Writes the blocks of the trees in order.</summary>
    private sealed class Builder(TreeNode[] nodes, double[] values, SortedList<int, int[]> thresholds)
    {
        // Forests have few distinct leaves, which share one table; otherwise each tree has its own section.
        private readonly bool _shared = Distinct(nodes, values) <= Leaf;
        private readonly int[] _features = [.. thresholds.Keys];
        private readonly List<byte> _records = [];
        private readonly List<double> _leaves = [];
        private readonly Dictionary<long, int> _known = [];
        private readonly Queue<(int Node, int Parent, int Exit)> _blocks = new();
        private readonly Queue<(int Node, int Place)> _within = new();
        private int _firstLeaf;

        /// <returns>Null if a tree has too many leaves or blocks.</returns>
        public TreeBlocks? Build(int[] roots)
        {
            var cursors = new ulong[roots.Length];
            var firstLeaf = new int[roots.Length];
            for (var t = 0; t < roots.Length; t++)
            {
                cursors[t] = (ulong)(t % Chunk) << 32 | (uint)(_records.Count / Record);
                firstLeaf[t] = _firstLeaf = _shared ? 0 : _leaves.Count;
                _blocks.Enqueue((roots[t], -1, 0));
                while (_blocks.TryDequeue(out var top))
                    if (!WriteBlock(top.Node, top.Parent, top.Exit)) return null;
            }
            return new TreeBlocks(_records, cursors, [.. _leaves], firstLeaf, _features, Cuts());
        }

        // Returns false if a distance or a leaf number exceeds its field.
        private bool WriteBlock(int root, int parent, int exit)
        {
            var block = _records.Count / Record;
            CollectionsMarshal.SetCount(_records, (block + 1) * Record);
            var record = At(block);
            record.Clear();
            record[Exits..(2 * Exits)].Fill(Never);
            if (parent >= 0)
            {
                if (block - parent >= Leaf) return false;
                ExitsOf(At(parent))[exit] = (ushort)(block - parent);
            }
            _within.Enqueue((root, 1));
            while (_within.TryDequeue(out var at))
            {
                var node = nodes[at.Node];
                if (node.Step == 0)
                {
                    var leaf = LeafOf(values[at.Node]);
                    if (leaf >= Leaf) return false;
                    ExitsOf(record)[ExitOf(at.Place)] = (ushort)(Leaf | leaf);
                }
                else if (at.Place >= Exits)
                {
                    _blocks.Enqueue((at.Node, block, at.Place - Exits));
                }
                else
                {
                    record[at.Place] = (byte)Array.BinarySearch(_features, node.Feature);
                    record[Exits + at.Place] = (byte)Array.BinarySearch(thresholds[node.Feature], node.Threshold);
                    _within.Enqueue((at.Node + node.Step, 2 * at.Place));
                    _within.Enqueue((at.Node + node.Step + 1, 2 * at.Place + 1));
                }
            }
            return true;
        }

        // The index of a leaf in its tree's table.
        private int LeafOf(double value)
        {
            var bits = BitConverter.DoubleToInt64Bits(value);
            if (_shared && _known.TryGetValue(bits, out var leaf)) return leaf;
            leaf = _leaves.Count - _firstLeaf;
            if (_shared) _known.Add(bits, leaf);
            _leaves.Add(value);
            return leaf;
        }

        private float[] Cuts()
        {
            var cuts = new float[_features.Length * CutRow];
            Array.Fill(cuts, float.PositiveInfinity);
            for (var slot = 0; slot < _features.Length; slot++)
            {
                var row = cuts.AsSpan(slot * CutRow, CutRow);
                var own = thresholds[_features[slot]];
                for (var k = 0; k < own.Length; k++) row[16 + k] = TreeNode.FromSortable(own[k]);
                for (var k = 0; k < 16; k++) row[k] = row[16 + 16 * k + 15];
            }
            return cuts;
        }

        private Span<byte> At(int block) => CollectionsMarshal.AsSpan(_records).Slice(block * Record, Record);

        // A leaf above the last level continues to the left.
        private static int ExitOf(int place) => (place << (Levels - BitOperations.Log2((uint)place))) - Exits;

        private static Span<ushort> ExitsOf(Span<byte> record) => MemoryMarshal.Cast<byte, ushort>(record[(2 * Exits)..]);
    }
}
