using Granary.Engine.Backtesting;
using Granary.Engine.Market;

namespace Granary.Simulation.Passes;

/// <summary>Joins the blocks of several symbols on one timeline, and prepares them.</summary>
/// <param name="mostRows">The most rows of a joined block.</param>
/// <param name="ownOnly">Whether strategies trade the first symbol only, and count its bars.</param>
internal sealed class JoinedPreparer(JoinedPipeline pipeline, int mostRows, bool ownOnly)
    : FeedPreparer(ownOnly ? pipeline.ClockOf(0) : pipeline.Clock)
{
    private readonly FeedJoiner _joiner = new(pipeline.Series, mostRows);
    private JoinedBlock? _rows;

    public override int? WaitsFor => _joiner.WaitsFor;

    public override void Add(int symbol, BarBlock block) => _joiner.Add(symbol, block);

    public override void Reach(int symbol, long time) => _joiner.Reach(symbol, time);

    public override void End(int symbol) => _joiner.End(symbol);

    public override bool MoveNext() => _joiner.TryNext(out _rows);

    public override PreparedBars Prepare() => pipeline.Prepare(_rows!);

    public override int BarsOf(PreparedBars prepared) => ownOnly ? prepared.Own?.Count ?? 0 : prepared.Count;

    public override void Return(PreparedBars prepared) => pipeline.Return((PreparedJoin)prepared);
}
