using Granary.Engine.Backtesting;
using Granary.Engine.Market;

namespace Granary.Simulation.Passes;

/// <summary>Prepares the blocks of a feed with one symbol.</summary>
internal sealed class SymbolPreparer(FeedPipeline pipeline) : FeedPreparer(pipeline.Clock)
{
    private readonly Queue<BarBlock> _waiting = new();
    private BarBlock? _block;
    private bool _ended;

    public override int? WaitsFor => _ended ? null : 0;

    public override void Add(int symbol, BarBlock block) => _waiting.Enqueue(block);

    public override void Reach(int symbol, long time)
    {
        // No other symbol waits for this one.
    }

    public override void End(int symbol) => _ended = true;

    public override bool MoveNext() => _waiting.TryDequeue(out _block);

    public override PreparedBars Prepare() => pipeline.Prepare(_block!);

    public override int BarsOf(PreparedBars prepared) => prepared.Count;

    public override void Return(PreparedBars prepared) => pipeline.Return(prepared.Own!);
}
