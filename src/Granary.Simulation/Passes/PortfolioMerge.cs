using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>
/// Merges strategy events and market closes into one total order. At each time, it first marks the bars that close. Then the portfolio
/// decides the signals made at that close, by strategy. Then it books the fills in the bars that open.
/// A bar does not give the time of a fill within it: <see cref="FillBooking"/> says when it is booked.
/// </summary>
/// <param name="steps">Receives all steps in this order.</param>
internal sealed class PortfolioMerge(BatchPlan plan, IEventLog? log, IPortfolioSteps steps)
{
    // Events of one run of a strategy, read chunk by chunk, with the time at which each is known.
    private sealed class Stream(IEventLog log, FollowedRun run, StrategyInstance instance, FillBooking booking)
    {
        private byte[] _events = [];
        private int _read, _chunk;
        private RunEvent _current, _next;
        // Whether the event after the current one was read.
        private bool _hasNext;
        private (long Timestamp, int Phase) _last = (long.MinValue, 0);

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

        private (long, int) KeyOf(in RunEvent e)
        {
            if (e.IsAtClose) return (instance.Timeframe.CloseOf(e.Time), 1);
            if (e.Kind == RunEventKinds.Signal)
            {
                // A signal that was created with its fill is known at the same time as the fill.
                _hasNext = _hasNext || Read(out _next);
                return _hasNext ? KeyOf(_next) : (instance.Timeframe.CloseOf(e.Time), 1);
            }
            // Effects of the end of the bars come after everything else.
            if (e.IsEndOfRun || PortfolioDriver.IsEndOfData(instance, e)) return (instance.Timeframe.CloseOf(e.Time), 2);
            var waits = booking == FillBooking.BarClose || booking == FillBooking.AsKnown && IsWithin(e);
            return waits ? (instance.Timeframe.CloseOf(e.Time), 0) : (e.Time, 2);
        }

        private static bool IsWithin(in RunEvent e) => e.Kind switch
        {
            RunEventKinds.Priced => !e.Priced.IsAtOpen,
            RunEventKinds.Fill => !e.Fill.IsAtOpen,
            RunEventKinds.Trade => !e.Trade.EndedAtOpen,
            RunEventKinds.Financing => !e.Financing.IsAtOpen,
            _ => false,
        };

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

    // The closes of one symbol, in time order.
    private sealed class Marks(int symbol, Timeframe timeframe, IAsyncEnumerator<BarBlock> blocks)
    {
        private BarBlock? _block;
        private int _at;

        public int Symbol => symbol;

        public Timeframe Timeframe => timeframe;

        public long Timestamp => timeframe.CloseOf(_block!.Time[_at]);

        public long Time => _block!.Time[_at];

        public Bar Bar => _block![_at];

        public async ValueTask<bool> NextAsync()
        {
            if (_block is not null && ++_at < _block.Count) return true;
            if (!await blocks.MoveNextAsync()) return false;
            _block = blocks.Current;
            _at = 0;
            return true;
        }

        public ValueTask DisposeAsync() => blocks.DisposeAsync();
    }

    /// <param name="isMember">Whether to merge the events of a strategy, by its index.</param>
    /// <param name="bars">Bars of each symbol that a member trades, at the shortest timeframe.</param>
    public async Task RunAsync(Func<int, bool> isMember,
        IReadOnlyDictionary<string, (Timeframe Timeframe, IAsyncEnumerable<BarBlock> Blocks)> bars, CancellationToken cancellationToken)
    {
        var streams = new PriorityQueue<Stream, (long, int, int)>();
        var order = 0;
        var shortest = plan.Feeds.Min(f => f.Timeframe.Ticks);
        foreach (var instance in plan.Instances)
        {
            if (!isMember(instance.Index)) continue;
            // Nothing lies within the shortest bars.
            var booking = plan.Spec.Portfolio.Fills is FillBooking.AsKnown && instance.Timeframe.Ticks == shortest ? FillBooking.BarOpen
                : plan.Spec.Portfolio.Fills;
            foreach (var run in log!.RunsOf(instance.Index))
            {
                var stream = new Stream(log, run, instance, booking) { Order = order++ };
                if (stream.Next()) streams.Enqueue(stream, (stream.Key.Timestamp, stream.Key.Phase, stream.Order));
            }
        }
        var marks = new PriorityQueue<Marks, (long, int)>();
        foreach (var (symbol, feed) in bars)
        {
            var m = new Marks(steps.SymbolIndex(symbol), feed.Timeframe, feed.Blocks.GetAsyncEnumerator(cancellationToken));
            if (await m.NextAsync()) marks.Enqueue(m, (m.Timestamp, m.Symbol));
            else await m.DisposeAsync();
        }
        while (streams.Count > 0 || marks.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var timestamp = long.MaxValue;
            if (marks.TryPeek(out _, out var m0)) timestamp = m0.Item1;
            if (streams.TryPeek(out _, out var s0)) timestamp = Math.Min(timestamp, s0.Item1);

            Drain(streams, timestamp, 0);
            var stamp = long.MinValue;
            while (marks.TryPeek(out var m, out var key) && key.Item1 == timestamp)
            {
                marks.Dequeue();
                steps.Mark(m.Symbol, m.Bar);
                stamp = Math.Max(stamp, m.Time);
                if (await m.NextAsync()) marks.Enqueue(m, (m.Timestamp, m.Symbol));
                else await m.DisposeAsync();
            }
            var row = steps.OpenRow(stamp, timestamp);
            Drain(streams, timestamp, 1);
            if (row) steps.CloseRow(stamp);
            Drain(streams, timestamp, 2);
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
                steps.Take(stream.Strategy, stream.Current);
                more = stream.Next();
            }
            if (more) streams.Enqueue(stream, (stream.Key.Timestamp, stream.Key.Phase, stream.Order));
        }
    }
}
