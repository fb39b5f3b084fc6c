using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Exchanges.Markets;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;
using Granary.Simulated.Kernel;

namespace Granary.Simulated.Venue;

/// <summary>One run: a venue, a session that is killed and started again, and what is drawn for it.</summary>
internal sealed class VenueRun
{
    private const int Steps = 12;
    private readonly World _world;
    private readonly Draws _draws;
    private readonly List<string> _entries = [];
    private readonly double _kills, _cuts;
    private readonly bool _isFutures;
    private readonly Dictionary<string, decimal> _owned;
    private VenueSession _session = null!;
    private int _orders, _steps, _processes;

    public VenueRun(World world)
    {
        (_world, _draws, Ways) = (world, world.Draws.Fork("session"), world.Draws.Fork("ways"));
        Market = _draws.Pick(ExchangeMarkets.All);
        _isFutures = Market.Capabilities.Short;
        Venue = new SimulatedVenue(world, Dialect(new MarketTerms { Others = Coins[1..] })) { Arrives = DemandIntent };
        var areFiles = _draws.Below(2) == 0;
        (Facts, Book) = (new VenueShelf("session's journal", world, areFiles), new VenueShelf("broker's journal", world, areFiles));
        _cuts = _draws.Rate(1);
        // Coins of the owner, which are no position of the session.
        Venue.Market.Deposit("BTC", 3);
        _owned = Coins.ToDictionary(c => c, Venue.Market.HeldOf, StringComparer.Ordinal);
        _kills = _draws.Rate(0.02);
        DrawFaults();
    }

    public static string[] Coins { get; } = ["BTC", "ETH", "SOL"];

    public ExchangeMarket Market { get; }

    public SimulatedVenue Venue { get; }

    /// <summary>The session's journal.</summary>
    public VenueShelf Facts { get; }

    /// <summary>The adapter's journal.</summary>
    public VenueShelf Book { get; }

    /// <summary>How long journals take.</summary>
    public Draws Ways { get; }

    /// <summary>What comparisons of the books with the venue found.</summary>
    public List<string> Differences { get; } = [];

    public static string SymbolOf(string coin) => coin + "USDT";

    public int NextNumber() => ++_orders;

    private VenueDialect Dialect(MarketTerms terms) => Market.Name switch
    {
        "binance" => new BinanceSpotDialect(terms),
        "gateio" => new GateioSpotDialect(terms),
        "gateio-futures" => new GateioFuturesDialect(terms.Futures()),
        "kucoin" => new KucoinSpotDialect(terms),
        "kucoin-futures" => new KucoinFuturesDialect(terms.Futures()),
        _ => throw new InvalidOperationException($"{Market.Name} has no dialect"),
    };

    private void DrawFaults()
    {
        var faults = Venue.Drawn;
        (faults.DropBefore, faults.DropAfter, faults.ErrorAfter) = (_draws.Rate(0.3), _draws.Rate(0.3), _draws.Rate(0.3));
        (faults.Errors, faults.TooMany) = (_draws.Rate(0.1), _draws.Rate(0.02));
        (faults.Losses, faults.Stalls) = (_draws.Rate(0.05), _draws.Rate(0.05));
        (faults.Duplicates, faults.Reorders, faults.Disconnects) = (_draws.Rate(0.3), _draws.Rate(0.3), _draws.Rate(0.1));
        (Facts.Unknown, Book.Unknown) = (_draws.Rate(0.05), _draws.Rate(0.05));
        var lag = _draws.Rate(0.5);
        Venue.Market.ListLag = () => _world.Faults.Happens("listed late", lag)
            ? _draws.Between(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(900)) : TimeSpan.Zero;
    }

    // An order is in a journal before it is at the venue.
    private void DemandIntent(ApiCall call)
    {
        var text = call.Query + call.Body;
        var id = _entries.FirstOrDefault(id => text.Contains(id, StringComparison.Ordinal));
        if (id is null) return;
        var bytes = System.Text.Encoding.UTF8.GetBytes(id);
        Oracle.Demand(Facts.Entries.Any(e => e.Kind == nameof(OrderIntended) && e.Body.Span.IndexOf(bytes) >= 0), "intent first",
            $"order {id} is at the venue, and no intent of it is stored");
    }

