using System.Text.Json.Serialization;
using Granary.Data.Brokers;
using Granary.Data.Replay;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Storage.Addresses;

namespace Granary.Trading.Live;

/// <summary>
/// The options of a live session, wherever it runs. <c>granary live</c>, <c>POST /api/v1/sessions</c>, a server's session file and the
/// grains take them from here.
/// </summary>
public record SessionOptions
{
    [Key("the bars: store:DIR, csv:DIR, parquet:DIR, kafka://… or ws:…; with ?keep=STORE at the end they are saved there too")]
    [JsonConverter(typeof(AddressJson))]
    public required Address Feed { get; init; }
    [Key("paper, kucoin, gateio, binance, or a broker of a plug-in; 'granary broker list' shows them")]
    public string Broker { get; init; } = "paper";
    [Key("options of the broker: key=value,key=value, or a JSON object")]
    public string? BrokerOptions { get; init; }
    [Key("the address of the exchange, for testnets: the broker's option 'endpoint'")]
    public string? Endpoint { get; init; }
    [Key("how often the account is compared with the venue, as 30s")]
    public string? Reconcile { get; init; }
    [Key("options of the broker 'paper', as \"seed=1,latency=250ms,reject=0.01,partial=0.2,timeout=0.01\"")]
    public string? Paper { get; init; }
    [Key("of a replayed feed: asap, fixed:100ms, realtime or x60"), JsonPropertyName("pace")]
    public string Speed { get; init; } = "asap";
    [Key("the longest wait of a paced replay, as 1s")]
    public string? MaxGap { get; init; }
    [Key("the account's name in the journal and the weights service (the configuration's)")]
    public string? Account { get; init; }
    [Key("where the bars before the feed's first come from (for streams the configuration's source)"), JsonConverter(typeof(AddressJson))]
    public Address? WarmUp { get; init; }
    [Key("the first bar of the feed, as 2024-01-31 or 2024-01-31T14:30:00Z"), JsonConverter(typeof(UtcTicks))]
    public long? From { get; init; }
    [Key("the end of the feed: the first bar that is left out"), JsonConverter(typeof(UtcTicks))]
    public long? To { get; init; }
    [Key("the store of the deployment, whose enabled strategies the session follows: a folder or postgres://…")]
    [JsonConverter(typeof(AddressJson))]
    public Address? Deployments { get; init; }
    [Key("the number of the deployment in --deployments, in the place of PROD.json")]
    public int? Deployment { get; init; }
    [Key("at a restart, bars of the journal that have other prices in the feed: refuse (nothing is traded until you decide), or "
        + "keep (trade on by the journal's)")]
    public string ChangedBars { get; init; } = "refuse";
    [Key("trade although validation checks are missing or failed; the journal records it"), JsonPropertyName("withoutEvidence")]
    public bool IgnoresChecks { get; init; }
    [Key("refuse a configuration of several symbols whose universe is unknown: it has no dates of membership")]
    public bool RequireUniverse { get; init; }

    /// <summary>The feed without the store that its bars are saved to.</summary>
    [JsonIgnore]
    public Address Bars => Feed.WithoutKeep;

    /// <summary>The address of the exchange in the broker's options; null where it is the usual one.</summary>
    /// <exception cref="InputException">The broker's options cannot be read.</exception>
    [JsonIgnore]
    public string? BrokerEndpoint => ReadBrokerOptions().GetValueOrDefault("endpoint");

    /// <exception cref="Engine.Market.BarDataException"><see cref="Speed"/> or <see cref="MaxGap"/> is wrong.</exception>
    internal ReplaySpeed ReadSpeed() => ReplaySpeed.Parse(Speed, MaxGap);

    /// <summary>How often the account is compared with the venue: 30 s unless <see cref="Reconcile"/> says otherwise.</summary>
    /// <exception cref="InputException">It is not a length of time.</exception>
    public TimeSpan ReadReconcile()
    {
        if (Reconcile is null) return TimeSpan.FromSeconds(30);
        try
        {
            return ReplaySpeed.Parse($"fixed:{Reconcile}").Delay;
        }
        catch (Engine.Market.BarDataException e)
        {
            throw new InputException($"--reconcile {Reconcile} is not a length of time; write it as 30s or 5m", e);
        }
    }

    /// <summary>The factory of the broker, with its options.</summary>
    /// <exception cref="InputException">There is no such broker, or an option is wrong.</exception>
    public IBrokerFactory CreateBroker(BrokerCatalogue brokers)
    {
        var options = ReadBrokerOptions();
        try
        {
            return brokers.Create(Broker, options);
        }
        catch (InputException e)
        {
            throw e.At($"--broker {Broker}");
        }
    }

    /// <summary>Reads the texts of the options, before anything is opened.</summary>
    /// <exception cref="InputException">The broker's options cannot be read, or belong to a different broker.</exception>
    /// <exception cref="Engine.Market.BarDataException">The speed is wrong.</exception>
    public void Check()
    {
        if (ChangedBars is not ("refuse" or "keep"))
            throw new InputException($"--changed-bars cannot be '{ChangedBars}'; use refuse or keep");
        if (Deployments is null != Deployment is null)
            throw new InputException("--deployments and --deployment belong together: the store, and the number in it");
        _ = ReadSpeed();
        _ = ReadReconcile();
        _ = ReadBrokerOptions();
    }

    private IReadOnlyDictionary<string, string> ReadBrokerOptions()
    {
        if (Paper is not null && Broker != "paper")
            throw new InputException($"--paper is for the broker 'paper'; give '{Broker}' its options with --broker-options");
        if (Paper is not null && BrokerOptions is not null)
            throw new InputException("--paper and --broker-options are the same; give one of them");
        try
        {
            var options = BrokerOptionText.Parse(BrokerOptions ?? Paper);
            if (Endpoint is null) return options;
            return options.ContainsKey("endpoint")
                ? throw new InputException("option 'endpoint' is given twice; leave --endpoint out")
                : new Dictionary<string, string>(options, StringComparer.Ordinal) { ["endpoint"] = Endpoint };
        }
        catch (InputException e)
        {
            throw e.At(Paper is null ? "--broker-options" : "--paper");
        }
    }
}
