// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json.Serialization;

namespace Granary.Client.Schemas;

/// <summary>What was done to a deployment.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeploymentAction>))]
public enum DeploymentAction
{
    [JsonStringEnumMemberName("added")]
    Added,

    [JsonStringEnumMemberName("enabled")]
    Enabled,

    [JsonStringEnumMemberName("disabled")]
    Disabled,

    [JsonStringEnumMemberName("switched")]
    Switched,

    [JsonStringEnumMemberName("started")]
    Started,
}
