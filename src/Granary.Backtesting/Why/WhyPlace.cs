using System.Globalization;
using Granary.Contracts.Why;
using Granary.Engine;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Backtesting.Why;

/// <summary>Finds the bar that a query names on a tape.</summary>
internal static class WhyPlace
{
    /// <summary>Checks that a query names one bar or one span.</summary>
    /// <exception cref="InputException">It names none or several, or an empty span.</exception>
    public static void Check(WhyQuery query)
    {
        if (string.IsNullOrEmpty(query.Strategy)) throw new InputException("strategy: name the id of a strategy");
        var named = new[] { query.At is not null, query.Trade is not null, query.Signal is not null, IsSpan(query) }.Count(n => n);
        if (named != 1)
            throw new InputException((named == 0 ? "nothing says which bar: give " : "several options name the bar: give only one of ")
                + "at, trade, signal, or from and to");
        if (query.From >= query.To) throw new InputException("from and to: the span is empty, since from is not before to");
        if (IsSpan(query) && query.Step != 0) throw new InputException("step: a span has no next bar; leave out step, or name a bar");
    }

    internal static bool IsSpan(WhyQuery query) => query.From is not null || query.To is not null;

    /// <summary>Returns the index of the symbol that a query names, or of the first one.</summary>
    /// <exception cref="InputException">The strategy does not have the symbol.</exception>
    internal static int SymbolOf(StrategyTape tape, string? symbol)
    {
        var symbols = tape.Instance.Symbols;
        if (symbol is null) return 0;
        for (var i = 0; i < symbols.Count; i++)
            if (symbols[i] == symbol)
                return i;
        throw new InputException($"symbol {symbol}: {tape.Instance.Id} trades {string.Join(", ", symbols)}");
    }

    /// <summary>Returns the bar of a symbol at a time, with a number of bars added, as a row of the tape.</summary>
    /// <param name="time">UTC ticks.</param>
    /// <returns>null if the tape does not keep the bar.</returns>
    /// <exception cref="InputException">The strategy has no such bar.</exception>
    internal static long? RowAt(StrategyTape tape, int symbol, long time, int step)
    {
        var bars = tape.Symbols.Count > symbol ? tape.Symbols[symbol] : null;
        if (bars is null || bars.Count == 0) throw new InputException($"{tape.Instance.Id} has no bars");
        var (first, last, frame) = (bars[0].Time, bars[bars.Count - 1].Time, tape.Instance.Timeframe);
        var index = bars.IndexAt(time);
        if (index < 0 && bars.First > 0 || !tape.IsWhole && time > last) return null;
        if (index < 0 || tape.IsWhole && time >= frame.CloseOf(last))
            throw new InputException($"at {RunText.Time(time)}: the bars of {bars.Symbol} are from {RunText.Time(first)} to "
                + $"{RunText.Time(last)}; name a time between them");
        var wanted = index + (long)step;
        if (wanted < 0 && bars.First > 0 || wanted >= bars.Count && !tape.IsWhole) return null;
        if (wanted < 0 || wanted >= bars.Count)
            throw new InputException(string.Create(CultureInfo.InvariantCulture,
                $"step {step}: the bar of {RunText.Time(bars[index].Time)} has {index + bars.First} bars before it and "
                    + $"{bars.Count - 1 - index} after it"));
        return tape.RowAt(bars[(int)wanted].Time);
    }

    /// <summary>Returns the signal with a number; null if the tape does not keep it.</summary>
    /// <exception cref="InputException">The strategy has no such signal.</exception>
    internal static RunEvent? SignalOf(StrategyTape tape, int number)
    {
        var count = 0;
        foreach (var (_, e) in tape.Events(RunEventKinds.Signal))
        {
            if (e.Number == number) return e;
            count = Math.Max(count, e.Number);
        }
        return tape is { IsWhole: true, FirstRow: 0 } || number < 1
            ? throw WhyText.NoSuch("signal", number, tape.Instance.Id, count) : null;
    }

    /// <summary>Returns the number of the trade whose first fill was at a time and price; 0 if the tape does not keep it.</summary>
    internal static int NumberOf(StrategyTape tape, WhyTrade trade)
    {
        foreach (var (_, e) in tape.Events(RunEventKinds.Fill))
            if (e.Fill.IsFirst && e.Time == trade.EntryTime.Ticks && tape.Instance.Symbols[e.SymbolIndex] == trade.Symbol
                && tape.Events(RunEventKinds.Signal).Any(s => s.Event.Number == e.Number && RunText.Of(s.Event.Signal.Side) == trade.Side)
                && !(tape.Trades.FirstOrDefault(t => t.Number == e.Number) is { Number: > 0 } known
                    && known.EntryPrice != trade.EntryPrice))
                return e.Number;
        return 0;
    }
}
