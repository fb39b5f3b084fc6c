// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json.Serialization;

namespace Granary.Client.Schemas;

[JsonConverter(typeof(JsonStringEnumConverter<LiveState>))]
public enum LiveState
{
    [JsonStringEnumMemberName("warming-up")]
    WarmingUp,

    [JsonStringEnumMemberName("catching-up")]
    CatchingUp,

    [JsonStringEnumMemberName("trading")]
    Trading,

    [JsonStringEnumMemberName("paused")]
    Paused,

    [JsonStringEnumMemberName("waiting-for-journal")]
    WaitingForJournal,

    [JsonStringEnumMemberName("waiting-for-venue")]
    WaitingForVenue,

    [JsonStringEnumMemberName("waiting-for-feed")]
    WaitingForFeed,

    [JsonStringEnumMemberName("ended")]
    Ended,
}
