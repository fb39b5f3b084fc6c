using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Simulation.Passes;

/// <summary>Reads the signals of a run from its events, each with its outcome.</summary>
internal static class SignalOutcomes
{
    /// <summary>Returns the signals of a log, in order.</summary>
    /// <param name="answer">Returns the portfolio's decision on a signal by its number.</param>
    public static IEnumerable<SignalRow> Of(IEventLog events, int log, Func<int, Decision> answer)
    {
        // A signal is returned when its outcome is known and all earlier signals have been returned.
        var waiting = new Queue<Pending>();
        var closings = 0;
        foreach (var (e, factors) in Events(events, log))
        {
            switch (e.Kind)
            {
                case RunEventKinds.Signal:
                    waiting.Enqueue(new Pending(e, answer(e.Number), factors));
                    break;
                case RunEventKinds.SignalEnded:
                    foreach (var p in waiting)
                        if (p.Signal.Number == e.Number)
                            p.End = e.SignalEnded.End;
                    break;
                case RunEventKinds.Trade:
                    closings++;
                    foreach (var p in waiting)
                        if (p.Signal.Number == e.Number)
                            (p.Trade, p.Closing) = (e.Trade, closings);
                    break;
            }
            while (waiting.TryPeek(out var first) && first.IsSettled) yield return waiting.Dequeue().Row;
        }
        while (waiting.TryDequeue(out var rest)) yield return rest.Row;
    }

    private static IEnumerable<(RunEvent Event, double[] Factors)> Events(IEventLog events, int log)
    {
        for (var chunk = 0; chunk < events.ChunkCount(log); chunk++)
        {
            var list = new List<(RunEvent, double[])>();
            var reader = new RunEventReader(events.Read(log, chunk));
            while (reader.Next(out var e, out var factors)) list.Add((e, factors));
            foreach (var item in list) yield return item;
        }
    }

    private sealed class Pending(RunEvent made, Decision decision, double[] factors)
    {
        public Signal Signal { get; } = made.Signal;

        public Trade? Trade { get; set; }

        public SignalEnd? End { get; set; }

        public int Closing { get; set; }

        public bool IsSettled => Trade is not null || End is not null;

        public SignalRow Row => new(Signal, decision, Trade, End, factors) { Closing = Closing, SymbolIndex = made.SymbolIndex };
    }
}
