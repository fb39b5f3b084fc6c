using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Exchanges.Connections;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;
using Granary.Simulated.Kernel;
using Granary.Trading.Live;

namespace Granary.Simulated.Venue;

/// <summary>The orders, journals and books of a session over an adapter, in one process.</summary>
internal sealed class VenueSession(SimulatedProcess process, VenueRun run)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private AccountJournal _journal = null!;
    private OrderManager _orders = null!;
    private VenueBroker _broker = null!;

    public AccountLedger Ledger { get; private set; } = null!;

    /// <summary>Whether it has started.</summary>
    public bool IsReady { get; private set; }

    public string? Fault => IsReady ? _orders.Fault : "the session starts";

    /// <summary>Connects until the venue answers, and brings the books up to date.</summary>
    public async Task StartAsync()
    {
        _journal = new AccountJournal(new VenueJournal(process, run.Facts, run.Ways), process.Clock);
        Ledger = new AccountLedger(100_000, _ => 1);
        await foreach (var e in _journal.ReadAsync().ConfigureAwait(false)) Ledger.Apply(e);
        _broker = await ConnectAsync().ConfigureAwait(false);
        _orders = new OrderManager(_broker, _journal, Ledger, "gtest");
        await CompareAsync().ConfigureAwait(false);
        IsReady = true;
    }

    private async Task<VenueBroker> ConnectAsync()
    {
        while (true)
        {
            try
            {
                var venue = run.Market.Make(new ExchangeConnection(run.Market.Name, run.Market.Title, new Uri("http://venue.invalid/"),
                    new ApiCredentials(VenueDialect.Key, VenueDialect.Secret, VenueDialect.Passphrase), run.Market.Budget, process.Clock)
                { Transport = new VenueTransport(process, run.Venue) });
                return await VenueBroker.ConnectAsync(venue, new VenueSettings { MaxOrdersPerMinute = 0 }, Environment(), default)
                    .ConfigureAwait(false);
            }
            catch (Exception e) when (e is BrokerUnavailableException or JournalException)
            {
                await Task.Delay(Pause, process.Clock).ConfigureAwait(false);
            }
        }
    }

    private BrokerEnvironment Environment() => new()
    {
        Account = "test",
        Cash = 100_000,
        Execution = new ExecutionSettings { Fee = new PercentFee(0.1) },
        Instruments = VenueRun.Coins.Select(VenueRun.SymbolOf).ToDictionary(s => s, s => new Instrument { Symbol = s },
            StringComparer.Ordinal),
        OpenJournalAsync = _ => Task.FromResult<IJournal>(new VenueJournal(process, run.Book, run.Ways)),
        Clock = process.Clock,
    };

    private long Time => process.World.Now;

    public async Task CompareAsync() => run.Differences.AddRange(await _orders.ReconcileAsync(Time).ConfigureAwait(false));

    public async Task CatchUpAsync()
    {
        await ((IMarketListener)_broker).OnBarsAsync(Time, []).ConfigureAwait(false);
        await _orders.CatchUpAsync(Time).ConfigureAwait(false);
    }

    public async Task SendAsync(IEnumerable<BrokerOrder> entries, IEnumerable<BrokerOrder> exits) =>
        await _orders.SendAsync(Time, [],
        [
            .. exits.Select(o => Intended(o, OrderRole.Exit)),
            .. entries.Select(o => Intended(o, OrderRole.Entry)),
        ]).ConfigureAwait(false);

    private OrderIntended Intended(BrokerOrder order, OrderRole role) =>
        new(Time, order, role, run.NextNumber(), ExitReason.Open) { Strategy = "S", Symbol = order.Symbol };

    public async Task CancelAsync(Func<TrackedOrder, bool> which)
    {
        foreach (var order in Ledger.OpenOrders.Where(which).ToList()) await _orders.CancelAsync(Time, order).ConfigureAwait(false);
    }
}
