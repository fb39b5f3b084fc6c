// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Client.Schemas;

/// <summary>The body of `POST /api/v1/sessions`.</summary>
public sealed record SessionBody
{
    /// <summary>the text of prod.json as it stands in the file: its hash identifies the configuration</summary>
    public required string Configuration { get; init; }

    /// <summary>the path of prod.json, for messages</summary>
    public string? File { get; init; }

    /// <summary>the folder that relative paths start from (the server's data folder)</summary>
    public string? Folder { get; init; }

    /// <summary>the bars: store:DIR, csv:DIR, kafka://… or ws:…; with ?keep=STORE at the end they are saved there too</summary>
    public required string Feed { get; init; }

    /// <summary>paper, kucoin, gateio, binance, or a broker of a plug-in; 'granary broker list' shows them</summary>
    public string? Broker { get; init; }

    /// <summary>options of the broker: key=value,key=value, or a JSON object</summary>
    public string? BrokerOptions { get; init; }

    /// <summary>the address of the exchange, for testnets: the broker's option 'endpoint'</summary>
    public string? Endpoint { get; init; }

    /// <summary>how often the account is compared with the venue, as 30s</summary>
    public string? Reconcile { get; init; }

    /// <summary>options of the broker 'paper', as "seed=1,latency=250ms,reject=0.01,partial=0.2,timeout=0.01"</summary>
    public string? Paper { get; init; }

    /// <summary>of a replayed feed: asap, fixed:100ms, realtime or x60</summary>
    [JsonPropertyName("pace")]
    public string? ReplaySpeed { get; init; }

    /// <summary>the longest wait of a paced replay, as 1s</summary>
    public string? MaxGap { get; init; }

    /// <summary>the account's name in the journal and the weights service (the configuration's)</summary>
    public string? Account { get; init; }

    /// <summary>where the bars before the feed's first come from (for streams the configuration's source)</summary>
    public string? WarmUp { get; init; }

    /// <summary>the first bar of the feed, as 2024-01-31 or 2024-01-31T14:30:00Z</summary>
    public JsonElement? From { get; init; }

    /// <summary>the end of the feed: the first bar that is left out</summary>
    public JsonElement? To { get; init; }

    /// <summary>the store of the deployment, whose enabled strategies the session follows: a folder or postgres://…</summary>
    public string? Deployments { get; init; }

    /// <summary>the number of the deployment in --deployments, in the place of PROD.json</summary>
    public int? Deployment { get; init; }

    /// <summary>trade although validation checks are missing or failed; the journal records it</summary>
    public bool? WithoutEvidence { get; init; }
}
