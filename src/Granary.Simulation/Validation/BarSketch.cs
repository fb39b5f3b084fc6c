using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Simulation.Validation;

/// <summary>
/// A small sketch of a data set's bars that identifies data sets with mostly the same days: the smallest hashes of its days' bars. Broder,
/// On the resemblance and containment of documents, 1997.
/// </summary>
/// <param name="Days">Hashes, ascending; at most <see cref="Size"/>.</param>
public sealed record BarSketch(IReadOnlyList<ulong> Days)
{
    /// <summary>Maximum number of hashes in a sketch.</summary>
    public const int Size = 64;

    /// <summary>Data sets that share at least this fraction of their days count as one data set for trials.</summary>
    public const double Same = 0.5;

    public static async Task<BarSketch> OfAsync(IBarSeries series, CancellationToken cancellationToken = default)
    {
        var days = new List<ulong>();
        var (day, hash) = (-1L, 0UL);
        await foreach (var block in series.ReadAsync(BarBlock.MaxCount, cancellationToken))
        {
            for (var i = 0; i < block.Count; i++)
            {
                var time = block.Time[i];
                if (time / TimeSpan.TicksPerDay != day)
                {
                    if (day >= 0) days.Add(hash);
                    (day, hash) = (time / TimeSpan.TicksPerDay, 0);
                }
                hash = SplitMix64.Mix(hash ^ (ulong)time);
                hash = SplitMix64.Mix(hash ^ BitConverter.DoubleToUInt64Bits(block.Close[i]));
            }
        }
        if (day >= 0) days.Add(hash);
        return Smallest(days);
    }

    /// <summary>Combines the sketches of data sets that are used together.</summary>
    public static BarSketch Join(IReadOnlyList<BarSketch> parts) =>
        parts.Count == 1 ? parts[0] : Smallest(parts.SelectMany((p, i) => p.Days.Select(d => SplitMix64.Mix(d + (ulong)i))));

    /// <summary>Estimates the fraction of all their days that two data sets share.</summary>
    public double Similarity(BarSketch other)
    {
        var (mine, others) = (Days.ToHashSet(), other.Days.ToHashSet());
        var union = mine.Union(others).Order().Take(Size).ToList();
        return union.Count == 0 ? 0 : union.Count(d => mine.Contains(d) && others.Contains(d)) / (double)union.Count;
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[8 * Days.Count];
        for (var i = 0; i < Days.Count; i++) System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8 * i), Days[i]);
        return bytes;
    }

    public static BarSketch FromBytes(ReadOnlySpan<byte> bytes)
    {
        var days = new ulong[bytes.Length / 8];
        for (var i = 0; i < days.Length; i++) days[i] = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes[(8 * i)..]);
        return new BarSketch(days);
    }

    private static BarSketch Smallest(IEnumerable<ulong> hashes) => new([.. hashes.Distinct().Order().Take(Size)]);
}
