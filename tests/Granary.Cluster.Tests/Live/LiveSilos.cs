using System.Globalization;
using System.Text;
using Granary.Cluster.Grains.Services;
using Granary.Cluster.Portfolios;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Sessions;
using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Postgres.Journals;
using Granary.Simulation.Json;
using Granary.Testing;
using Granary.Trading.Live;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.TestingHost;

namespace Granary.Cluster.Tests.Live;

/// <summary>
/// Silos with live sessions whose accounts are in a real PostgreSQL database, and can be made to die at a point of their work.
/// </summary>
internal sealed class LiveSilos : IAsyncDisposable
{
    public const string Account = "live";

    private LiveSilos(TestSilos silos, string connection)
    {
        Silos = silos;
        Connection = connection;
        Sessions = new ClusterSessions(silos.Grains, silos.Batches, TestCatalogues.All);
        Weights = new ClusterWeights(silos.Grains);
    }

    public TestSilos Silos { get; }

    public SiloLog Log => Silos.Log;

    public string Connection { get; }

    public ClusterSessions Sessions { get; }

    public ClusterWeights Weights { get; }

    /// <param name="connection">Of the accounts' database.</param>
    /// <param name="more">Adds further services to each silo.</param>
    public static async Task<LiveSilos> StartAsync(int silos, string connection, Fate? fate = null, Action<ISiloBuilder>? more = null) =>
        new(await TestSilos.StartAsync(silos, more: silo =>
    {
        var accounts = new MortalAccounts(new DatabaseAccounts(connection), fate ?? new Fate());
        silo.Services.AddSingleton<IAccountStore>(accounts);
        silo.Services.AddSingleton(TestCatalogues.All with { Brokers = accounts.Brokers });
        silo.Services.AddSingleton(accounts);
        more?.Invoke(silo);
    }), connection);

    public MortalAccounts AccountsOf(InProcessSiloHandle silo) =>
        Silos.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<MortalAccounts>();

    /// <summary>Has the portfolio's grain activated on a silo, wherever its session will be.</summary>
    public async Task PlacePortfolioAsync(InProcessSiloHandle silo) =>
        await Silos.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<IGrainFactory>().GetGrain<IPortfolioGrain>(Account)
            .StateAsync(0);

    /// <summary>Waits until the session is so; a session that never gets there fails the test.</summary>
    public async Task<SessionView> UntilAsync(Func<SessionView, bool> so, TimeSpan? timeout = null)
    {
        using var stop = new CancellationTokenSource(timeout ?? Eventually.Longest);
        SessionView? last = null;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                last = await Sessions.FindAsync(Account, CancellationToken.None);
            }
            catch (ServiceUnavailableException)
            {
                // A machine that does other things, or the silo that was killed: it is asked again.
                continue;
            }
            if (last is not null && so(last)) return last;
            if (last is { IsRunning: false }) break;
            await Task.Delay(20, CancellationToken.None);
        }
        throw new InvalidOperationException($"the session did not get there: {last} {last?.Status?.JournalFault}\n{Log.Text}");
    }

    public Task<SessionView> EndAsync() => UntilAsync(s => !s.IsRunning, Eventually.LongestWork);

    /// <summary>The account's state, from its journal, and the calls to the venue.</summary>
    public async Task<string> AccountAsync() => AccountText.Of(
        [.. (await PostgresJournal.PeekAsync(Connection, Account, new JournalQuery())).Select(JournalCodec.Decode)],
        await PostgresJournal.PeekAsync(Connection, Account + ".paper-venue", new JournalQuery()));

    public async Task<IReadOnlyList<JournalEvent>> JournalAsync() =>
        [.. (await PostgresJournal.PeekAsync(Connection, Account, new JournalQuery())).Select(JournalCodec.Decode)];

    public async ValueTask DisposeAsync() => await Silos.DisposeAsync();
}

