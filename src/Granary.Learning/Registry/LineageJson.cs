using System.Text.Json.Serialization;

namespace Granary.Learning.Registry;

/// <summary>The serialisers of a registry's documents in a program without reflection.</summary>
[JsonSerializable(typeof(StoredLineage))]
[JsonSerializable(typeof(ModelPointer))]
internal sealed partial class LineageJson : JsonSerializerContext;
