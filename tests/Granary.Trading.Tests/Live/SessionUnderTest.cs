using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Data.Replay;
using Granary.Engine.Backtesting;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>
/// A batch over the samples, its production configuration, and sessions that trade it with whatever journal and broker a test wants.
/// </summary>
internal sealed class SessionUnderTest : IDisposable
{
    // Made when it is asked for: a process that is killed leaves nothing behind.
    private readonly Lazy<string> _folder = new(() => MemoryFolder.Create("granary-live-"));

    public string Folder => _folder.Value;

    public void Dispose()
    {
        if (_folder.IsValueCreated && Environment.GetEnvironmentVariable("KEEP") is null) Directory.Delete(Folder, recursive: true);
    }

    public const string Strategies = """
        { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] }, "size": { "percentOfEquity": 20 } },
        { "class": "VolatilityBreakout", "params": { "period": 10, "multiplier": 1, "hold": 5 }, "size": { "percentOfEquity": 20 },
          "stopLossPercent": 1, "takeProfitPercent": 2, "exitOnSignal": false },
        { "class": "DonchianBreakout", "params": { "period": 20, "exit": 10 }, "size": { "riskPercent": 0.5 }, "trailingStopPercent": 3 },
        { "class": "RsiReversion", "params": { "period": 7, "low": 30, "high": 70 }, "sides": "long", "size": { "cash": 10000 },
          "stopLossPercent": 2, "maxBars": 20 }
        """;

    /// <summary>Strategies with the keys of entries and exits beyond one stop and one target.</summary>
    public const string Exits = """
        { "class": "SmaCross", "params": { "fast": 5, "slow": 20 }, "size": { "percentOfEquity": 10 },
          "takeProfit": [{ "percent": 0.6, "share": 0.5 }, { "percent": 1.2, "share": 0.25 }], "trailingStopPercent": 1,
          "trailingStartPercent": 0.8, "entryOrder": "limit", "entryOffsetPercent": 0.1, "signalValid": "6h" },
        { "class": "VolatilityBreakout", "params": { "period": 10, "multiplier": 1, "hold": 20 }, "size": { "percentOfEquity": 10 },
          "stopLossAtr": 2, "takeProfitAtr": 3, "scaleIn": [{ "percent": 0.4, "share": 0.5 }, { "percent": -0.4 }] },
        { "class": "RsiReversion", "params": { "period": 7, "low": 30, "high": 70 }, "size": { "cash": 10000 },
          "takeProfitPercent": 3, "takeProfitOverTime": [{ "after": "6h", "percent": 0.5 }, { "after": "2d", "percent": -0.5 }],
          "entryOrder": "close" },
        { "class": "DonchianBreakout", "params": { "period": 20, "exit": 10 }, "size": { "riskPercent": 0.5 }, "trailingStopAtr": 3,
          "atrBars": 10, "entryOrder": "stop", "entryOffsetAtr": 0.1, "signalValid": "12h" }
        """;

    public static string Bars => Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    /// <summary>Runs the batch as a backtest.</summary>
    public async Task<BatchRun> BacktestAsync(string strategies = Strategies, string symbols = """["ACME", "COINUSDT"]""",
        string to = "2022-02-10", string more =
            """, "portfolio": { "weights": "equal", "limits": { "maxPositions": 6, "maxGrossPercent": 60 } }""", string path = "", string data = "")
    {
        var spec = new BatchReader(TestCatalogues.All).Read("live.json", Encoding.UTF8.GetBytes(
            $$"""
                { "name": "live", "data": { "source": "csv:{{Bars}}", "symbols": {{symbols}}, "timeframe": "1h", "to": "{{to}}" {{data}} },
                  "execution": { "commissionPercent": 0.05, "slippagePercent": 0.02 {{path}} }, "strategies": [ {{strategies}} ] {{more}} }
                """), Path.GetTempPath());
        return await RunAsync(spec, "backtest");
    }

    public Task<BatchRun> RunAsync(BatchSpec spec, string name) => new BatchRunner(new EmbeddedHost(2), TimeProvider.System)
        .RunAsync(spec, new BatchOptions { Out = Path.Combine(Folder, name), Validation = false, Yes = true });

