namespace Granary.Exchanges.Trading;

/// <summary>How an adapter trades: the options of its broker, and times that tests shorten.</summary>
internal sealed record VenueSettings
{
    /// <summary>Address of the REST interface; empty for the exchange's own.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>Whether positions of a futures market share the account's balance.</summary>
    public bool CrossMargin { get; init; }

    /// <summary>Whether orders are checked and signed, and not sent.</summary>
    public bool DryRun { get; init; }

    /// <summary>The highest value of one entry, quote currency; 0 for no limit.</summary>
    public double MaxOrder { get; init; }

    /// <summary>The highest value of all open trades together, quote currency; 0 for no limit.</summary>
    public double MaxExposure { get; init; }

    /// <summary>0 for no limit.</summary>
    public int MaxOrdersPerMinute { get; init; } = 300;

    /// <summary>The exchange cancels all waiting orders of the session's instruments after so long without a sign of life; zero:
    /// never.</summary>
    public TimeSpan CancelAllAfter { get; init; }

    /// <summary>How long the exchange may accept a request after it was signed.</summary>
    public TimeSpan RequestLife { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an accepted order may be missing from the exchange's lists.</summary>
    public TimeSpan ListLag { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>While the websocket works, waiting orders are also requested so often.</summary>
    public TimeSpan SynchroniseEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Funding payments and liquidations are requested so often.</summary>
    public TimeSpan SettleEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause of the background work.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromSeconds(1);
}
