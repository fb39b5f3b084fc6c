using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary;

/// <summary>Writes a batch as the text of a batch file, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Batch))]
internal sealed partial class BatchJson : JsonSerializerContext
{
    /// <summary>The text of a batch file.</summary>
    public static byte[] Write(Batch batch) => JsonSerializer.SerializeToUtf8Bytes(batch, Default.Batch);
}
