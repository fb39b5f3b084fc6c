using System.Security.Cryptography;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.ModelFiles;

/// <summary>
/// Serializes a model: "GRML", the format version, the header, the parameters as raw bits, and the SHA-256 of all of these. A
/// <see cref="ModelKindCatalogue"/> reads it.
/// </summary>
internal static class ModelFile
{
    /// <summary>Incremented whenever the layout changes, from the first release on.</summary>
    public const int FormatVersion = 1;

    internal const uint Magic = 0x4C4D5247; // "GRML"
    internal const int HashLength = 32;

    public static byte[] ToBytes(ITrainedModel model)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(FormatVersion);
        WriteModel(writer, model);
        writer.Flush();
        var hash = SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length));
        writer.Write(hash);
        return stream.ToArray();
    }

    internal static void WriteModel(BinaryWriter writer, ITrainedModel model)
    {
        writer.Write(model.Format);
        writer.Write(model.Trainer);
        writer.Write((byte)model.Task);
        writer.Write(model.Features.Count);
        foreach (var feature in model.Features) writer.Write(feature);
        model.Write(writer);
    }
}
