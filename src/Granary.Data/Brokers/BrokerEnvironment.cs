using Granary.Data.Journals;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Data.Brokers;

/// <summary>Session environment of the broker that trades its account.</summary>
public sealed record BrokerEnvironment
{
    /// <summary>The account's name in the journal.</summary>
    public required string Account { get; init; }

    /// <summary>The configured starting cash, in quote currency. A real venue reports its own balance.</summary>
    public required double Cash { get; init; }

    /// <summary>Fees, slippage and fill rules of the configuration, for simulated venues.</summary>
    public required ExecutionSettings Execution { get; init; }

    /// <summary>The instruments that the session trades, by symbol. A broker reports no other instruments.</summary>
    public required IReadOnlyDictionary<string, Instrument> Instruments { get; init; }

    /// <summary>
    /// Compares the configuration with the instruments as the venue lists them; returns one sentence for each that it cannot trade. A
    /// broker that knows its instruments calls it before the first order and, if there are any, refuses the account with these sentences.
    /// </summary>
    public Func<IReadOnlyList<InstrumentCapabilities>, IReadOnlyList<string>> FaultsOf { get; init; } = static _ => [];

    /// <summary>
    /// Opens the broker's own journal beside the account's, for state that an adapter must keep over a restart, such as sequence
    /// numbers. The broker disposes of it.
    /// </summary>
    public required Func<CancellationToken, Task<IJournal>> OpenJournalAsync { get; init; }

    public required TimeProvider Clock { get; init; }
}
