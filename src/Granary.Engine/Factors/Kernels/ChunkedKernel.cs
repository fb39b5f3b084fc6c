using System.Numerics;

namespace Granary.Engine.Factors.Kernels;

/// <summary>
/// Base class of kernels with intermediate columns. It splits a run of bars into chunks that fit these columns and the fastest processor
/// cache.
/// </summary>
internal abstract class ChunkedKernel : FactorKernel
{
    /// <summary>The most bars of a chunk.</summary>
    protected const int Longest = 256;

    public sealed override void Process(in FactorInput bars, in FactorOutput lines)
    {
        if (bars.Count <= Longest)
        {
            ProcessChunk(bars, lines);
            return;
        }
        for (var i = 0; i < bars.Count; i += Longest)
        {
            var count = Math.Min(Longest, bars.Count - i);
            ProcessChunk(bars.Slice(i, count), lines.Slice(i, count));
        }
    }

    /// <summary>As <see cref="FactorKernel.Process"/>, for at most <see cref="Longest"/> bars.</summary>
    protected abstract void ProcessChunk(in FactorInput bars, in FactorOutput lines);

    /// <summary>Takes a column off another.</summary>
    protected static void Subtract(Span<double> from, ReadOnlySpan<double> column)
    {
        if (column.Length != from.Length) throw new ArgumentException("as many as in the other", nameof(column));
        var i = 0;
        for (; i <= from.Length - Vector<double>.Count; i += Vector<double>.Count)
            (new Vector<double>(from[i..]) - new Vector<double>(column[i..])).CopyTo(from[i..]);
        for (; i < from.Length; i++) from[i] -= column[i];
    }
}
