// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json.Serialization;

namespace Granary.Client.Schemas;

/// <summary>What became of one time of a schedule.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ScheduleOutcome>))]
public enum ScheduleOutcome
{
    [JsonStringEnumMemberName("submitted")]
    Submitted,

    [JsonStringEnumMemberName("missed")]
    Missed,
}
