using System.Text.Json.Serialization;

namespace Granary.Simulation.Batches;

/// <summary>The serialisers of references to models in a program without reflection.</summary>
[JsonSerializable(typeof(Dictionary<string, ModelReference>))]
internal sealed partial class ReferenceJson : JsonSerializerContext;