/// <summary>An account as its journal and its venue's book leave it, to the last bit.</summary>
internal static class AccountText
{
    public static string Of(IReadOnlyList<JournalEvent> journal, IReadOnlyList<JournalEntry> book)
    {
        var ledger = new AccountLedger(100_000, _ => 1);
        foreach (var e in journal) ledger.Apply(e);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"cash {ledger.Cash:R} fees {ledger.Fees:R} fills {ledger.Fills}");
        foreach (var (symbol, held) in ledger.Positions.OrderBy(p => p.Key, StringComparer.Ordinal))
            text.AppendLine(CultureInfo.InvariantCulture, $"position {symbol} {held:R}");
        foreach (var t in ledger.Trades.Values.OrderBy(t => t.Entry, StringComparer.Ordinal))
            text.AppendLine(CultureInfo.InvariantCulture, $"trade {t.Entry} {t.State} {t.Side} {t.Quantity:R} {t.Open:R} {t.EntryPrice:R} "
                + $"{t.ExitPrice:R} {t.Profit:R} {t.Fees:R} "
                + $"{t.EntryTime} {t.ExitTime} {t.Why}");
        // The venue numbers orders as they arrive: one whose first try was lost arrives before or behind its neighbour, as the death falls.
        foreach (var t in ledger.TrackedOrders.OrderBy(t => t.Order.ClientId, StringComparer.Ordinal))
            text.AppendLine(CultureInfo.InvariantCulture, $"order {t.Order.ClientId} {t.Order.Type} {t.Order.Quantity:R} {t.State} "
                + $"{t.Ended} {t.Unknown} {t.Filled:R} "
                + $"{(t.VenueId.Length > 0 ? "taken" : "not taken")}");
        // Once each: what the venue took a second time would stand here twice.
        foreach (var order in book.Where(e => e.Kind == "order").Select(e => e.Strategy).Order(StringComparer.Ordinal))
            text.AppendLine(CultureInfo.InvariantCulture, $"venue took {order}");
        return text.ToString();
    }
}

internal static class AccountsAreAlike
{
    /// <summary>Fails with the lines that differ, not with all of both.</summary>
    public static void ShouldBeTheAccount(this string account, string expected, string? about = null)
    {
        var (ends, wanted) = (account.Split('\n'), expected.Split('\n'));
        var differing = ends.Except(wanted).Select(l => "is " + l).Concat(wanted.Except(ends).Select(l => "not " + l)).ToList();
        differing.ShouldBeEmpty($"{about}\n{string.Join('\n', differing)}");
        ends.Length.ShouldBe(wanted.Length, about);
    }
}

/// <summary>At which write or send the silo that makes it dies; never where no number is given.</summary>
internal sealed class Fate(int? at = null)
{
    private readonly TaskCompletionSource<(MortalAccounts, string)> _died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _passed;

    public int Passed => _passed;

    /// <summary>Who died where.</summary>
    public Task<(MortalAccounts Silo, string Place)> Died => _died.Task;

    /// <summary>Is asked at each boundary, as by a test that makes the database go.</summary>
    public Func<int, string, Task>? Before { get; init; }

    /// <summary>Is asked before a silo reads a journal without its lease, as by a test that holds the preparation of a session.</summary>
    public Func<MortalAccounts, Task>? BeforePeek { get; set; }

    public async ValueTask PassAsync(MortalAccounts silo, string place)
    {
        var n = Interlocked.Increment(ref _passed);
        if (Before is { } before) await before(n, place);
        if (n != at) return;
        silo.Die();
        _died.TrySetResult((silo, place));
        throw new IOException("the silo died " + place);
    }
}

/// <summary>A silo's way to the accounts, which ends with the silo, as a process's connections do.</summary>
internal sealed class MortalAccounts(IAccountStore inner, Fate fate) : IAccountStore
{
    private readonly List<IJournal> _open = [];
    private volatile bool _dead;

    public void Die() => _dead = true;

    private void Live()
    {
        if (_dead) throw new IOException("the silo is dead");
    }

    private async ValueTask PassAsync(string place)
    {
        Live();
        await fate.PassAsync(this, place);
        Live();
    }

    /// <summary>Cuts the connections of a silo that was killed, as the system does with those of a process.</summary>
    public async Task CutAsync()
    {
        _dead = true;
        IJournal[] open;
        lock (_open) open = [.. _open];
        foreach (var journal in open) await journal.DisposeAsync();
    }

    private async Task<IJournal> KeepAsync(Task<IJournal> opening)
    {
        Live();
        var journal = new InTurn(await opening);
        lock (_open) _open.Add(journal);
        return journal;
    }

    public async Task<IJournal> OpenJournalAsync(string account, string holder, TimeProvider clock,
        CancellationToken cancellationToken = default) =>
        new Mortal(this, await KeepAsync(inner.OpenJournalAsync(account, holder, clock, cancellationToken)));

