using System.Globalization;
using Granary.Contracts.Why;
using Granary.Engine;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Backtesting.Why;

/// <summary>A checked query, and where its trades and signals are.</summary>
/// <param name="signalTime">Open time of the bar of a signal, UTC ticks; null if it is not recorded.</param>
/// <param name="trade">Returns a recorded trade, or throws.</param>
internal sealed class WhySearch(WhyQuery query, Func<int, long?> signalTime, Func<int, WhyTrade> trade)
{
    // Keeps the bars from the first one on, if no bar is named.
    private const long FromTheFirst = 0;

    /// <summary>Finds the bar or span in a replay and answers.</summary>
    /// <param name="replayAround">Returns a replay that keeps the bars around a time, UTC ticks; 0 = from the first bar on.</param>
    /// <exception cref="InputException">The query names something that the strategy does not have.</exception>
    public async Task<WhyAnswer> AnswerAsync(WhySource source, Func<long, Task<WhyReplay>> replayAround)
    {
        var replay = await replayAround(FromTheFirst).ConfigureAwait(false);
        var asked = query.Trade is { } number ? trade(number) : null;
        if (Answer(replay, source, asked) is { } found) return found;
        // The run has more bars than a tape keeps: the bars around this one are recorded.
        var around = AroundOf(replay.Tape, asked);
        replay = await replayAround(around).ConfigureAwait(false);
        return Answer(replay, source, asked)
            ?? throw new InputException("the span has more bars than are kept in memory; ask for a shorter one");
    }

    private long AroundOf(StrategyTape tape, WhyTrade? asked)
    {
        var time = asked?.EntryTime.Ticks ?? query.At?.Ticks ?? (query.Signal is { } signal ? signalTime(signal) : null)
            ?? query.From?.Ticks ?? query.To?.Ticks
            ?? throw new InputException($"signal {query.Signal}: it is not among the bars that are kept, and the run lists no signals; "
                + "name its time with at");
        // Replays of near bars are the same, so that steps need no new one.
        var kept = (tape.TimeOf(tape.EndRow - 1) - tape.TimeOf(tape.FirstRow)) / 4 + 1;
        return (time + query.Step * tape.Instance.Timeframe.Ticks) / kept * kept;
    }

    // Null if the replay does not keep the bars.
    private WhyAnswer? Answer(WhyReplay replay, WhySource source, WhyTrade? asked)
    {
        var tape = replay.Tape;
        if (WhyPlace.IsSpan(query))
        {
            var (from, to) = (query.From?.Ticks, query.To?.Ticks);
            var isKept = tape.IsWhole && tape.FirstRow == 0
                || from >= tape.TimeOf(tape.FirstRow) && (tape.IsWhole || to <= tape.TimeOf(tape.EndRow - 1));
            return isKept
                ? new SpanAnswer(replay, source, WhyPlace.SymbolOf(tape, query.Symbol)).Write(from, to, CommandOf(query, source, null))
                : null;
        }
        var signal = query.Signal is { } number ? WhyPlace.SignalOf(tape, number) : null;
        if (query.Signal is not null && signal is null) return null;
        var symbol = WhyPlace.SymbolOf(tape, query.Symbol ?? asked?.Symbol
            ?? (signal is { } s ? tape.Instance.Symbols[s.SymbolIndex] : null));
        if (asked is not null)
        {
            var opened = WhyPlace.NumberOf(tape, asked);
            if (opened == 0) return null;
            signal = WhyPlace.SignalOf(tape, opened);
            asked = asked with { Signal = opened };
        }
        if (WhyPlace.RowAt(tape, symbol, signal?.Time ?? query.At!.Value.Ticks, query.Step) is not { } row) return null;
        var answer = new BarAnswer(replay, source, symbol, row).Write(CommandOf(query, source, tape.TimeOf(row)));
        return answer with { Trade = asked };
    }

    /// <summary>The command that prints an answer.</summary>
    /// <param name="bar">Open time of the bar, UTC ticks; null for a span.</param>
    internal static string CommandOf(WhyQuery query, WhySource source, long? bar)
    {
        var symbol = query.Symbol is null ? "" : $" --symbol {query.Symbol}";
        var place = bar is { } time ? PlaceOf(query, time)
            : (query.From is { } from ? $" --from {Text(from)}" : "") + (query.To is { } to ? $" --to {Text(to)}" : "");
        return $"{source.Command} --strategy \"{query.Strategy}\"{symbol}{place}";

        static string Text(DateTime time) => RunText.Time(time.Ticks);
    }

    private static string PlaceOf(WhyQuery query, long bar)
    {
        if (query.Step != 0 || query.At is not null) return $" --at {RunText.Time(bar)}";
        return query.Trade is { } trade ? string.Create(CultureInfo.InvariantCulture, $" --trade {trade}")
            : string.Create(CultureInfo.InvariantCulture, $" --signal {query.Signal}");
    }
}