    /// <summary>Copies a run with all that lies beside it, so that tests share one. Its JSON files have the paths of the copy.</summary>
    public BatchRun CopyOf(SessionUnderTest other, BatchRun run)
    {
        foreach (var file in Directory.EnumerateFiles(other.Folder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Folder, Path.GetRelativePath(other.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            if (Path.GetExtension(file) == ".json")
                File.WriteAllText(copy, File.ReadAllText(file).Replace(other.Folder, Folder, StringComparison.Ordinal));
            else File.Copy(file, copy, overwrite: true);
        }
        return run with { Folder = run.Folder.Replace(other.Folder, Folder, StringComparison.Ordinal) };
    }

    /// <summary>Trades the configuration of a backtest through the same door as the command line.</summary>
    public Task<LiveRun> LiveAsync(BatchRun backtest, string name = "live", Func<LiveRequest, LiveRequest>? with = null,
        CancellationToken cancellationToken = default)
    {
        var request = new LiveRequest
        {
            Production = Path.Combine(backtest.Folder, "prod.json"),
            Feed = Address.Parse("csv:" + Bars),
            Out = Path.Combine(Folder, name),
            To = DateTime.Parse("2022-02-10", System.Globalization.CultureInfo.InvariantCulture).Ticks,
            IgnoresChecks = true,
        };
        return LiveSession.RunAsync(with?.Invoke(request) ?? request, TestCatalogues.All, TimeProvider.System, cancellationToken);
    }

    /// <summary>One session on a state of its own, with journal and broker wrapped as the test wishes.</summary>
    public static async Task<SessionEnd> TradeAsync(Production production, string state, PaperSettings paper, string to = "2022-02-10",
        SessionParts? parts = null, LiveOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (journalOf, brokerOf, journalInstead) = parts ?? new SessionParts();
        var spec = production.Spec;
        var inner = journalInstead ?? FileJournal.Open(state, TimeProvider.System);
        await using var journal = new AccountJournal(journalOf?.Invoke(inner) ?? inner, TimeProvider.System);
        var past = new List<JournalEvent>();
        await foreach (var e in journal.ReadAsync(cancellationToken)) past.Add(e);
        var until = DateTime.Parse(to, System.Globalization.CultureInfo.InvariantCulture).Ticks;
        await using var feed = await BarReplay.OpenAsync(BatchSources.Open(TestCatalogues.All, spec.Data),
            [.. spec.Data.Symbols.Select(s => new BarQuery(s, spec.Data.Timeframe, null, until))], ReplaySpeed.AsFastAsPossible,
            TimeProvider.System, cancellationToken: cancellationToken);
        var markets = feed.Series.ToDictionary(s => s.Instrument.Symbol, s => new OpenedMarket(s.Instrument.Symbol, null!, s.Instrument),
            StringComparer.Ordinal);
        var venue = await PaperBroker.OpenAsync(paper with { Cash = spec.Cash }, spec.Execution.Settings,
            markets.ToDictionary(m => m.Key, m => m.Value.Instrument, StringComparer.Ordinal),
            FileJournal.Open(state, TimeProvider.System, name: "paper-venue.grj", flush: false), TimeProvider.System, cancellationToken);
        await using var broker = brokerOf?.Invoke(venue) ?? venue;
        var session = new OpenedSession(spec, feed, new TradingAccount(journal, broker), AccountPast.Of(past), TimeProvider.System,
            (options ?? new LiveOptions { Account = "test" }) with { Configuration = "fixed, since the paper venue draws by order ids" });
        var plan = BatchPlan.Make(spec, spec.Data.Symbols);
        List<StrategyOutcome> outcomes = [];
        var host = await LiveHost.CreateAsync(session, new StrategyPass(plan, markets) { Finished = outcomes.AddRange }, cancellationToken);
        await host.RunAsync(cancellationToken);
        var digest = new BatchDigest();
        foreach (var outcome in outcomes) digest.Add(plan.Instances[outcome.Index].Id, outcome.Digest);
        digest.Add("portfolio", host.Outcome(_ => { }, _ => { }, _ => { }).Digest);
        return new SessionEnd(host, digest.Finish(), await venue.PollAsync(0, CancellationToken.None))
        {
            Strategies = [.. outcomes.OrderBy(o => o.Index).Select(o => o.Digest)],
        };
    }
}

/// <param name="Venue">All that happened at the venue, in order.</param>
internal sealed record SessionEnd(LiveHost Host, string Digest, IReadOnlyList<BrokerEvent> Venue)
{
    /// <summary>The digests of the strategies' own accounts.</summary>
    public IReadOnlyList<UInt128> Strategies { get; init; } = [];

    /// <summary>Everything that the account has come to, to the last bit.</summary>
    public string Account()
    {
        var text = new StringBuilder();
        var ledger = Host.Ledger;
        text.AppendLine(CultureInfo.InvariantCulture, $"cash {ledger.Cash:R} fees {ledger.Fees:R} funding {ledger.Funding:R} fills {ledger.Fills}");
        foreach (var (symbol, held) in ledger.Positions.OrderBy(p => p.Key, StringComparer.Ordinal))
            text.AppendLine(CultureInfo.InvariantCulture, $"position {symbol} {held:R}");
        foreach (var t in ledger.Trades.Values.OrderBy(t => t.Entry, StringComparer.Ordinal))
            text.AppendLine(CultureInfo.InvariantCulture,
                $"trade {t.Entry} {t.State} {t.Side} {t.Quantity:R} {t.Open:R} {t.EntryPrice:R} {t.ExitPrice:R} {t.Profit:R} {t.Fees:R} {t.Financing:R} "
                    + $"{t.EntryTime} {t.ExitTime} {t.Why}");
        foreach (var t in ledger.TrackedOrders.OrderBy(t => t.Order.ClientId, StringComparer.Ordinal))
            text.AppendLine(CultureInfo.InvariantCulture,
                $"order {t.Order.ClientId} {t.Order.Type} {t.Order.Quantity:R} {t.State} {t.Ended} {t.Unknown} {t.Filled:R} "
                    + $"{(t.VenueId.Length > 0 ? "taken" : "not taken")}");
        foreach (var mark in Host.AccountEquity)
            text.AppendLine(CultureInfo.InvariantCulture, $"equity {mark.Time} {mark.Equity:R} {mark.Drawdown:R} {mark.Day}");
        // The venue numbers orders as they arrive: one whose first try was lost arrives before or behind its neighbour.
        foreach (var e in Venue.OrderBy(e => e.Status.ClientId, StringComparer.Ordinal))
            text.AppendLine(CultureInfo.InvariantCulture,
                $"venue {e.Status.ClientId} {e.Status.State} {e.Fill?.Leg} {e.Fill?.Price:R} {e.Fill?.Quantity:R}");
        return text.ToString();
    }
}
