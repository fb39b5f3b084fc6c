using Granary.Data.Journals;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Data.Brokers;

/// <summary>What a session gives to the broker that trades its account.</summary>
public sealed record BrokerEnvironment
{
    /// <summary>The account's name in the journal.</summary>
    public required string Account { get; init; }

    /// <summary>The configuration's starting cash, quote currency. A real venue knows its own.</summary>
    public required double Cash { get; init; }

    /// <summary>Fees, slippage and fill rules of the configuration, for a simulated venue.</summary>
    public required ExecutionSettings Execution { get; init; }

    /// <summary>The instruments that the session trades, by symbol. A broker reports no others.</summary>
    public required IReadOnlyDictionary<string, Instrument> Instruments { get; init; }

    /// <summary>
    /// What the configuration cannot trade of the instruments as the venue lists them, one sentence each. A broker that can tell calls
    /// it before the first order, and refuses the account with the sentences.
    /// </summary>
    public Func<IReadOnlyList<InstrumentCapabilities>, IReadOnlyList<string>> FaultsOf { get; init; } = static _ => [];

    /// <summary>
    /// Opens the broker's own journal, beside the account's: what an adapter must keep over a restart, as its sequence numbers. It is
    /// the broker's to dispose of.
    /// </summary>
    public required Func<CancellationToken, Task<IJournal>> OpenJournalAsync { get; init; }

    public required TimeProvider Clock { get; init; }
}
