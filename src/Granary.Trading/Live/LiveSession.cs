using Granary.Backtesting.Runs;
using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Data.Replay;
using Granary.Data.Stores;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Columns;
using Granary.Simulation.Json;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Weights;
using Granary.Storage.Addresses;
using Granary.Trading.Deployments;

namespace Granary.Trading.Live;

/// <summary>The result of a live session.</summary>
/// <param name="Run">The run, as of a backtest; its digest equals a backtest's over the same bars.</param>
/// <param name="Recorded">Latency from bar to order in this session.</param>
public sealed record LiveRun(BatchRun Run, LiveStatus Status, LatencyRecorder Recorded, AccountLedger Ledger)
{
    /// <summary>Comparison with a backtest of the same bars; null if there were none.</summary>
    public SessionBacktest? Against { get; init; }
}

/// <summary>Opens the resources of a live session, runs it to its end, and writes its run's folder.</summary>
public static class LiveSession
{
    // The scheme of exchange histories.
    private const string Exchange = "exchange";

    /// <exception cref="InputException">The configuration, the feed or an option is invalid, or the validation checks are
    /// insufficient.</exception>
    /// <exception cref="LeaseException">Another session trades the account.</exception>
    /// <exception cref="JournalException">The journal cannot be read or written.</exception>
    public static async Task<LiveRun> RunAsync(LiveRequest request, GranaryCatalogues catalogues, TimeProvider clock,
        CancellationToken cancellationToken = default)
    {
        request.Check();
        var production = ProductionOf(request, catalogues, clock);
        var folder = FolderOf(request, production, clock);
        using var environment = new LocalEnvironment(request, catalogues, folder, clock);
        return await RunAsync(request with { Out = folder }, production, environment, clock, cancellationToken).ConfigureAwait(false);
    }

    private static Production ProductionOf(LiveRequest request, GranaryCatalogues catalogues, TimeProvider clock)
    {
        var reader = new ProductionReader(catalogues);
        if (request.Deployment is not { } number) return reader.Read(request.Production);
        var deployment = DeploymentStores.OpenBook(request.Deployments!, clock).Get(number);
        return reader.Read(request.Production, deployment.Text(), deployment.Folder);
    }

    private static string FolderOf(LiveRequest request, Production production, TimeProvider clock) =>
        Path.GetFullPath(request.Out ?? RunFolder.UsualPath(production.Spec.Name + "-live", clock.GetUtcNow().UtcDateTime));

    /// <summary>Detects faults before anything is opened.</summary>
    /// <exception cref="InputException">
    /// An option is invalid, validation checks failed or are missing, the broker cannot trade the configuration, or the account name is not
    /// allowed.
    /// </exception>
    internal static void Check(LiveRequest request, Production production)
    {
        request.Check();
        CheckChains(request, production.Spec);
        if (!production.Verdict.MayBeTraded && !request.IgnoresChecks)
            throw new InputException(
                $"{request.Production} does not pass its validation checks: {string.Join("; ", production.Verdict.Reasons)}. "
                + "Fix the strategy, or pass --without-evidence to trade it anyway; the journal records that.");
        if (request.RequireUniverse) CheckUniverse(request, production);
        var capabilities = request.CreateBroker(production.Spec.Catalogues.Brokers).Capabilities;
        if (BrokerFit.Faults(request.Broker, capabilities, production.Spec) is { Count: > 0 } faults)
            throw new InputException($"--broker {request.Broker}: {string.Join("; ", faults)}");
        WeightsValidation.CheckPortfolio(request.Account ?? production.Spec.Name);
    }

    // Both the evidence of the run and the configuration itself have to name the members.
    private static void CheckUniverse(LiveRequest request, Production production)
    {
        var isStated = production.Checks.ByName.TryGetValue(ValidationChecks.Universe, out var finding);
        if (!isStated && production.Spec.Data.Symbols.Count < 2) return;
        var known = finding?.Word == UniverseResults.PointInTime;
        if (known && production.Spec.Universe is not null) return;
        throw new InputException($"--require-universe: {request.Production} "
            + (known ? "has evidence of a universe, and no section 'universe' of its own"
                : $"has universe: {finding?.Word ?? UniverseResults.Unknown}")
            + "; give its batch the section 'universe' and run it again, or leave the option out");
    }

    /// <summary>Returns the last start in a journal, with the configuration of a later switch; null if the journal is new.</summary>
    internal static SessionStarted? LastStart(SessionStarted? before, JournalEvent e) => e switch
    {
        SessionStarted started => started,
        DeploymentSwitched switched => before! with { Configuration = switched.Configuration },
        _ => before,
    };

