using System.Text;
using Granary.Backtesting.Runs;
using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Data.Replay;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Exchanges.Tests.Trading;

/// <summary>
/// A session in this process over hourly bars, with an account at a local exchange. The exchange's price moves only when a test moves it.
/// </summary>
internal sealed class SessionAtExchange : IAsyncDisposable
{
    private const string Symbol = "COINUSDT";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-session-").FullName;
    private readonly CancellationTokenSource _life = new();
    private decimal _owned;
    private AccountJournal _journal = null!;
    private IBroker _broker = null!;
    private LiveHost _host = null!;
    private Task _running = Task.CompletedTask;

    public ExchangeServer Server { get; private init; } = null!;

    /// <summary>Base units that the exchange has bought for the session.</summary>
    public decimal Held => Server.Market.Held - _owned;

    public LiveStatus Status => _host.Status;

    private string Control => Path.Combine(_folder, "control");

    /// <summary>Starts the exchange and the session.</summary>
    /// <param name="brokerOf">What stands between the session and the adapter; null for nothing.</param>
    public static async Task<SessionAtExchange> StartAsync(string name, Func<ExchangeServer, VenueBroker, IBroker>? brokerOf = null)
    {
        var exchange = TestExchange.Named(name);
        var session = new SessionAtExchange
        {
            Server = await ExchangeServer.StartAsync(exchange.Dialect(new MarketTerms { Base = "COIN" })),
        };
        // Coins of the owner, which are no position of the session.
        session.Server.Market.Deposit("COIN", 7);
        session._owned = session.Server.Market.Held;
        var venue = await VenueBroker.ConnectAsync(exchange.Open(session.Server.Endpoint), TestVenue.Fast,
            TestVenue.Environment(Path.Combine(session._folder, "venue")) with
            {
                Instruments = new Dictionary<string, Instrument> { [Symbol] = new() { Symbol = Symbol } },
            }, default);
        session._broker = brokerOf?.Invoke(session.Server, venue) ?? venue;
        await session.TradeAsync();
        return session;
    }

    private async Task TradeAsync()
    {
        var catalogues = GranaryCataloguesBuilder.CreateDefault().Build();
        var batch = new BatchReader(catalogues).Read("session.json", Encoding.UTF8.GetBytes($$"""
            { "name": "session", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}",
                "symbols": ["{{Symbol}}"], "timeframe": "1h", "to": "2022-02-01",
                "instruments": { "{{Symbol}}": { "lot": 0.001, "tick": 0.01 } } },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 3, "slow": [8, 13] }, "sides": "long",
                "size": { "percentOfEquity": 20 }, "stopLossPercent": 2 } ], "portfolio": { "weights": "equal" } }
            """), _folder);
        var backtest = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System).RunAsync(batch,
            new BatchOptions { Out = Path.Combine(_folder, "backtest"), Validation = false, Yes = true });
        var spec = new ProductionReader(catalogues).Read(Path.Combine(backtest.Folder, "prod.json")).Spec;
        var feed = await BarReplay.OpenAsync(BatchSources.Open(catalogues, spec.Data),
            [new BarQuery(Symbol, spec.Data.Timeframe)], ReplaySpeed.Parse("fixed:5ms"), TimeProvider.System);
        var markets = feed.Series.ToDictionary(s => s.Instrument.Symbol, s => new OpenedMarket(s.Instrument.Symbol, null!, s.Instrument),
            StringComparer.Ordinal);
        _journal = new AccountJournal(FileJournal.Open(Path.Combine(_folder, "state"), TimeProvider.System, flush: false),
            TimeProvider.System);
        var session = new OpenedSession(spec, feed, new TradingAccount(_journal, _broker), AccountPast.Of([]), TimeProvider.System,
            new LiveOptions { Account = "test", Control = new SessionControl(Control, TimeProvider.System) });
        _host = await LiveHost.CreateAsync(session, new StrategyPass(BatchPlan.Make(spec, spec.Data.Symbols), markets));
        _running = Task.Run(async () =>
        {
            await using (feed) await _host.RunAsync(_life.Token);
        });
    }

    /// <summary>Waits until a condition holds; fails at once where the session has ended with a fault.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        await Eventually.HoldsAsync(() => _running.IsCompleted || condition());
        if (!condition())
        {
            await _running;
            Assert.Fail("the session has ended");
        }
    }

    /// <summary>Commands the session as <c>granary session</c> does, and waits for its answer.</summary>
    public async Task<LiveStatus> CommandAsync(SessionCommand command)
    {
        var name = SessionControl.Send(Control, new IssuedCommand(command, "Anna", "a test"), DateTimeOffset.UtcNow);
        var answer = await SessionControl.AnswerAsync(Control, name, Eventually.Longest, TimeProvider.System, default);
        return answer.ShouldNotBeNull();
    }

    /// <summary>Ends the session by command and gives its journal.</summary>
    public async Task<IReadOnlyList<JournalEvent>> StopAsync()
    {
        await CommandAsync(SessionCommand.Stop);
        await _running;
        await _journal.FlushAsync();
        return [.. FileJournal.Peek(Path.Combine(_folder, "state"), new JournalQuery()).Select(JournalCodec.Decode)];
    }

    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _journal.DisposeAsync();
        await _broker.DisposeAsync();
        await Server.DisposeAsync();
        _life.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
