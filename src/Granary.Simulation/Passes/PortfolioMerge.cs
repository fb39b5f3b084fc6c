using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>
/// Merges strategy events and bars into one total order, in which a session has them too: all of a bar is known when it closes. At each
/// time come first the events of strategies within the bars that close, then these bars, then what strategies ask for at the closes, by
/// strategy.
/// </summary>
/// <param name="steps">Receives all steps in this order.</param>
internal sealed class PortfolioMerge(BatchPlan plan, IEventLog? log, IPortfolioSteps steps)
{
    // When events of one time come: within the bars, at their closes, and at the end of the bars.
    private const int Within = 0, AtClose = 1, AtEnd = 2;

    // Events of one run of a strategy, read chunk by chunk, with the time at which each is known.
    private sealed class Stream(IEventLog log, FollowedRun run, StrategyInstance instance)
    {
        private byte[] _events = [];
        private int _read, _chunk;
        private RunEvent _current, _next;
        private bool _hasNext;
        private (long Timestamp, int Phase) _last = (long.MinValue, Within);

        public int Strategy => instance.Index;

        /// <summary>Position among the streams, by strategy. It orders events of the same time.</summary>
        public required int Order { get; init; }

        public ref readonly RunEvent Current => ref _current;

        public (long Timestamp, int Phase) Key => _last;

        public bool Next()
        {
            if (_hasNext) _current = _next;
            else if (!Read(out _current)) return false;
            _hasNext = false;
            var key = KeyOf(_current);
            if (key.CompareTo(_last) > 0) _last = key;
            return true;
        }

        private (long Timestamp, int Phase) KeyOf(in RunEvent e)
        {
            // A signal that was created with its fill has the time of its order, and is known with the fill.
            if (e.Kind == RunEventKinds.Signal && e.Signal.AtFill && (_hasNext || (_hasNext = Read(out _next)))) return KeyOf(_next);
            var phase = e.IsEndOfRun || PortfolioDriver.IsEndOfData(instance, e) ? AtEnd : e.IsAtClose ? AtClose : Within;
            return (instance.Timeframe.CloseOf(e.Time), phase);
        }

        private bool Read(out RunEvent e)
        {
            while (_read == _events.Length && _chunk < log.ChunkCount(run.Log)) (_events, _read) = (log.Read(run.Log, _chunk++), 0);
            var reader = new RunEventReader(_events.AsSpan(_read));
            if (!reader.Next(out e)) return false;
            _read = _events.Length - reader.Rest;
            if (run.Earlier > 0) e = e.NumberedAfter(run.Earlier);
            return true;
        }
    }

    // The bars of one symbol at one timeframe, in time order.
    private sealed class Bars(int symbol, int order, Timeframe timeframe, IAsyncEnumerator<BarBlock> blocks)
    {
        private BarBlock? _block;

        public int Symbol => symbol;

        public int Order => order;

        public Timeframe Timeframe => timeframe;

        public long Timestamp => timeframe.CloseOf(Time);

        public long Time => _block!.Time[Index];

        public BarBlock Block => _block!;

        public int Index { get; private set; }

        public async ValueTask<bool> NextAsync()
        {
            if (_block is not null && ++Index < _block.Count) return true;
            if (!await blocks.MoveNextAsync()) return false;
            _block = blocks.Current;
            Index = 0;
            return true;
        }

        public ValueTask DisposeAsync() => blocks.DisposeAsync();
    }

    /// <param name="isMember">Whether to merge the events of a strategy, by its index.</param>
    /// <param name="bars">The bars that members trade.</param>
    public async Task RunAsync(Func<int, bool> isMember, IReadOnlyList<MarketBars> bars, CancellationToken cancellationToken)
    {
        var streams = new PriorityQueue<Stream, (long, int, int)>();
        var order = 0;
        foreach (var instance in plan.Instances)
        {
            if (!isMember(instance.Index)) continue;
            foreach (var run in log!.RunsOf(instance.Index))
            {
                var stream = new Stream(log, run, instance) { Order = order++ };
                if (stream.Next()) streams.Enqueue(stream, (stream.Key.Timestamp, stream.Key.Phase, stream.Order));
            }
        }
        var markets = new PriorityQueue<Bars, (long, int)>();
        for (var i = 0; i < bars.Count; i++)
        {
            var m = new Bars(steps.SymbolIndex(bars[i].Symbol), i, bars[i].Timeframe, bars[i].Blocks.GetAsyncEnumerator(cancellationToken));
            if (await m.NextAsync()) markets.Enqueue(m, (m.Timestamp, m.Order));
            else await m.DisposeAsync();
        }
        while (streams.Count > 0 || markets.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var timestamp = long.MaxValue;
            if (markets.TryPeek(out _, out var m0)) timestamp = m0.Item1;
            if (streams.TryPeek(out _, out var s0)) timestamp = Math.Min(timestamp, s0.Item1);

            Drain(streams, timestamp, Within);
            var stamp = long.MinValue;
            while (markets.TryPeek(out var m, out var key) && key.Item1 == timestamp)
            {
                markets.Dequeue();
                steps.Close(m.Symbol, m.Timeframe, m.Block, m.Index);
                stamp = Math.Max(stamp, m.Time);
                if (await m.NextAsync()) markets.Enqueue(m, (m.Timestamp, m.Order));
                else await m.DisposeAsync();
            }
            var row = steps.OpenRow(stamp, timestamp);
            Drain(streams, timestamp, AtClose);
            if (row) steps.CloseRow(stamp);
            Drain(streams, timestamp, AtEnd);
        }
    }

    private void Drain(PriorityQueue<Stream, (long, int, int)> streams, long timestamp, int phase)
    {
        while (streams.TryPeek(out var stream, out var key) && key.Item1 == timestamp && key.Item2 <= phase)
        {
            streams.Dequeue();
            var more = true;
            while (more && stream.Key == (key.Item1, key.Item2))
            {
                steps.Take(stream.Strategy, stream.Current, key.Item2 == Within);
                more = stream.Next();
            }
            if (more) streams.Enqueue(stream, (stream.Key.Timestamp, stream.Key.Phase, stream.Order));
        }
    }
}
