using System.Text.Json.Serialization;

namespace Granary.Modelling.Weighting;

/// <summary>The serialisers of kept trainings in a program without reflection.</summary>
[JsonSerializable(typeof(AllocatorCheckpoints.Kept))]
internal sealed partial class KeptAllocatorJson : JsonSerializerContext;
