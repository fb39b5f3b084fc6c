using System.Diagnostics;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;
using Granary.Trading.Live;

namespace Granary.Exchanges.Tests.Trading;

/// <summary>
/// A session's orders, journal and books over an adapter, against an exchange that fails in every way it can. The seed decides what is
/// ordered and what fails; the session's own rules decide what is sent.
/// </summary>
internal sealed class FaultySession(TestExchange exchange, int seed) : IAsyncDisposable
{
    private static readonly string[] Coins = ["BTC", "ETH", "SOL"];

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-faults-").FullName;
    private readonly Random _random = new(seed);
    private readonly List<string> _entries = [], _differences = [];
    private ExchangeServer _server = null!;
    private AccountJournal _journal = null!;
    private AccountLedger _ledger = null!;
    private OrderManager _venue = null!;
    private VenueBroker _broker = null!;
    private IReadOnlyDictionary<string, decimal> _held = null!;
    private int _orders;
    private long _time;

    /// <summary>Places, cancels, closes and restarts for a while, then lets everything come to rest, and compares.</summary>
    public async Task RunAsync()
    {
        _server = await ExchangeServer.StartAsync(exchange.Dialect(new MarketTerms { Others = Coins[1..] }));
        // Coins of the owner, which are no position of the session.
        _server.Market.Deposit("BTC", 3);
        _held = Coins.ToDictionary(c => c, _server.Market.HeldOf);
        await StartAsync();
        SetFaults(on: true);
        for (var step = 0; step < 14; step++) await StepAsync();
        SetFaults(on: false);
        _server.Market.FillsInParts = false;
        await RestAsync();
        Compare();
    }

    private void SetFaults(bool on)
    {
        var (faults, share) = (_server.Faults, on ? _random.NextDouble() * 0.3 : 0);
        faults.Seed = seed;
        (faults.DropBefore, faults.DropAfter, faults.ErrorAfter) = (share, share, share / 2);
        (faults.Errors, faults.Delays) = (share / 4, on ? 0.1 : 0);
        (faults.Duplicates, faults.Reorders, faults.Disconnects) = (share, share, share / 3);
        faults.IsInMaintenance = false;
    }

    private async Task StartAsync()
    {
        _journal = new AccountJournal(FileJournal.Open(Path.Combine(_folder, "session"), TimeProvider.System, flush: false),
            TimeProvider.System);
        _ledger = new AccountLedger(100_000, _ => 1);
        await foreach (var e in _journal.ReadAsync()) _ledger.Apply(e);
        _broker = await Eventually(() => VenueBroker.ConnectAsync(exchange.Open(_server.Endpoint),
            TestVenue.Fast with { RequestLife = TimeSpan.FromMilliseconds(150) }, TestVenue.Environment(Path.Combine(_folder, "venue"),
                Coins[1..].Select(SymbolOf)), default));
        _venue = new OrderManager(_broker, _journal, _ledger, "gtest");
        await CompareWithVenueAsync();
    }

    private async Task CompareWithVenueAsync() => _differences.AddRange(await _venue.ReconcileAsync(++_time));

