using System.Text.Json.Serialization;

namespace Granary.Modelling.Learning;

/// <summary>The serialisers of entry filters in a program without reflection.</summary>
[JsonSerializable(typeof(EntryModelFile.Head))]
[JsonSerializable(typeof(List<ModelArchive.Entry>))]
internal sealed partial class EntryModelJson : JsonSerializerContext
{
    /// <summary>The options of both files.</summary>
    public static System.Text.Json.JsonSerializerOptions Format { get; } = new(Simulation.Batches.ModelReference.Json)
    {
        TypeInfoResolver = System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault ? null : Default,
    };
}