    /// <summary>Trades with faults, then without, and compares the books.</summary>
    public async Task RunAsync()
    {
        Start();
        while (_steps < Steps) await _world.Outside.WaitAsync(TimeSpan.FromSeconds(2), "looks").ConfigureAwait(false);
        _world.Faults.AreOver = true;
        Venue.Market.FillsInParts = false;
        await RestAsync().ConfigureAwait(false);
        Compare();
    }

    private void Start()
    {
        var process = _world.Begin($"session {++_processes}");
        process.Clock.Skew = TimeSpan.FromMilliseconds(_draws.Between(-4000, 4000));
        process.KillRate = _kills;
        process.Killed = Lost;
        process.Run(() => TradeAsync(process));
    }

    private void Lost()
    {
        if (_world.Faults.Happens("power cut", _cuts))
        {
            Facts.Cut(_draws);
            Book.Cut(_draws);
        }
        _world.After(_draws.Between(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(10)), _world.Outside, "starts the session again",
            Start);
    }

    private async Task TradeAsync(SimulatedProcess process)
    {
        var session = _session = new VenueSession(process, this);
        await session.StartAsync().ConfigureAwait(false);
        while (_steps < Steps)
        {
            _steps++;
            await StepAsync(session).ConfigureAwait(false);
            await Task.Delay(_draws.Between(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(20)), process.Clock).ConfigureAwait(false);
        }
        // Until everything rests: orders whose outcome is unknown are asked for, and what waits is cancelled.
        while (!_isAtRest)
        {
            await session.CompareAsync().ConfigureAwait(false);
            await session.CancelAsync(o => !o.State.IsFinal() && !o.Unknown && o.State != OrderState.New).ConfigureAwait(false);
            await session.CatchUpAsync().ConfigureAwait(false);
            await Task.Delay(TimeSpan.FromSeconds(1), process.Clock).ConfigureAwait(false);
        }
    }

    private bool _isAtRest;

