using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
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
        CatchUpEvery = TimeSpan.Zero,
        SettleEvery = TimeSpan.Zero,
        Tick = TimeSpan.FromMilliseconds(20),
        MaxOrdersPerMinute = 0,
    };

    /// <summary>An order to buy two units, at the market where the limit is 0.</summary>
    public static BrokerOrder Buy(string id, double limit, string symbol = Symbol) => new()
    {
        ClientId = id,
        Symbol = symbol,
        Side = Side.Buy,
        Type = limit > 0 ? OrderType.Limit : OrderType.Market,
        Quantity = 2,
        LimitPrice = limit,
    };

    /// <summary>An order of the account's owner, not of a session: to buy bitcoins, at the market where the limit is 0.</summary>
    public static SimulatedOrder BuyByHand(decimal size, decimal limit = 0) => new()
    {
        Id = "",
        ClientId = "",
        Coin = "BTC",
        IsBuy = true,
        Limit = limit,
        Size = size,
        At = DateTimeOffset.UtcNow,
    };

    public static ApiCredentials Credentials => new(VenueDialect.Key, VenueDialect.Secret, VenueDialect.Passphrase);

    public static BrokerEnvironment Environment(string folder, params IEnumerable<string> others) => new()
    {
        Account = "test",
        Cash = 100_000,
        Execution = new ExecutionSettings { Fee = new PercentFee(0.1) },
        Instruments = others.Prepend(Symbol).ToDictionary(s => s, s => new Instrument { Symbol = s }, StringComparer.Ordinal),
        OpenJournalAsync = _ => Task.FromResult<IJournal>(FileJournal.Open(folder, TimeProvider.System, flush: false)),
        Clock = TimeProvider.System,
    };
}
