using Granary.Contracts.Why;
using Granary.Engine;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Backtesting.Why;

/// <summary>Writes the answer about a span: how often each condition failed, and which came nearest.</summary>
internal sealed class SpanAnswer(WhyReplay replay, WhySource source, int symbol)
{
    private readonly StrategyTape _tape = replay.Tape;

    /// <param name="from">First time, UTC ticks; null = from the first bar.</param>
    /// <param name="to">Exclusive end, UTC ticks; null = to the last bar.</param>
    /// <exception cref="InputException">The span has no bars of the symbol.</exception>
    public WhyAnswer Write(long? from, long? to, string command)
    {
        var tape = _tape.Symbols[symbol];
        var (first, last) = (from is { } f ? tape.IndexAt(f - 1) + 1 : 0, to is { } t ? tape.IndexAt(t - 1) : tape.Count - 1);
        if (first > last)
            throw new InputException($"from and to: {tape.Symbol} has no bar between them; its bars are from "
                + $"{RunText.Time(tape[0].Time)} to {RunText.Time(tape[tape.Count - 1].Time)}");
        var (begin, end) = (tape[first].Time, tape[last].Time);
        var instance = _tape.Instance;
        var signals = _tape.Events(RunEventKinds.Signal).Where(e => e.Event.Time >= begin && e.Event.Time <= end
            && e.Event.SymbolIndex == symbol).Select(e => e.Event).ToList();
        return new WhyAnswer(source.Name, source.IsLive, source.Strategy ?? instance.Id, tape.Symbol,
            instance.Timeframe.ToString(), command)
        {
            Span = new WhySpan(Utc(begin), Utc(end), last - first + 1, Held(first, last),
                [.. Enumerable.Range(0, _tape.Conditions.Count).Select(c => Failures(c, first, last)).OrderByDescending(c => c.Failed)],
                signals.Count, Refused(signals), NearestMiss(first, last)),
            Notes = [.. Notes(begin, instance.Timeframe.CloseOf(end))],
        };
    }

    private IEnumerable<string> Notes(long begin, long close)
    {
        foreach (var (from, to) in source.PausesIn(begin, close)) yield return WhyText.Pause(from, to);
        foreach (var command in source.CommandsIn(begin, close)) yield return command;
        if (_tape.Conditions.Count == 0)
            yield return "The strategy declares no conditions, so that nothing is counted; ask for a bar to see its factors and position.";
        foreach (var note in source.Notes) yield return note;
    }

    // The bars at whose open there was a position: the strategy usually enters only without one.
    private int Held(int first, int last)
    {
        var (tape, count) = (_tape.Symbols[symbol], 0);
        for (var i = first; i <= last; i++)
            if (_tape.AccountAt(_tape.RowAt(tape[i].Time) - 1) is var (state, _) && state.Symbols[symbol].Trades.Count > 0)
                count++;
        return count;
    }

    private WhyFailures Failures(int c, int first, int last)
    {
        var (tape, condition) = (_tape.Symbols[symbol], _tape.Conditions[c]);
        var (failed, held, undefined) = (0, 0, 0);
        for (var i = first; i <= last; i++)
        {
            var (left, right) = tape.SidesAt(condition, i);
            if (double.IsNaN(left) || double.IsNaN(right)) undefined++;
            else if (tape.Held(c, i)) held++;
            else failed++;
        }
        return new WhyFailures(new ConditionWords(condition, tape.FactorNames).Text, WhyText.Of(condition.Acts), failed, held, undefined);
    }

    // An exit's condition is no reason for a missing trade. A crossing can only be missed from the side from which it leads.
    private WhyMiss? NearestMiss(int first, int last)
    {
        var tape = _tape.Symbols[symbol];
        WhyMiss? nearest = null;
        for (var c = 0; c < _tape.Conditions.Count; c++)
        {
            var condition = _tape.Conditions[c];
            if ((condition.Acts & (Acts.Buy | Acts.Sell | Acts.Any)) == 0) continue;
            var words = new ConditionWords(condition, tape.FactorNames);
            for (var i = first; i <= last; i++)
            {
                var (left, right) = tape.SidesAt(condition, i);
                if (tape.Held(c, i) || condition.Holds(left, right) || ConditionWords.Distance(left, right) is not (>= 0 and var distance))
                    continue;
                if (nearest is null || distance < nearest.Distance)
                    nearest = new WhyMiss(Utc(tape[i].Time), words.Text, left, right, distance);
            }
        }
        return nearest;
    }

    private SortedDictionary<string, int> Refused(List<RunEvent> signals)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var e in signals)
        {
            var recorded = source.SignalOf(e.Number + source.SignalsBefore);
            var word = recorded?.Skipped is { } why ? $"{WhyText.Skipped}: {why}"
                : recorded?.Decision ?? replay.DecidedOn(e.Number)?.Decision.Word;
            if (word is null or "accepted") continue;
            counts[word] = counts.GetValueOrDefault(word) + 1;
        }
        return counts;
    }

    private static DateTime Utc(long ticks) => new(ticks, DateTimeKind.Utc);
}