    // A session tries again while the exchange is away.
    private static async Task<T> Eventually<T>(Func<Task<T>> open)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await open();
            }
            catch (BrokerUnavailableException) when (attempt < 200)
            {
                await Task.Delay(10);
            }
        }
    }

    private async Task StepAsync()
    {
        switch (_random.Next(exchange.IsFutures ? 12 : 10))
        {
            case 0 or 1 or 2: await SendAsync([.. Enumerable.Range(0, 1 + _random.Next(4)).Select(_ => Entry(OrderType.Market))]); break;
            case 3: await SendAsync([.. Exits(1), Entry(OrderType.Limit), Entry(OrderType.Limit)]); break;
            case 4: await SendAsync([.. Exits(3)]); break;
            case 5: await CancelAsync(); break;
            case 6: await RestartAsync(); break;
            case 7:
                _server.Faults.IsInMaintenance = true;
                await _venue.CatchUpAsync(++_time);
                _server.Faults.IsInMaintenance = false;
                break;
            case 8:
                _server.DropSockets();
                _server.Market.FillsInParts = _random.Next(3) == 0;
                break;
            case 10: _server.Market.Pay(_random.Next(-3, 4)); break;
            case 11: _server.Market.Liquidate(0.4m); break;
            default:
                await _server.StopAsync();
                await _server.StartAsync();
                break;
        }
        var price = _server.Market.Price;
        _server.Market.Trade(price, Math.Max(50, price + _random.Next(-6, 7)));
        await _venue.CatchUpAsync(++_time);
        if (_random.Next(3) == 0) await CompareWithVenueAsync();
    }

    private static string SymbolOf(string coin) => coin + "USDT";

    private OrderIntended Entry(OrderType type)
    {
        var id = $"gtest-0-{++_orders}-e";
        _entries.Add(id);
        var side = exchange.IsFutures && _random.Next(2) == 0 ? Side.Sell : Side.Buy;
        var limit = type == OrderType.Limit ? (double)_server.Market.Price - (int)side * _random.Next(0, 4) : 0;
        var protection = _random.Next(2) == 0 ? Protection.None : new Protection(0, 0.03, 0, _random.Next(2) * 0.03, 0, false);
        return Intended(new BrokerOrder
        {
            ClientId = id,
            Symbol = SymbolOf(Coins[_random.Next(Coins.Length)]),
            Side = side,
            Type = type,
            Quantity = 1 + _random.Next(5),
            LimitPrice = limit,
            Protection = protection,
        }, OrderRole.Entry);
    }

    private IEnumerable<OrderIntended> Exits(int most) => _ledger.ActiveTrades
        .Where(t => t.Open > 0 && !_ledger.OpenOrders.Any(o => o.Order.Closes == t.Entry && !o.State.IsFinal())).Take(most)
        .Select(trade => Intended(new BrokerOrder
        {
            ClientId = $"gtest-0-{++_orders}-x1",
            Symbol = trade.Symbol,
            Side = (Side)(-(int)trade.Side),
            Type = OrderType.Market,
            Quantity = trade.Open,
            Closes = trade.Entry,
        }, OrderRole.Exit));

    private OrderIntended Intended(BrokerOrder order, OrderRole role) =>
        new(_time + 1, order, role, _orders, ExitReason.Open) { Strategy = "S", Symbol = order.Symbol };

    private async Task SendAsync(List<OrderIntended> intents) => await _venue.SendAsync(++_time, [], intents);

    private async Task CancelAsync()
    {
        if (_ledger.OpenOrders.FirstOrDefault(o => o.State is OrderState.Submitted or OrderState.PartiallyFilled) is { } order)
            await _venue.CancelAsync(++_time, order);
    }

    private async Task RestartAsync()
    {
        await _journal.FlushAsync();
        await _broker.DisposeAsync();
        await _journal.DisposeAsync();
        await StartAsync();
    }

    // Nothing fails any more: unknown orders are asked for until none is left, and what waits is cancelled.
    private async Task RestAsync()
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Testing.Eventually.Longest; await Task.Delay(5))
        {
            await CompareWithVenueAsync();
            await ((IMarketListener)_broker).OnBarsAsync(_time, []);
            foreach (var order in _ledger.OpenOrders.Where(o => !o.State.IsFinal() && !o.Unknown && o.State != OrderState.New).ToList())
                await _venue.CancelAsync(_time, order);
            await _venue.CatchUpAsync(_time);
            var rests = _venue.Fault is null && _ledger.Unresolved().Count == 0 && _ledger.OpenOrders.All(o => o.State.IsFinal());
            // A stop that is placed last can fill after the poll.
            if (rests && IsBooked) return;
        }
    }

    private double Bought(string coin) => (double)(_server.Market.HeldOf(coin) - _held[coin]);

    private bool HasSamePosition => Coins.All(c => Math.Abs(_ledger.PositionOf(SymbolOf(c)) - Bought(c)) < 1e-9);

    // A liquidation can be an exit of several entries.
    private bool IsBooked => _server.Market is var market && market.Orders.Any(o => o.IsLiquidation) ? HasSamePosition
        : _ledger.Fills == market.Fills.Count && Math.Abs(_ledger.Funding - (double)market.Payments.Sum(p => p.Amount)) < 1e-9;

    private void Compare()
    {
        Assert.True(_venue.Fault is null, $"seed {seed}: without faults orders are still open: {_venue.Fault}");
        var market = _server.Market;
        var twice = market.Received.Where(r => r.Value > 1).Select(r => r.Key).ToList();
        Assert.True(twice.Count == 0, $"seed {seed}: received twice: {string.Join(", ", twice)}");
        foreach (var id in _entries)
            Assert.True(_ledger.Find(id) is { Unknown: false }, $"seed {seed}: the outcome of {id} is not known");
        Assert.True(HasSamePosition, $"seed {seed}: "
            + string.Join("; ", Coins.Select(c => $"the exchange has {Bought(c)} {c}, the journal {_ledger.PositionOf(SymbolOf(c))}")
                .Concat(_differences)));
        Assert.True(IsBooked, $"seed {seed}: {market.Fills.Count} fills, {_ledger.Fills} in the journal");
        Assert.True(_ledger.Differences == 0, $"seed {seed}: {_ledger.Differences} differences were reported: "
            + string.Join("; ", _differences));
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _journal.DisposeAsync();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
