namespace Granary.Data.Brokers;

/// <summary>What a connection to a venue showed without sending an order.</summary>
public sealed record BrokerCheck
{
    /// <summary>Where the broker connected to.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The venue's clock less this machine's.</summary>
    public required TimeSpan ClockSkew { get; init; }

    /// <summary>What the API key may do, in the venue's words; empty where the venue does not tell.</summary>
    public required IReadOnlyList<string> Permissions { get; init; }

    /// <summary>The account's balances by currency, without those that are zero.</summary>
    public required IReadOnlyDictionary<string, double> Balances { get; init; }

    /// <summary>Those that were asked for.</summary>
    public required IReadOnlyList<InstrumentCapabilities> Instruments { get; init; }

    /// <summary>Orders that wait at the venue now, of anyone.</summary>
    public int OpenOrders { get; init; }

    /// <summary>What an operator should know, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
