namespace Granary.Data.Brokers;

/// <summary>Result of a connection test with a venue that sends no order.</summary>
public sealed record BrokerCheck
{
    /// <summary>Address to which the broker connected.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The venue's clock minus the local clock.</summary>
    public required TimeSpan ClockSkew { get; init; }

    /// <summary>Permissions of the API key, in the venue's words; empty if the venue does not report them.</summary>
    public required IReadOnlyList<string> Permissions { get; init; }

    /// <summary>The account's non-zero balances, by currency.</summary>
    public required IReadOnlyDictionary<string, double> Balances { get; init; }

    /// <summary>The instruments that the caller requested.</summary>
    public required IReadOnlyList<InstrumentCapabilities> Instruments { get; init; }

    /// <summary>The number of open orders at the venue, including other programs' orders.</summary>
    public int OpenOrders { get; init; }

    /// <summary>Notes for the operator, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