    // The silo dies between the broker's calls, not within its own writes.
    public Task<IJournal> OpenBrokerJournalAsync(string account, string broker, string holder, TimeProvider clock,
        CancellationToken cancellationToken = default) =>
        KeepAsync(inner.OpenBrokerJournalAsync(account, broker, holder, clock, cancellationToken));

    /// <summary>The brokers of Granary, whose connections end with the silo.</summary>
    public BrokerCatalogue Brokers
    {
        get
        {
            var brokers = new CatalogueBuilder<BrokerDefinition>("broker");
            foreach (var broker in TestCatalogues.All.Brokers.All)
                brokers.Add(broker.Name, broker with { Make = options => new Factory(this, broker.Make(options)) }, "a test");
            return new BrokerCatalogue(brokers);
        }
    }

    private sealed class Factory(MortalAccounts owner, IBrokerFactory inner) : IBrokerFactory
    {
        public async Task<IBroker> ConnectAsync(BrokerEnvironment environment, CancellationToken cancellationToken = default) =>
            new Broker(owner, (PaperBroker)await inner.ConnectAsync(environment, cancellationToken));
    }

    public async Task<IReadOnlyList<JournalEntry>> PeekAsync(string account, JournalQuery query,
        CancellationToken cancellationToken = default)
    {
        Live();
        if (fate.BeforePeek is { } before) await before(this);
        Live();
        return await inner.PeekAsync(account, query, cancellationToken);
    }

    /// <summary>A journal that is not closed within a write: a connection that another thread closes may never end its command.</summary>
    private sealed class InTurn(IJournal inner) : IJournal
    {
        private readonly SemaphoreSlim _turn = new(1);

        public string Name => inner.Name;

        public long Last => inner.Last;

        public string? Cut => inner.Cut;

        public async ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default)
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                await inner.AppendAsync(entries, cancellationToken);
            }
            finally
            {
                _turn.Release();
            }
        }

        public IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(query, cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await _turn.WaitAsync();
            try
            {
                await inner.DisposeAsync();
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    private sealed class Mortal(MortalAccounts owner, IJournal inner) : IJournal
    {
        public string Name => inner.Name;

        public long Last => inner.Last;

        public string? Cut => inner.Cut;

        public async ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default)
        {
            await owner.PassAsync("before a write");
            await inner.AppendAsync(entries, cancellationToken);
            await owner.PassAsync("after a write");
        }

        public IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, CancellationToken cancellationToken = default)
        {
            owner.Live();
            return inner.ReadAsync(query, cancellationToken);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class Broker(MortalAccounts owner, PaperBroker inner) : IBroker, IMarketListener
    {
        public string Name => inner.Name;

        private async ValueTask<T> Around<T>(string what, Func<ValueTask<T>> call)
        {
            await owner.PassAsync($"before {what}");
            var answer = await call();
            await owner.PassAsync($"after {what}");
            return answer;
        }

        public ValueTask<BrokerOrderStatus> SubmitAsync(BrokerOrder order, CancellationToken cancellationToken = default) =>
            Around($"sending {order.ClientId}", () => inner.SubmitAsync(order, cancellationToken));

        public ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default) =>
            Around($"cancelling {clientId}", () => inner.CancelAsync(clientId, cancellationToken));

        public ValueTask<BrokerOrderStatus?> ProtectAsync(string clientId, double stopPrice, double targetPrice,
            CancellationToken cancellationToken = default) =>
                Around($"protecting {clientId}", () => inner.ProtectAsync(clientId, stopPrice, targetPrice, cancellationToken));

        public ValueTask<BrokerOrderStatus?> MoveStopAsync(string clientId, double stopPrice,
            CancellationToken cancellationToken = default) =>
                Around($"moving {clientId}", () => inner.MoveStopAsync(clientId, stopPrice, cancellationToken));

        public ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default)
        {
            owner.Live();
            return inner.FindAsync(clientId, cancellationToken);
        }

        public ValueTask<IReadOnlyList<BrokerEvent>> PollAsync(long after, CancellationToken cancellationToken = default)
        {
            owner.Live();
            return inner.PollAsync(after, cancellationToken);
        }

        public ValueTask<BrokerSnapshot> SnapshotAsync(CancellationToken cancellationToken = default)
        {
            owner.Live();
            return inner.SnapshotAsync(cancellationToken);
        }

        public async ValueTask OnBarsAsync(long timestamp, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default)
        {
            owner.Live();
            await inner.OnBarsAsync(timestamp, bars, cancellationToken);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
