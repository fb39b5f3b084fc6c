// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json.Serialization;

namespace Granary.Client.Schemas;

/// <summary>What a strategy of a running batch does.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StrategyPhase>))]
public enum StrategyPhase
{
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    [JsonStringEnumMemberName("running")]
    Running,

    [JsonStringEnumMemberName("done")]
    Done,

    [JsonStringEnumMemberName("failed")]
    Failed,
}