    /// <summary>Checks that a journal belongs to the configuration and the broker of its last start or switch.</summary>
    /// <param name="before">The last start in the journal; null if it is new.</param>
    /// <param name="journal">The journal's name.</param>
    /// <exception cref="InputException">The journal belongs to a different configuration or broker.</exception>
    internal static void CheckJournal(SessionStarted? before, string journal, LiveRequest request, Production production)
    {
        if (before is null) return;
        if (before.Configuration != production.Hash)
            throw new InputException($"{journal} belongs to another configuration than {request.Production};"
                + " hand it over with 'granary deployments switch', or give this session a new --state or another --account");
        if (before.Broker != request.Broker)
            throw new InputException($"--broker {request.Broker}: {journal} is of an account at '{before.Broker}';"
                + " use that broker, or give this session a new --state or another --account");
    }

    /// <summary>Runs a session in its environment.</summary>
    /// <inheritdoc cref="RunAsync(LiveRequest, GranaryCatalogues, TimeProvider, CancellationToken)"/>
    internal static async Task<LiveRun> RunAsync(LiveRequest request, Production production, ISessionEnvironment environment,
        TimeProvider clock, CancellationToken cancellationToken = default)
    {
        Check(request, production);
        var account = request.Account ?? production.Spec.Name;
        var folder = FolderOf(request, production, clock);

        await using var opened = await environment.OpenAccountAsync(production, account, cancellationToken).ConfigureAwait(false);
        var journal = opened.Journal;
        var read = await AccountPast.ReadAsync(journal, cancellationToken: cancellationToken).ConfigureAwait(false);
        var past = read.Events;
        CheckJournal(past.Aggregate((SessionStarted?)null, LastStart), journal.Name, request, production);
        var spec = SpecOf(production, past);
        var changed = await CompareAsync(request, spec, past, journal.Name, cancellationToken).ConfigureAwait(false);
        var control = ControlOf(request, environment, clock);
        var runner = new SessionRunner(production, clock, request.Attempt);

        var (opening, rates) = await OpenFeedAsync(request, spec, past, environment, clock, cancellationToken).ConfigureAwait(false);
        await using var feed = opening;
        spec = spec with { Data = spec.Data with { Taken = rates } };
        await using var keep = request.Feed.Keep is { } store ? spec.Catalogues.Stores.Open(store) : null;
        var session = new OpenedSession(spec, feed, opened, read, clock, new LiveOptions
        {
            Account = account,
            Feed = $"{request.Feed}",
            Configuration = production.Hash,
            WithoutEvidence = !production.Verdict.MayBeTraded,
            Weights = environment.Weights,
            Strategies = environment.Strategies,
            Control = control,
            EntriesWithin = IsStream(request, spec) ? 2 * new TimeSpan(spec.Data.Timeframe.Ticks) : null,
            Past = Past(request, spec, keep),
            ReconcileEvery = request.ReadReconcile(),
            Keep = keep,
            Status = request.Status,
            Changed = [.. changed.Select(c => (c.Symbol, c.ToString()))],
            Takeover = environment.Takeover,
            Begins = BeginAsync,
        });
        try
        {
            return await runner.RunAsync(session, folder, () => environment.IsLeft, WriteAccountAsync, cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            environment.Strategies?.End();
        }

        Task WriteAccountAsync(LiveHost host, string path) => AccountFiles.WriteAsync(path, journal, request, production, host);

        async Task BeginAsync(CancellationToken stop)
        {
            var entries = JournalKinds.AllBut([.. DeploymentControl.Kinds]);
            if (control is DeploymentControl deployment)
                await deployment.BeginAsync(journal.ReadAsync(new JournalQuery { Without = entries }, stop), account, folder)
                    .ConfigureAwait(false);
            runner.RemoveEarlier();
        }
    }

    private static void CheckChains(LiveRequest request, BatchSpec spec)
    {
        if (IsStream(request, spec) && spec.Data.Symbols.FirstOrDefault(spec.Data.IsChain) is { } chain)
            throw new InputException($"--feed {request.Feed} brings the bars of contracts, and a session makes {chain} of files and stores "
                + "alone; name csv:DIR, parquet:DIR or a store that is updated");
    }

    private static void CheckFeed(ILiveFeed feed, LiveRequest request, BatchSpec spec)
    {
        foreach (var symbol in spec.Data.Symbols)
            if (!feed.Series.Any(s => s.Instrument.Symbol == symbol && s.Timeframe == spec.Data.Timeframe))
                throw new InputException(
                    $"--feed {request.Feed} does not carry {symbol} at {spec.Data.Timeframe}, which {request.Production} trades");
        foreach (var data in spec.Data.Parts.Count > 0 ? spec.Data.Parts.Select(p => p.Data) : [spec.Data])
            foreach (var column in data.FurtherColumns)
                if (feed.Series.All(s => s.Columns is { } known && !known.Contains(column, StringComparer.Ordinal)))
                    throw new InputException($"--feed {request.Feed} does not bring the column '{column}', which {request.Production} "
                        + "reads; give it in data.asof, or name a feed that has it");
    }

    // A session of a deployment takes hand-overs, and its start is an event of the deployment.
    private static ISessionControl ControlOf(LiveRequest request, ISessionEnvironment environment, TimeProvider clock) =>
        request.Deployments is { } deployments
            ? new DeploymentControl(environment.Control, new DeploymentBook(DeploymentStores.Open(deployments), clock),
                request.Deployment!.Value, clock)
            : environment.Control;

    /// <summary>Returns what a session of the configuration runs: also strategies of earlier configurations with open trades.</summary>
    /// <param name="past">The events of the account's journal.</param>
    internal static BatchSpec SpecOf(Production production, IReadOnlyList<JournalEvent> past) =>
        Compared(HandedTrades.Combine(production.Spec, HandedTrades.LastSwitch(past), production.Spec.Catalogues));

    /// <summary>
    /// Returns the source that has the bars of a session's feed also later: the replayed source itself, the history of the exchange, or the
    /// source of earlier bars. Null without one.
    /// </summary>
    internal static Address? FinalBarsOf(LiveRequest request, BatchSpec spec) => HistoryOf(request, spec) ?? request.WarmUp;

    // A session only has the bars of the symbols that it trades, so another benchmark cannot be drawn.
    private static BatchSpec Compared(BatchSpec spec) => spec.Benchmark?.String() is not { } name
        || BenchmarkCurve.IsOf(name, spec.Data.Symbols) ? spec : spec with { Benchmark = null };

    // The newest bars of each market that are compared with the history of a stream: an exchange answers with some hundred at a time.
    private const int MostOfStream = 500;

    // Compares the journal with the feed before anything is traded by it: a source that was adjusted for a split, corrected, or had an
    // unfinished bar.
    private static async Task<IReadOnlyList<ChangedBars>> CompareAsync(LiveRequest request, BatchSpec spec, List<JournalEvent> past,
        string journal, CancellationToken cancellationToken)
    {
        if (HistoryOf(request, spec) is not { } history) return [];
        var isStream = IsStream(request, spec);
        var source = isStream ? spec.Catalogues.Sources.Open(history)
            : BatchSources.Open(spec.Catalogues, spec.Data with { Source = history });
        IReadOnlyList<ChangedBars> changed;
        try
        {
            // The websocket of an exchange may send the last trades of a bar after its end: the volume of its history is another one.
            changed = await ChangedBars.FindAsync(source, spec.Data, past, isStream ? MostOfStream : null,
                hasVolumes: history.Scheme != Exchange, cancellationToken).ConfigureAwait(false);
        }
        catch (BarStoreException) when (isStream)
        {
            // The history does not answer. The session does not need it to trade, and reports what it misses of it.
            return [];
        }
        finally
        {
            if (source is IAsyncDisposable opened) await opened.DisposeAsync().ConfigureAwait(false);
        }
        if (changed.Count > 0 && request.ChangedBars == "refuse")
            throw new InputException($"--feed {request.Feed} differs from {journal}, which was traded on: "
                + $"{string.Join("; ", changed.Take(3))}{(changed.Count > 3 ? $"; and {changed.Count - 3} more markets" : "")}. Nothing was "
                + "traded. Put the bars back, pass --changed-bars keep to trade on by the journal's bars, or begin a new account");
        return changed;
    }

    // The source that has the bars which a feed has brought: itself, or the history of its exchange; null without any. The history of a
    // feed with an endpoint of its own, as of a test network, is the one of that exchange from which the session warms up.
    private static Address? HistoryOf(LiveRequest request, BatchSpec spec)
    {
        if (!IsStream(request, spec) || spec.Catalogues.Sources.Knows(request.Bars)) return request.Bars;
        if (request.Bars is not { Scheme: Address.WebSocket } feed || !spec.Catalogues.Sources.Contains(Exchange)) return null;
        if (feed.Rest == feed.Body) return Address.Parse($"{Exchange}:{feed.Body}");
        return (request.WarmUp ?? spec.Data.Source) is { Scheme: Exchange } own && own.Body == feed.Body ? own : null;
    }

    // Opens the feed and the exchange rates of its markets. If these come over the feed, it also brings their pairs.
    private static async Task<(ILiveFeed Feed, SessionRates? Rates)> OpenFeedAsync(LiveRequest request, BatchSpec spec,
        List<JournalEvent> past, ISessionEnvironment environment, TimeProvider clock, CancellationToken cancellationToken)
    {
        var feed = await OpenFeedAsync(request, spec, past, environment, spec.Data.Symbols, cancellationToken).ConfigureAwait(false);
        try
        {
            CheckFeed(feed, request, spec);
            // The first bar, which is checked too, may come later.
            if (IsStream(request, spec)) AccountCurrency.CheckInterest(spec, clock.GetUtcNow().UtcTicks);
            var rates = await SessionRates.OpenAsync(spec, request.Bars, IsStream(request, spec), feed.Series.Select(s => s.Instrument),
                clock, cancellationToken).ConfigureAwait(false);
            if (rates is null || !rates.Pairs.Except(spec.Data.Symbols, StringComparer.Ordinal).Any()) return (feed, rates);
            await feed.DisposeAsync().ConfigureAwait(false);
            feed = await OpenFeedAsync(request, spec, past, environment, [.. spec.Data.Symbols.Union(rates.Pairs, StringComparer.Ordinal)],
                cancellationToken).ConfigureAwait(false);
            return (feed, rates);
        }
        catch
        {
            await feed.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<ILiveFeed> OpenFeedAsync(LiveRequest request, BatchSpec spec, List<JournalEvent> past,
        ISessionEnvironment environment, IReadOnlyList<string> symbols, CancellationToken cancellationToken)
    {
        // Bars in the journal are not requested again if the feed supports a start; repeated bars are skipped.
        var known = past.OfType<BarsTaken>().SelectMany(b => b.Bars).Select(b => b.Bar.Time).DefaultIfEmpty(long.MinValue).Max();
        var isTimed = request.ReadSpeed().Kind != ReplaySpeedKind.AsFastAsPossible || IsStream(request, spec);
        var from = known > long.MinValue && isTimed ? known + 1 : request.From ?? spec.ReadFrom;
        Task<ILiveFeed> Open(long? start) =>
            environment.OpenFeedAsync(spec.Data,
                [.. symbols.Select(s => new BarQuery(s, spec.Data.Timeframe, start, request.To))],
                cancellationToken);
        ILiveFeed feed;
        try
        {
            feed = await Open(from).ConfigureAwait(false);
        }
        catch (BarDataException) when (from is not null && known > long.MinValue)
        {
            // The feed has no newer bars: all have been taken.
            feed = await Open(request.From ?? spec.ReadFrom).ConfigureAwait(false);
        }
        // A replay reads its bars with the columns of slower series.
        return IsStream(request, spec) ? WithColumns(feed, spec, past) : feed;
    }

    private static ILiveFeed WithColumns(ILiveFeed feed, BatchSpec spec, List<JournalEvent> past)
    {
        var last = new Dictionary<string, Bar>(StringComparer.Ordinal);
        foreach (var (symbol, bar, _) in past.OfType<BarsTaken>().SelectMany(t => t.Bars)) last[symbol] = bar;
        return AsofFeed.Of(feed, symbol => spec.Data.Of(symbol).Asof, spec.Catalogues.Tables,
            symbol => last.TryGetValue(symbol, out var bar) ? bar : null);
    }

    // Whether the feed is live, and not a replay of stored bars.
    private static bool IsStream(LiveRequest request, BatchSpec spec) => spec.Catalogues.LiveFeeds.IsStream(request.Bars);

    // The configuration's history first, then the saved bars of this feed.
    private static List<IBarSource> Past(LiveRequest request, BatchSpec spec, IBarStore? keep)
    {
        var past = new List<IBarSource>();
        if (request.WarmUp is not null || IsStream(request, spec))
        {
            var data = request.WarmUp is { } own ? spec.Data with { Source = own, Parts = [] } : spec.Data;
            var source = BatchSources.Open(spec.Catalogues, data);
            past.Add(data is { Parts: [], Source.Scheme: Exchange } ? new RecentSource(source, spec.Longest) : source);
        }
        // A replay that starts within its source warms up on the earlier bars, like a backtest.
        else if (request.From is not null && spec.Data.WarmUp)
        {
            var data = spec.Data with { Source = request.Bars, Parts = [] };
            past.Add(new RecentSource(BatchSources.Open(spec.Catalogues, data), spec.Longest));
        }
        if (keep is not null) past.Add(BatchSources.Further(keep.Source(), spec.Data));
        // The feed's exchange may have bars that no store has. A warm-up from it is in the list already.
        if (HistoryOf(request, spec) is { Scheme: Exchange } history && request.Bars.Rest == request.Bars.Body)
            past.Add(new OptionalSource(new RecentSource(
                BatchSources.Further(spec.Catalogues.Sources.Open(history), spec.Data), spec.Longest)));
        return past;
    }
}
