using System.Globalization;
using System.Text;
using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Data.Replay;
using Granary.Engine.Backtesting;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Simulated.Sessions;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Accounts;

/// <summary>
/// The accounts in which a drawn batch trades: the strategies' own books, the portfolio, and a session's account on paper. Each is one
/// method that returns the same record.
/// </summary>
internal sealed class AccountHosts : IDisposable
{
    private static readonly TimeProvider s_clock = TimeProvider.System;

    private readonly string _folder = MemoryFolder.Create("granary-accounts-");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Reads a batch, with each strategy at weight 1.</summary>
    /// <exception cref="Engine.InputException">Its capabilities exclude one another.</exception>
    public BatchSpec Read(DrawnBatch drawn)
    {
        foreach (var (file, text) in drawn.Capabilities.SelectMany(c => c.Tables)) File.WriteAllText(Path.Combine(_folder, file), text);
        var spec = new BatchReader(TestCatalogues.All).Read("drawn.json", Encoding.UTF8.GetBytes(drawn.ToBatch()), _folder);
        var weights = BatchPlan.Make(spec, spec.Data.Symbols).Instances.ToDictionary(i => i.Id, _ => 1.0, StringComparer.Ordinal);
        return spec with { Portfolio = spec.Portfolio with { FixedWeights = weights } };
    }

    private static IBarSource SourceOf(DrawnBatch drawn, DataSpec data) =>
        BatchSources.Open(TestCatalogues.All, data, _ => new DrawnMarket(drawn));

    private static Task<OpenedBatch> OpenAsync(DrawnBatch drawn, BatchSpec spec) => OpenedBatch.OpenAsync(spec,
        new BatchOpening { Threads = 1, Yes = true, Checks = true, Sources = data => SourceOf(drawn, data) }, CancellationToken.None);

    // The place of a strategy in the drawn batch, which its tag has, whatever its place in the file.
    private static int PlaceOf(StrategyInstance instance) =>
        int.Parse(instance.Id[(instance.Id.LastIndexOf("#s", StringComparison.Ordinal) + 2)..], CultureInfo.InvariantCulture);

    // ---- the strategies' own books ----

    /// <summary>
    /// The books of the strategies, bar by bar. Several strategies count as one account: the cash and the sum of their results.
    /// </summary>
    public async Task<AccountRecord> OwnBooksAsync(DrawnBatch drawn)
    {
        var spec = Read(drawn);
        await using var opened = await OpenAsync(drawn, spec);
        List<TradeRecord> trades = [];
        List<(long Close, int Strategy, double Equity)> marks = [];
        var cash = spec.Cash;
        foreach (var feed in opened.Plan.Feeds)
        {
            var settings = new FeedSettings(spec.Execution.Settings, null, false) { ListenerOf = (i, _) => new TradeListener(i, trades) };
            var shared = new SharedFeed(feed, [.. feed.Symbols.Select(s => IntrabarPaths.With(spec, opened.Markets[s], feed.Timeframe))],
                settings);
            FeedStrategy[] strategies = [.. feed.Instances.Select(i => new FeedStrategy(i, shared))];
            var watch = new StrategyWatch();
            foreach (var strategy in strategies) strategy.Make(watch);
            await using var reader = new FeedReader(shared.Prepare(1), feed.Symbols.Count,
                i => FeedBlocks.ReadAsync(opened.Markets[feed.Symbols[i]].Series, feed.Timeframe, 1), CancellationToken.None);
            var ends = new double[strategies.Length];
            while (await reader.MoveNextAsync())
            {
                var block = reader.Preparer.Prepare();
                foreach (var (i, strategy) in strategies.Index())
                {
                    strategy.Process(block, watch);
                    if (strategy.Run is not { } run) continue;
                    // The cash counts at the rates of the last valuation, which the equity makes.
                    marks.Add((feed.Timeframe.CloseOf(run.Now), strategy.Instance.Index, run.Equity));
                    ends[i] = run.ReadAccount().Cash;
                }
                reader.Preparer.Return(block);
            }
            watch.Leave();
            foreach (var strategy in strategies)
            {
                strategy.Finish(reader.Preparer.Clock, opened.Markets[feed.Symbols[0]].HasEnded);
                if (strategy.Error is { } error) throw new InvalidOperationException(error);
            }
            cash = opened.Plan.Instances.Count == 1 ? ends[0] : ends.Aggregate(cash, (sum, end) => sum + (end - spec.Cash));
        }
        return new AccountRecord(trades, cash, opened.Plan.Instances.Count == 1 ? [.. marks.Select(m => (m.Close, m.Equity))]
            : Together(marks, spec.Cash, opened.Plan.Instances.Count));
    }

