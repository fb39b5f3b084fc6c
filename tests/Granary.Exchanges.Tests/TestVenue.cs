using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Tests;

/// <summary>What the tests of all exchanges share.</summary>
internal static class TestVenue
{
    public const string Symbol = "BTCUSDT";

    /// <summary>Nothing waits longer than a test needs.</summary>
    public static VenueSettings Fast { get; } = new()
    {
        ListLag = TimeSpan.FromMilliseconds(20),
        SynchroniseEvery = TimeSpan.Zero,
        SettleEvery = TimeSpan.Zero,
        Tick = TimeSpan.FromMilliseconds(20),
        MaxOrdersPerMinute = 0,
    };

    public static ApiCredentials Credentials => new(VenueDialect.Key, VenueDialect.Secret, VenueDialect.Passphrase);

    public static BrokerEnvironment Environment(string folder) => new()
    {
        Account = "test",
        Cash = 100_000,
        Execution = new ExecutionSettings { Fee = new PercentFee(0.1) },
        Instruments = new Dictionary<string, Instrument> { [Symbol] = new() { Symbol = Symbol } },
        OpenJournalAsync = _ => Task.FromResult<IJournal>(FileJournal.Open(folder, TimeProvider.System, flush: false)),
        Clock = TimeProvider.System,
    };
}
