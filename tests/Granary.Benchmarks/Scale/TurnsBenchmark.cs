using System.Globalization;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Benchmarks.Scale;

/// <summary>A grain that processes the blocks of one strategy in turns of its own.</summary>
public interface ITurnGrain : IGrainWithIntegerKey
{
    /// <summary>Processes all blocks of the station, a turn for each.</summary>
    Task RunAsync();
}

internal sealed class TurnGrain(TurnStation station) : Grain, ITurnGrain
{
    public async Task RunAsync()
    {
        var (strategy, watch) = (station.Strategies[(int)this.GetPrimaryKeyLong()], new StrategyWatch());
        strategy.Make(watch);
        station.Done();
        for (var block = 0; await station.BlockAsync(block) is { } prepared; block++)
        {
            strategy.Process(prepared, watch);
            station.Done();
        }
    }
}

/// <summary>Where the turns of a silo meet: each block is prepared once, and all strategies process it before the next one.</summary>
internal sealed class TurnStation
{
    private TaskCompletionSource<PreparedBars?> _block = New();
    private TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left;

    public IReadOnlyList<FeedStrategy> Strategies { get; set; } = [];

    private static TaskCompletionSource<PreparedBars?> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<PreparedBars?> BlockAsync(int number) => Volatile.Read(ref _block).Task;

    public void Begin()
    {
        (_block, _all) = (New(), new(TaskCreationOptions.RunContinuationsAsynchronously));
        _left = Strategies.Count;
    }

    public void Done()
    {
        if (Interlocked.Decrement(ref _left) == 0) Volatile.Read(ref _all).TrySetResult();
    }

    public Task AllAsync() => Volatile.Read(ref _all).Task;

    /// <summary>Gives the next block to all strategies, and waits until each has processed it.</summary>
    public async Task PassAsync(PreparedBars? block)
    {
        var given = _block;
        Volatile.Write(ref _all, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _left = Strategies.Count;
        Volatile.Write(ref _block, New());
        given.TrySetResult(block);
        if (block is not null) await AllAsync();
    }
}

/// <summary>
/// The strategies of a feed processed by the threads of a silo, fifty to a work item, and by turns of one grain for each strategy. Both
/// process the same blocks with the same objects, two at a time.
/// </summary>
internal static class TurnsBenchmark
{
    public static async Task RunAsync()
    {
        using var bars = new GeneratedBars(64_000);
        var station = new TurnStation();
        await using var cluster = await ProcessCluster.StartAsync(1, bars.Folder, silo => silo.Services.AddSingleton(station));
        Console.WriteLine("strategies | blocks | threads: processor s, wall s | turns: processor s, wall s | turns ÷ threads, processor");
        foreach (var (fast, slow) in ((int, int)[])[(20, 50), (20, 50), (20, 50), (100, 100), (100, 100)])
        {
            var threads = await ThreadsAsync(bars.Batch(fast, slow));
            var turns = await TurnsAsync(bars.Batch(fast, slow), station, cluster.Grains);
            if (threads.Equity != turns.Equity) throw new InvalidOperationException("the results differ");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{fast * slow,10:N0} | {turns.Blocks,6:N0} | "
                + $"{threads.Processor,8:0.00} {threads.Wall,8:0.00} | "
                + $"{turns.Processor,8:0.00} {turns.Wall,8:0.00} | {turns.Processor / threads.Processor:0.00}"));
        }
    }

    private sealed record Cost(double Processor, double Wall, int Blocks, double Equity);

    private static async Task<(SharedFeed Feed, BatchPlan Plan, List<BarBlock> Blocks)> OpenAsync(string batch)
    {
        var spec = new BatchReader(TestCatalogues.All).Read(batch);
        var source = BatchSources.Open(TestCatalogues.All, spec.Data);
        var plan = BatchPlan.MakeSearched(spec, ["S00"]);
        await using var series = await WarmUpSpan.OpenAsync(source, spec, "S00", CancellationToken.None);
        var blocks = new List<BarBlock>();
        await foreach (var block in series.ReadAsync(IBarSeries.DefaultBlockSize)) blocks.Add(block);
        return (new SharedFeed(plan.Feeds[0], [new MarketSeries(series.Instrument, plan.Feeds[0].Timeframe) { Columns = series.Columns }],
            new FeedSettings(spec.Execution.Settings, Events: null, WithFactors: false)), plan, blocks);
    }

    private static async Task<Cost> ThreadsAsync(string batch)
    {
        var (feed, plan, blocks) = await OpenAsync(batch);
        GC.Collect();
        var (processor, began) = (Environment.CpuUsage.TotalTime, TimeProvider.System.GetTimestamp());
        using var pool = new ComputePool(Environment.ProcessorCount);
        var ended = new TaskCompletionSource();
        double equity = 0;
        pool.Add(new FeedExecution(feed, [.. plan.Instances.Select(i => new FeedStrategy(i, feed))], (_, _) => blocks.ToAsyncEnumerable())
        {
            Finished = outcomes => equity = outcomes.Sum(o => o.Statistics!.FinalEquity),
            Ended = fault =>
            {
                if (fault is null) ended.TrySetResult();
                else ended.TrySetException(fault);
            },
        });
        await ended.Task;
        return new Cost((Environment.CpuUsage.TotalTime - processor).TotalSeconds,
            TimeProvider.System.GetElapsedTime(began).TotalSeconds, blocks.Count, equity);
    }

    private static async Task<Cost> TurnsAsync(string batch, TurnStation station, IGrainFactory grains)
    {
        var (feed, plan, blocks) = await OpenAsync(batch);
        GC.Collect();
        var (processor, began) = (Environment.CpuUsage.TotalTime, TimeProvider.System.GetTimestamp());
        station.Strategies = [.. plan.Instances.Select(i => new FeedStrategy(i, feed))];
        station.Begin();
        var running = station.Strategies.Select((_, i) => grains.GetGrain<ITurnGrain>(i).RunAsync()).ToList();
        await station.AllAsync();
        var preparer = feed.Prepare();
        foreach (var block in blocks)
        {
            preparer.Add(0, block);
            while (preparer.MoveNext())
            {
                var prepared = preparer.Prepare();
                await station.PassAsync(prepared);
                preparer.Return(prepared);
            }
        }
        preparer.End(0);
        await station.PassAsync(null);
        await Task.WhenAll(running);
        var equity = station.Strategies.Select(s => s.Finish(preparer.Clock)).Sum(o => o.Statistics!.FinalEquity);
        return new Cost((Environment.CpuUsage.TotalTime - processor).TotalSeconds,
            TimeProvider.System.GetElapsedTime(began).TotalSeconds, blocks.Count, equity);
    }
}