    private static List<(long, double)> Together(List<(long Close, int Strategy, double Equity)> marks, double cash, int strategies)
    {
        // Between the closes of its bars, a strategy's book has no value.
        return [.. marks.GroupBy(m => m.Close).Where(at => at.Count() == strategies).OrderBy(at => at.Key)
            .Select(at => (at.Key, cash + at.OrderBy(m => m.Strategy).Sum(m => m.Equity - cash)))];
    }

    private sealed class TradeListener(StrategyInstance instance, List<TradeRecord> trades) : IRunListener
    {
        public RunEventKinds Kinds => RunEventKinds.Trade | RunEventKinds.ClosedPart;

        public void On(in RunEvent e) => trades.Add(TradeRecord.Of(PlaceOf(instance), instance.Symbols[e.SymbolIndex], e.Trade,
            e.Kind == RunEventKinds.ClosedPart));
    }

    // ---- the portfolio ----

    /// <summary>The portfolio of the batch.</summary>
    public async Task<AccountRecord> PortfolioAsync(DrawnBatch drawn)
    {
        var spec = Read(drawn);
        await using var opened = await OpenAsync(drawn, spec);
        var (plan, markets, log) = (opened.Plan, opened.Markets, new MemoryEventLog());
        await new EmbeddedHost(1).RunAsync(new StrategyPass(plan, markets) { Events = log }, CancellationToken.None);
        var pass = new PortfolioPass(plan, log, [.. plan.Instances.Select(_ => 1.0)],
            [.. markets.Values.OrderBy(m => m.Symbol, StringComparer.Ordinal).Select(m => m.Instrument)],
            paths: IntrabarPaths.ReaderOf(spec, markets));
        List<(long, double)> rows = [];
        List<PortfolioTrade> trades = [];
        var shortest = plan.Feeds.MinBy(f => f.Timeframe.Ticks)!.Timeframe;
        await pass.RunAsync(MarketBars.Of(plan.Instances, s => markets[s].Series),
            row => rows.Add((shortest.CloseOf(row.Time), row.Equity)), trades.Add, new FeedClock(shortest), CancellationToken.None);
        return new AccountRecord(RecordsOf(plan, trades), pass.Account.Cash, rows);
    }

    private static List<TradeRecord> RecordsOf(BatchPlan plan, List<PortfolioTrade> trades)
    {
        var open = trades.Where(t => t.Trade.Reason == ExitReason.Open).Select(t => (t.Member, t.Trade.Number)).ToHashSet();
        return [.. trades.Select(RecordOf)];

        TradeRecord RecordOf(PortfolioTrade traded)
        {
            var (instance, trade) = (plan.Instances[traded.Member], traded.Trade);
            var isPart = trade.Reason != ExitReason.Open && open.Contains((traded.Member, trade.Number));
            return TradeRecord.Of(PlaceOf(instance), instance.Symbols[trade.SymbolIndex], trade, isPart);
        }
    }

    // ---- a session on paper ----

    /// <summary>The account of a session on paper.</summary>
    /// <param name="breaks">After how many time slices the session ends and starts again, and whether it is killed there.</param>
    public async Task<AccountRecord> PaperAsync(DrawnBatch drawn, params IReadOnlyList<(int Slices, bool IsKilled)> breaks)
    {
        var spec = Read(drawn);
        var (facts, venue) = (new MemoryJournal(), new MemoryJournal());
        foreach (var (slices, isKilled) in breaks)
        {
            using var stop = new CancellationTokenSource();
            try
            {
                await TradeAsync(drawn, spec, (facts, venue), feed => new BrokenFeed(feed, slices, isKilled ? null : stop), stop.Token);
            }
            catch (KilledException)
            {
                // The journals have what was written.
            }
        }
        return await TradeAsync(drawn, spec, (facts, venue), feed => feed, default);
    }

