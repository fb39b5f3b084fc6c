using System.Runtime.InteropServices;
using Granary.Engine.Market;

namespace Granary.Cluster.Wire;

/// <summary>A block of bars, each column as in memory (little-endian, eight bytes a bar).</summary>
/// <remarks>
/// Copying a column is ten times cheaper than writing numbers. One array for all columns would be on the large object heap.
/// </remarks>
[GenerateSerializer, Alias("granary.BarBlock")]
internal readonly record struct BarBlockWire(
    [property: Id(0)] long FirstIndex,
    [property: Id(1)] byte[] Time,
    [property: Id(2)] byte[] Open,
    [property: Id(3)] byte[] High,
    [property: Id(4)] byte[] Low,
    [property: Id(5)] byte[] Close,
    [property: Id(6)] byte[] Volume,
    [property: Id(7)] FurtherColumnsWire? Further = null);

/// <summary>Further columns of a block of bars.</summary>
[GenerateSerializer, Immutable, Alias("granary.FurtherColumns")]
internal sealed record FurtherColumnsWire([property: Id(0)] string[] Names, [property: Id(1)] byte[][] Values);

[RegisterConverter]
internal sealed class BarBlockConverter : IConverter<BarBlock, BarBlockWire>
{
    public BarBlock ConvertFromSurrogate(in BarBlockWire s) =>
        new(s.FirstIndex, Numbers<long>(s.Time), Numbers<double>(s.Open), Numbers<double>(s.High), Numbers<double>(s.Low),
        Numbers<double>(s.Close), Numbers<double>(s.Volume))
        {
            Further = s.Further is { } further
                ? new FurtherColumns(further.Names, Array.ConvertAll(further.Values, Numbers<double>)) : null,
        };

    public BarBlockWire ConvertToSurrogate(in BarBlock value) =>
        new(value.FirstIndex, Bytes(value.Time), Bytes(value.Open), Bytes(value.High), Bytes(value.Low), Bytes(value.Close),
            Bytes(value.Volume), OfFurther(value.Further));

    private static FurtherColumnsWire? OfFurther(FurtherColumns? further) => further is null ? null
        : new FurtherColumnsWire([.. further.Names], [.. Enumerable.Range(0, further.Count).Select(c => Bytes(further[c]))]);

    private static byte[] Bytes<T>(ReadOnlySpan<T> column) where T : unmanaged
    {
        var bytes = GC.AllocateUninitializedArray<byte>(column.Length * sizeof(long));
        MemoryMarshal.AsBytes(column).CopyTo(bytes);
        return bytes;
    }

    private static T[] Numbers<T>(byte[] bytes) where T : unmanaged
    {
        var values = GC.AllocateUninitializedArray<T>(bytes.Length / sizeof(long));
        bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