    private async Task StepAsync(VenueSession session)
    {
        switch (_draws.Below(_isFutures ? 11 : 9))
        {
            case 0 or 1 or 2:
                await session.SendAsync([.. Entries(_draws.Between(1, 4), OrderType.Market)], []).ConfigureAwait(false);
                break;
            case 3: await session.SendAsync([.. Entries(2, OrderType.Limit)], [.. Exits(session, 1)]).ConfigureAwait(false); break;
            case 4: await session.SendAsync([], [.. Exits(session, 3)]).ConfigureAwait(false); break;
            case 5:
                var cancels = 1;
                await session.CancelAsync(o => o.State is OrderState.Submitted or OrderState.PartiallyFilled && cancels-- > 0)
                    .ConfigureAwait(false);
                break;
            case 6: InMaintenance(_draws.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30))); break;
            case 7: Venue.DropSockets(); break;
            case 8: Venue.Market.FillsInParts = _draws.Below(3) == 0; break;
            case 9: Venue.Market.Pay(_draws.Between(-3, 3)); break;
            default: Venue.Market.Liquidate(0.4m); break;
        }
        var price = Venue.Market.Price;
        Venue.Market.Trade(price, Math.Max(50, price + _draws.Between(-6, 6)));
        await session.CatchUpAsync().ConfigureAwait(false);
        if (_draws.Below(3) == 0) await session.CompareAsync().ConfigureAwait(false);
    }

    private void InMaintenance(TimeSpan time)
    {
        if (!_world.Faults.Happens("maintenance", 1)) return;
        Venue.Drawn.IsInMaintenance = true;
        _world.After(time, _world.Outside, "maintenance ends", () => Venue.Drawn.IsInMaintenance = false);
    }

    private IEnumerable<BrokerOrder> Entries(int count, OrderType type)
    {
        for (var i = 0; i < count; i++)
        {
            var id = $"gtest-0-{++_orders}-e";
            _entries.Add(id);
            var side = _isFutures && _draws.Below(2) == 0 ? Side.Sell : Side.Buy;
            yield return new BrokerOrder
            {
                ClientId = id,
                Symbol = SymbolOf(_draws.Pick(Coins)),
                Side = side,
                Type = type,
                Quantity = _draws.Between(1, 5),
                LimitPrice = type == OrderType.Limit ? (double)Venue.Market.Price - (int)side * _draws.Below(4) : 0,
                Protection = _draws.Below(2) == 0 ? Protection.None : new Protection(0, 0.03, 0, _draws.Below(2) * 0.03, 0, false),
            };
        }
    }

    private IEnumerable<BrokerOrder> Exits(VenueSession session, int most) => session.Ledger.ActiveTrades
        .Where(t => t.Open > 0 && !session.Ledger.OpenOrders.Any(o => o.Order.Closes == t.Entry && !o.State.IsFinal())).Take(most)
        .Select(trade => new BrokerOrder
        {
            ClientId = $"gtest-0-{++_orders}-x1",
            Symbol = trade.Symbol,
            Side = (Side)(-(int)trade.Side),
            Type = OrderType.Market,
            Quantity = trade.Open,
            Closes = trade.Entry,
        });

    private async Task RestAsync()
    {
        var until = _world.Now + TimeSpan.FromMinutes(10).Ticks;
        while (!Rests())
        {
            Oracle.Demand(_world.Now < until, "rest", $"ten minutes after the last fault: {State()}");
            await _world.Outside.WaitAsync(TimeSpan.FromSeconds(5), "looks").ConfigureAwait(false);
        }
        _isAtRest = true;
    }

    private bool Rests() => !Venue.Drawn.IsInMaintenance && _session.Ledger is { } ledger && _session.IsReady && _session.Fault is null
        && ledger.Unresolved().Count == 0 && ledger.OpenOrders.All(o => o.State.IsFinal()) && IsBooked;

    private string State() => FormattableString.Invariant($"{Market.Name}, {_session.Fault}, {_session.Ledger?.Unresolved().Count} ")
        + $"of unknown outcome, {Venue.Market.Fills.Count} fills at the venue, {_session.Ledger?.Fills} booked; "
        + string.Join("; ", Coins.Select(c => FormattableString.Invariant(
            $"{c}: {Bought(c)} at the venue, {_session.Ledger?.PositionOf(SymbolOf(c))} booked")).Concat(Differences.Take(3)))
        + string.Concat(_session.Ledger?.OpenOrders.Where(o => !o.State.IsFinal()).Select(o => $"; {o.Order.ClientId} is {o.State}") ?? []);

    private double Bought(string coin) => (double)(Venue.Market.HeldOf(coin) - _owned[coin]);

    private bool HasSamePosition => Coins.All(c => Math.Abs(_session.Ledger.PositionOf(SymbolOf(c)) - Bought(c)) < 1e-9);

    // A liquidation can be an exit of several entries.
    private bool IsBooked => Venue.Market.Orders.Any(o => o.IsLiquidation) ? HasSamePosition
        : _session.Ledger.Fills == Venue.Market.Fills.Count
            && Math.Abs(_session.Ledger.Funding - (double)Venue.Market.Payments.Sum(p => p.Amount)) < 1e-9;

    private void Compare()
    {
        var twice = Venue.Market.Received.Where(r => r.Value > 1).Select(r => r.Key).ToList();
        Oracle.Demand(twice.Count == 0, "received once", $"received twice at {Market.Name}: {string.Join(", ", twice)}");
        Oracle.Demand(HasSamePosition, "ledger = venue", $"{string.Join("; ", Coins.Select(c =>
            $"the venue has {Bought(c)} {c}, the books {_session.Ledger.PositionOf(SymbolOf(c))}"))}");
        Oracle.Demand(_session.Ledger.Differences == 0, "no difference", $"{Market.Name}: {string.Join("; ", Differences)}");
    }
}