    private static async Task<AccountRecord> TradeAsync(DrawnBatch drawn, BatchSpec spec,
        (MemoryJournal Facts, MemoryJournal Venue) journals, Func<ILiveFeed, ILiveFeed> feedOf, CancellationToken stop)
    {
        var journal = new AccountJournal(journals.Facts, s_clock);
        var past = await AccountPast.ReadAsync(journal, cancellationToken: CancellationToken.None);
        var replay = await BarReplay.OpenAsync(SourceOf(drawn, spec.Data),
            [.. spec.Data.Symbols.Select(s => new BarQuery(s, spec.Data.Timeframe, null, null))], ReplaySpeed.AsFastAsPossible, s_clock);
        await using var feed = feedOf(replay);
        var rates = await SessionRates.OpenAsync(spec, spec.Data.Source, false, feed.Series.Select(s => s.Instrument), s_clock, default);
        spec = spec with { Data = spec.Data with { Taken = rates } };
        // As the steps of a session open it, over the bars that it takes.
        var opening = new BatchOpening { Threads = 1, Yes = true, Checks = true, IsLive = true };
        var bars = new LiveBars(feed.Series);
        await using var opened = await OpenedBatch.OpenAsync(spec, opening with { Sources = _ => bars }, CancellationToken.None);
        await using var broker = await PaperBroker.OpenAsync(new PaperSettings { Cash = spec.Cash }, spec.Execution.Settings,
            opened.Markets.ToDictionary(m => m.Key, m => m.Value.Instrument, StringComparer.Ordinal), journals.Venue, s_clock);
        var session = new OpenedSession(spec, feed, new TradingAccount(journal, broker), past, s_clock,
            new LiveOptions { Account = "drawn", Configuration = "drawn", Machine = "drawn", Process = 1 });
        var host = await LiveHost.CreateAsync(session, new StrategyPass(opened.Plan, opened.Markets), CancellationToken.None);
        await host.RunAsync(stop);
        return RecordOf(host, opened.Plan);
    }

    private static AccountRecord RecordOf(LiveHost host, BatchPlan plan)
    {
        var timeframe = plan.Spec.Data.Timeframe;
        var instances = plan.Instances.ToDictionary(i => i.Id, StringComparer.Ordinal);
        List<TradeRecord> trades = [];
        foreach (var t in host.Ledger.Trades.Values)
        {
            // A venue sees the bars of the feed, and a strategy perhaps longer ones.
            var instance = instances[t.Strategy];
            var whole = new TradeRecord(PlaceOf(instance), t.Number, TradePart.Closed, t.Symbol, t.Side, t.Quantity,
                OpenOf(t.EntryTime), t.EntryPrice);
            var closed = whole with { ExitTime = OpenOf(t.ExitTime), ExitPrice = t.ExitPrice, Reason = TradeRecord.WordOf(t.Why) };
            if (t.State == TradeState.Closed)
            {
                trades.Add(closed with { Profit = t.Profit * t.Rate, Commission = t.Fees * t.Rate, Financing = t.Financing * t.Rate });
                continue;
            }
            var rate = host.Ledger.RateOf(t.Symbol);
            if (t.Open < t.Quantity) trades.Add(closed with
            {
                Part = TradePart.ClosedPart,
                Quantity = t.Quantity - t.Open,
                Profit = t.Profit * rate,
                Commission = t.ClosedFees * rate,
                Financing = t.ClosedFinancing * rate,
            });
            trades.Add(whole with { Part = TradePart.Open, Quantity = t.Open });

            // Longer bars are of some hours, and begin at midnight.
            long OpenOf(long time) => instance.Timeframe == timeframe ? time : time - time % instance.Timeframe.Ticks;
        }
        return new AccountRecord(trades, host.Ledger.Cash, [.. host.AccountEquity.Select(m => (timeframe.CloseOf(m.Time), m.Equity))]);
    }

    /// <summary>The end of a process at a moment that it did not choose.</summary>
    private sealed class KilledException : Exception;

    // A feed that ends its session after some time slices: by a stop, or as if the process were killed.
    private sealed class BrokenFeed(ILiveFeed feed, int slices, CancellationTokenSource? stop) : ILiveFeed
    {
        public IReadOnlyList<MarketSeries> Series => feed.Series;

        public IReadOnlyList<string> Notes => feed.Notes;

        public void Seek(long openTime) => feed.Seek(openTime);

        public async IAsyncEnumerable<FeedItem> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation]
            CancellationToken cancellationToken = default)
        {
            var read = 0;
            await foreach (var item in feed.ReadAsync(cancellationToken))
            {
                yield return item;
                if (item.Kind != FeedItemKind.Heartbeat || ++read < slices) continue;
                if (stop is null) throw new KilledException();
                await stop.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
                throw new OperationCanceledException(stop.Token);
            }
        }

        public ValueTask DisposeAsync() => feed.DisposeAsync();
    }
}
