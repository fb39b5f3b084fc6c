using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>Reads a feed's blocks, of one symbol or of several joined, and computes what its strategies share.</summary>
public abstract class FeedReader
{
    public abstract FeedClock Clock { get; }

    public abstract ValueTask<bool> MoveNextAsync();

    /// <summary>Prepares the current block for <see cref="FeedStrategy.Process"/>.</summary>
    public abstract object Prepare();

    public abstract int BarsOf(object block);

    public abstract void Return(object block);

    public abstract ValueTask DisposeAsync();
}

internal sealed class SingleReader(MarketSeries series, FactorPlan factors, IAsyncEnumerable<BarBlock> blocks, FeedPlan plan,
    CancellationToken cancellationToken) : FeedReader
{
    private readonly FeedPipeline _pipeline = new(series, factors, plan.TracePeriod, plan.TradeFrom);
    private readonly IAsyncEnumerator<BarBlock> _blocks = blocks.GetAsyncEnumerator(cancellationToken);

    public override FeedClock Clock => _pipeline.Clock;

    public override ValueTask<bool> MoveNextAsync() => _blocks.MoveNextAsync();

    public override object Prepare() => _pipeline.Prepare(_blocks.Current);

    public override int BarsOf(object block) => ((PreparedBlock)block).Block.Count;

    public override void Return(object block) => _pipeline.Return((PreparedBlock)block);

    public override ValueTask DisposeAsync() => _blocks.DisposeAsync();
}

/// <summary>Reads one symbol's bars, joined with the other symbols that its factors read.</summary>
internal sealed class ReferringReader(IReadOnlyList<MarketSeries> series, IReadOnlyList<FactorPlan> factors,
    Func<int, IAsyncEnumerable<BarBlock>> blocksOf, FeedPlan plan, CancellationToken cancellationToken) : FeedReader
{
    private readonly JoinedPipeline _pipeline = new(series, factors, plan.TracePeriod, plan.TradeFrom);
    private readonly IAsyncEnumerator<JoinedBlock> _blocks = JoinedFeed.ReadAsync(series, blocksOf, cancellationToken)
        .GetAsyncEnumerator(cancellationToken);

    public override FeedClock Clock => _pipeline.ClockOf(0);

    public override ValueTask<bool> MoveNextAsync() => _blocks.MoveNextAsync();

    public override object Prepare() => _pipeline.Prepare(_blocks.Current);

    public override int BarsOf(object block) => ((PreparedJoin)block).Symbol(0)?.Block.Count ?? 0;

    public override void Return(object block) => _pipeline.Return((PreparedJoin)block);

    public override ValueTask DisposeAsync() => _blocks.DisposeAsync();
}

internal sealed class JoinedReader(IReadOnlyList<MarketSeries> series, IReadOnlyList<FactorPlan> factors,
    Func<int, IAsyncEnumerable<BarBlock>> blocksOf, FeedPlan plan, CancellationToken cancellationToken) : FeedReader
{
    private readonly JoinedPipeline _pipeline = new(series, factors, plan.TracePeriod, plan.TradeFrom);
    private readonly IAsyncEnumerator<JoinedBlock> _blocks = JoinedFeed.ReadAsync(series, blocksOf, cancellationToken)
        .GetAsyncEnumerator(cancellationToken);

    public override FeedClock Clock => _pipeline.Clock;

    public override ValueTask<bool> MoveNextAsync() => _blocks.MoveNextAsync();

    public override object Prepare() => _pipeline.Prepare(_blocks.Current);

    public override int BarsOf(object block) => ((PreparedJoin)block).Block.Count;

    public override void Return(object block) => _pipeline.Return((PreparedJoin)block);

    public override ValueTask DisposeAsync() => _blocks.DisposeAsync();
}
