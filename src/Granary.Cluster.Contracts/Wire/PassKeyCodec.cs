using System.Buffers;
using Granary.Cluster.Batches;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace Granary.Cluster.Wire;

/// <summary>Writes a <see cref="PassKey"/> as its text, byte by byte as the earlier version writes it.</summary>
[RegisterSerializer]
[RegisterCopier]
public sealed class PassKeyCodec : IFieldCodec<PassKey>, IDeepCopier<PassKey>
{
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, PassKey value)
        where TBufferWriter : IBufferWriter<byte> => StringCodec.WriteField(ref writer, fieldIdDelta, value.ToString());

    public PassKey ReadValue<TInput>(ref Reader<TInput> reader, Field field) => new(StringCodec.ReadValue(ref reader, field) ?? "");

    public PassKey DeepCopy(PassKey input, CopyContext context) => input;
}
