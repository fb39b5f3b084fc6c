// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json.Serialization;

namespace Granary.Client.Schemas;

/// <summary>What should be done with the version in use.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ModelAction>))]
public enum ModelAction
{
    [JsonStringEnumMemberName("keep")]
    Keep,

    [JsonStringEnumMemberName("train")]
    Train,

    [JsonStringEnumMemberName("promote")]
    Promote,

    [JsonStringEnumMemberName("roll-back")]
    RollBack,
}
