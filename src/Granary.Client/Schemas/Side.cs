// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json.Serialization;

namespace Granary.Client.Schemas;

/// <summary>The direction of an order or trade; the value is its sign.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Side>))]
public enum Side
{
    [JsonStringEnumMemberName("buy")]
    Buy,

    [JsonStringEnumMemberName("sell")]
    Sell,
}
