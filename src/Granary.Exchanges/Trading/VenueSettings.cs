namespace Granary.Exchanges.Trading;

/// <summary>Settings of an adapter: the options of its broker, and intervals that tests shorten.</summary>
internal sealed record VenueSettings
{
    /// <summary>The address of the REST API; empty for the exchange's own.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>Whether positions of a futures market share the account's balance.</summary>
    public bool CrossMargin { get; init; }

    /// <summary>Whether orders are checked and signed, but not sent.</summary>
    public bool DryRun { get; init; }

    /// <summary>The maximum value of one entry, in quote currency; 0 for no limit.</summary>
    public double MaxOrder { get; init; }

    /// <summary>The maximum value of all open trades, in quote currency; 0 for no limit.</summary>
    public double MaxExposure { get; init; }

    /// <summary>The maximum number of orders per minute; 0 for no limit.</summary>
    public int MaxOrdersPerMinute { get; init; } = 300;

    /// <summary>The exchange cancels all open orders of the session's instruments after this time without a heartbeat; zero for
    /// never.</summary>
    public TimeSpan CancelAllAfter { get; init; }

    /// <summary>How long the exchange may accept a request after it was signed.</summary>
    public TimeSpan RequestLife { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an accepted order may be missing from the exchange's lists.</summary>
    public TimeSpan ListLag { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The interval of requests for open orders while the websocket works.</summary>
    public TimeSpan CatchUpEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The interval of requests for funding payments and liquidations.</summary>
    public TimeSpan SettleEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The interval of the background task.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromSeconds(1);
}
