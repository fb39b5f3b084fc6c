using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Models;
using Granary.Engine.Market;
using Granary.Learning.Gating;
using Granary.Simulation.Batches;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;

namespace Granary.Cluster.Grains.Compute;

/// <summary>The opened bars and models of a strategy group, and the feed that its strategies share.</summary>
internal sealed class GroupFeed : IAsyncDisposable
{
    private readonly IReadOnlyList<OpenedMarket> _markets;
    private readonly IReadOnlyList<BatchModelLease> _models;

    private GroupFeed(SharedFeed feed, IReadOnlyList<StrategyInstance> instances, IReadOnlyList<OpenedMarket> markets,
        IReadOnlyList<BatchModelLease> models) => (Feed, Instances, _markets, _models) = (feed, instances, markets, models);

    public SharedFeed Feed { get; }

    /// <summary>The strategies of the group, with their models.</summary>
    public IReadOnlyList<StrategyInstance> Instances { get; }

    /// <summary>Reads the bars of a symbol by its position in the feed.</summary>
    public IAsyncEnumerable<BarBlock> ReadAsync(int symbol, int blockSize, CancellationToken cancellationToken) =>
        FeedBlocks.ReadAsync(_markets[symbol].Series, Feed.Plan.Timeframe, blockSize, cancellationToken);

    /// <exception cref="BarDataException">The silo has other bars than the run.</exception>
    public static async Task<GroupFeed> OpenAsync(SiloServices services, GroupWork work, BatchPlan plan,
        CancellationToken cancellationToken)
    {
        var (spec, feed) = (plan.Spec, plan.Feeds[work.Feed]);
        List<BatchModelLease> models = [];
        List<OpenedMarket> markets = [];
        try
        {
            var modelOf = new Dictionary<int, EntryModel>();
            foreach (var use in work.Models)
            {
                var lease = await services.Models.TakeAsync(work.Run, work.Pass, use.Number, spec.Catalogues, cancellationToken);
                models.Add(lease);
                foreach (var strategy in use.Strategies) modelOf[strategy] = lease.Model;
            }
            var source = services.Sources.Open(work.Run, spec.Data);
            Task<OpenedMarket>[] opening = [.. feed.Symbols.Select((symbol, number) =>
                OpenAsync(source, services, work, spec, symbol, number, cancellationToken))];
            await ((Task)Task.WhenAll(opening)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            markets.AddRange(opening.Where(o => o.IsCompletedSuccessfully).Select(o => o.Result));
            await Task.WhenAll(opening);
            var series = new List<MarketSeries>();
            foreach (var market in markets) series.Add(await WithPathAsync(source, spec, market, feed.Timeframe, cancellationToken));
            var settings = spec.Execution.Settings;
            // The strategies take their events themselves.
            var shared = new SharedFeed(feed, series,
                new FeedSettings(settings.In(work.Costs), Events: null, work.WithFactors));
            return new GroupFeed(shared, [.. work.Strategies.Select(i =>
                modelOf.TryGetValue(i, out var model) ? plan.Instances[i] with { Model = model } : plan.Instances[i])], markets, models);
        }
        catch
        {
            await CloseAsync(markets, models);
            throw;
        }
    }

    private static async Task<OpenedMarket> OpenAsync(IBarSource source, SiloServices services, GroupWork work, BatchSpec spec,
        string symbol, int number, CancellationToken cancellationToken)
    {
        var series = await WarmUpSpan.OpenAsync(source, spec, symbol, cancellationToken);
        if (series.ContentHash == work.Hashes[number])
        {
            // The run has inferred sessions from all bars.
            if (work.Sessions is { } sessions) series = SeriesWithInstrument.WithSessions(series, sessions[number]);
            // So has it decided on the members of its universe.
            if (work.Members is { } members) series = SeriesWithInstrument.WithMembership(series, members[number]);
            return new OpenedMarket(symbol, SeriesChanges.Apply(series, work.Changes), series.Instrument);
        }
        await series.DisposeAsync();
        throw new BarDataException($"the bars of {symbol} that the silo {services.Address.Endpoint} reads from {spec.Data.Source} "
            + "are not those that the run began with; give all silos the same data");
    }

    private static async Task<MarketSeries> WithPathAsync(IBarSource source, BatchSpec spec, OpenedMarket market, Timeframe timeframe,
        CancellationToken cancellationToken)
    {
        if (IntrabarPaths.TimeframeFor(spec, timeframe) is null)
            return new MarketSeries(market.Instrument, timeframe) { Columns = market.Series.Columns };
        await using var smaller = await IntrabarPaths.OpenAsync(source, spec, market.Symbol, cancellationToken);
        return IntrabarPaths.With(spec, market with { Smaller = smaller }, timeframe);
    }

    private static async Task CloseAsync(IReadOnlyList<OpenedMarket> markets, IReadOnlyList<BatchModelLease> models)
    {
        foreach (var model in models) model.Dispose();
        foreach (var market in markets) await market.Series.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await CloseAsync(_markets, _models);
}
