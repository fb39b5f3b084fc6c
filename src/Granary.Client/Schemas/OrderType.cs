// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json.Serialization;

namespace Granary.Client.Schemas;

/// <summary>When an order fills. OrderTypes says what types have in common, and FillRule at which price.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OrderType>))]
public enum OrderType
{
    [JsonStringEnumMemberName("market")]
    Market,

    [JsonStringEnumMemberName("limit")]
    Limit,

    [JsonStringEnumMemberName("stop")]
    Stop,

    [JsonStringEnumMemberName("stop-limit")]
    StopLimit,

    [JsonStringEnumMemberName("trailing-stop")]
    TrailingStop,

    [JsonStringEnumMemberName("market-on-close")]
    MarketOnClose,
}
