using System.Globalization;
using Granary.Contracts.Why;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Learning.Gating;
using Granary.Reporting.Runs;
using Granary.Simulation.Json;

namespace Granary.Backtesting.Why;

/// <summary>Writes the answer about one bar of a replay.</summary>
internal sealed class BarAnswer(WhyReplay replay, WhySource source, int symbol, long row)
{
    /// <summary>The number of values of each factor.</summary>
    private const int MostRecent = 5;

    private readonly StrategyTape _tape = replay.Tape;

    // 0 belongs to no signal.
    private int NumberOf(int own) => own == 0 ? 0 : own + source.SignalsBefore;

    private long Time => _tape.TimeOf(row);

    private long Close => _tape.Instance.Timeframe.CloseOf(Time);

    public WhyAnswer Write(string command)
    {
        var signals = _tape.EventsOf(row).Where(e => e.Kind == RunEventKinds.Signal).ToList();
        var (portfolio, rules) = Portfolio(signals);
        var instance = _tape.Instance;
        return new WhyAnswer(source.Name, source.IsLive, source.Strategy ?? instance.Id, instance.Symbols[symbol],
            instance.Timeframe.ToString(), command)
        {
            Bar = Bar(symbol),
            OtherBars = [.. Enumerable.Range(0, _tape.Symbols.Count).Where(s => s != symbol).Select(Bar).OfType<WhyBar>()],
            Factors = [.. Enumerable.Range(0, _tape.Symbols.Count).SelectMany(Factors)],
            Conditions = [.. Enumerable.Range(0, _tape.Symbols.Count).SelectMany(Conditions)],
            Before = Account(row - 1),
            After = Account(row),
            Events = [.. _tape.EventsOf(row).Select(e => new WhyEvent(WhyText.KindOf(e), instance.Symbols[e.SymbolIndex],
                NumberOf(e.Number), WhyText.SentenceOf(e, NumberOf(e.Number))))],
            Signals = [.. signals.Select(Signal)],
            Portfolio = portfolio,
            Rules = rules,
            Venue = source.FactsIn(Time, Close),
            Notes = [.. Notes()],
        };
    }

    private IEnumerable<string> Notes()
    {
        if (_tape.Conditions.Count == 0)
            yield return "The strategy declares no conditions: its code decides by the factors, the bars and its position.";
        foreach (var note in Idle()) yield return note;
        if (replay.Missing is { } missing) yield return missing;
        foreach (var note in source.Notes) yield return note;
    }

    // Why the strategy could not enter, whatever its conditions say.
    private IEnumerable<string> Idle()
    {
        var trading = _tape.Instance.Trading;
        var cold = Enumerable.Range(0, _tape.Symbols.Count).SelectMany(Factors).Where(f => f.Value is null).Select(f => f.Name)
            .Distinct(StringComparer.Ordinal).ToList();
        if (cold.Count > 0)
            yield return $"The strategy acts only once all its factors have values; at this bar {string.Join(", ", cold)} "
                + $"{(cold.Count == 1 ? "has" : "have")} none.";
        if (Time < trading.TradeFrom)
            yield return $"The bars before {RunText.Time(trading.TradeFrom)} only warm up: the strategy does not trade them.";
        if (trading.Sides != Sides.Both)
            yield return $"The batch permits only {RunText.Of(trading.Sides)} entries; a signal of the other side "
                + (trading.ExitOnSignal ? "closes them." : "does not close them either (exitOnSignal: false).");
        foreach (var (from, to) in source.PausesIn(Time, Close)) yield return WhyText.Pause(from, to);
        foreach (var command in source.CommandsIn(Time, Close)) yield return command;
        if (_tape.AccountAt(row - 1) is not var (state, _)) yield break;
        foreach (var side in new[] { Side.Buy, Side.Sell })
            if (state.Symbols[symbol].Trades.Count(t => t.Side == side) >= trading.MaxOpenTrades)
                yield return string.Create(CultureInfo.InvariantCulture, $"When the bar opened, {trading.MaxOpenTrades} {RunText.Of(side)} "
                    + $"{(trading.MaxOpenTrades == 1 ? "trade was" : "trades were")} open, as many as the batch permits on that side.");
    }

    private WhyBar? Bar(int s)
    {
        var tape = _tape.Symbols[s];
        if (tape.IndexAt(Time) is not (>= 0 and var index)) return null;
        var bar = tape[index];
        return new WhyBar
        {
            Symbol = tape.Symbol,
            Number = tape.First + index,
            Time = Utc(bar.Time),
            KnownAt = Utc(_tape.Instance.Timeframe.CloseOf(bar.Time)),
            Open = bar.Open,
            High = bar.High,
            Low = bar.Low,
            Close = bar.Close,
            Volume = bar.Volume,
            Last = _tape.IsWhole ? tape.First + tape.Count - 1 : null,
        };
    }

    private IEnumerable<WhyFactor> Factors(int s)
    {
        var tape = _tape.Symbols[s];
        if (tape.IndexAt(Time) is not (>= 0 and var index)) yield break;
        for (var f = 0; f < tape.FactorNames.Count; f++)
        {
            var from = Math.Max(0, index - MostRecent + 1);
            List<WhyValue> recent = [.. Enumerable.Range(from, index - from + 1)
                .Select(i => new WhyValue(Utc(tape[i].Time), JsonNumber.Finite(tape.Factor(f, i))))];
            yield return new WhyFactor(tape.Symbol, tape.FactorNames[f], recent[^1].Value, recent);
        }
    }

    private IEnumerable<WhyCondition> Conditions(int s)
    {
        var tape = _tape.Symbols[s];
        if (tape.IndexAt(Time) is not (>= 0 and var index)) yield break;
        for (var c = 0; c < _tape.Conditions.Count; c++)
        {
            var words = new ConditionWords(_tape.Conditions[c], tape.FactorNames);
            var (left, right) = tape.SidesAt(_tape.Conditions[c], index);
            yield return new WhyCondition(tape.Symbol, words.Text, words.Left, JsonNumber.Finite(left), words.Right,
                JsonNumber.Finite(right), tape.Held(c, index), WhyText.Of(_tape.Conditions[c].Acts),
                JsonNumber.Finite(ConditionWords.Distance(left, right)));
        }
    }

    private WhyAccount? Account(long at)
    {
        if (_tape.AccountAt(at) is not var (state, equity)) return null;
        List<(string Symbol, SymbolState State)> symbols = [.. state.Symbols.Select((s, i) => (_tape.Instance.Symbols[i], s))];
        return new WhyAccount(state.Cash, equity,
            [.. symbols.Select(s => new WhyPosition(s.Symbol, s.State.Quantity, s.State.BarsInTrade))],
            [.. symbols.SelectMany(s => s.State.Trades.Select(t => new WhyOpenTrade(s.Symbol, NumberOf(t.Number), RunText.Of(t.Side),
                t.Quantity, t.EntryPrice, Utc(t.EntryTime), Level(t.Stop), Level(t.Target), t.IsExiting)))],
            [.. symbols.SelectMany(s => s.State.Orders.Select(o => new WhyOrder(s.Symbol, o.Id.Value, NumberOf(o.TradeNumber),
                WhyText.Of(o.Role), o.Type.Word(), RunText.Of(o.Side), o.Quantity, o.FilledQuantity, Level(o.LimitPrice),
                Level(o.StopPrice))))]);
    }

    private WhySignal Signal(RunEvent e)
    {
        var signal = e.Signal;
        var decided = replay.DecidedOn(e.Number);
        var recorded = source.SignalOf(NumberOf(e.Number));
        var word = recorded?.Decision ?? decided?.Decision.Word
            ?? (replay.Portfolio?.At(Close) is { Account.Weight: 0 } ? Decision.WeightZero.Word : null);
        var skipped = recorded?.Skipped;
        return new WhySignal
        {
            Number = NumberOf(e.Number),
            Symbol = _tape.Instance.Symbols[e.SymbolIndex],
            Side = RunText.Of(signal.Side),
            Type = signal.Type.Word(),
            Price = signal.Price,
            Quantity = signal.Quantity,
            Stop = Level(signal.Stop),
            Target = Level(signal.Target),
            Decision = skipped is null ? word : WhyText.Skipped,
            Reason = skipped is not null ? WhyText.ReasonOf(skipped) : word is null ? null : Decision.Of(word).Sentence,
            Granted = skipped is null ? recorded?.Granted ?? decided?.Granted : 0,
            Outcome = recorded?.Outcome,
            Model = _tape.Instance.Model is EntryModel model && !signal.AtFill ? Model(model, signal, e.SymbolIndex) : null,
        };
    }

    private WhyModel Model(EntryModel model, Signal signal, int s)
    {
        var note = _tape.Predictions.FirstOrDefault(p => p.Time == signal.Time && p.Side == signal.Side
            && p.Symbol == _tape.Instance.Symbols[s]);
        List<string> names = [.. model.Features.Names];
        return new WhyModel(model.Name, signal.ModelVersion, JsonNumber.Finite(signal.Prediction), model.Rule.Name,
            RuleThresholds.Of(model.Rule), signal.SizeFactor, JsonNumber.Finite(signal.Dissimilarity),
            note is null ? [] : [.. note.Values.Select((v, i) => new WhyFeature(NameOf(i), JsonNumber.Finite(v)))]);

        // A model that looks back has the features of several bars, the oldest first; the last input may be the side of the entry.
        string NameOf(int i)
        {
            if (note!.Values.Length % names.Count == 1 && i == note.Values.Length - 1) return "side";
            var (back, at) = (note.Values.Length / names.Count - 1 - i / names.Count, i % names.Count);
            return back == 0 ? names[at] : FormattableString.Invariant($"{names[at]} {back} bars before");
        }
    }

    private (WhyPortfolio? Account, IReadOnlyList<WhyRule> Rules) Portfolio(List<RunEvent> signals)
    {
        if (replay.Portfolio is not { } portfolio || portfolio.At(Close) is not var (after, uses)) return (null, []);
        var decided = signals.Count > 0 ? replay.DecidedOn(signals[0].Number) : null;
        return (Point(after), decided is null
            ? [.. uses.Select(u => Rule(u.Rule, u.Refusal, u.Use, "open"))] : [.. Rules(decided)]);
    }

    private static IEnumerable<WhyRule> Rules(DecidedEntry decided)
    {
        var refused = decided.Rules.ToList().FindIndex(r => r.Refusal == decided.Decision);
        for (var i = 0; i < decided.Rules.Count; i++)
        {
            var rule = decided.Rules[i];
            var word = decided.Decision.IsAccepted || i < refused ? "passed" : i == refused ? "refused" : "not-asked";
            var (value, bound) = double.IsFinite(rule.Bound.Most) ? (rule.Bound.Value, rule.Bound.Most) : (double.NaN, double.NaN);
            if (rule.Uses.Count == 0)
                yield return new WhyRule(rule.Name.Length > 0 ? rule.Name : rule.Refusal.Word, rule.Refusal.Title, null, null, null, null,
                    word)
                { BoundedValue = JsonNumber.Finite(value), Bound = JsonNumber.Finite(bound) };
            foreach (var use in rule.Uses)
                yield return Rule(rule.Name, rule.Refusal, use, word) with
                {
                    BoundedValue = JsonNumber.Finite(value),
                    Bound = JsonNumber.Finite(bound),
                };
        }
    }

    private static WhyRule Rule(string name, Decision refusal, RuleUse use, string state) =>
        new(name.Length > 0 ? name : refusal.Word, use.Title, use.About, JsonNumber.Finite(use.Used), JsonNumber.Finite(use.Allowed),
            WhyText.Of(use.Unit), state);

    private static WhyPortfolio Point(PortfolioPoint p) => new()
    {
        Weight = p.Weight,
        Cash = p.Cash,
        Equity = p.Equity,
        Exposure = p.Exposure,
        FreeCash = p.FreeCash,
        ReservedCash = p.ReservedCash,
        ReservedValue = p.ReservedValue,
        ReservedTrades = p.ReservedTrades,
        OpenTrades = p.OpenTrades,
        Drawdown = p.Drawdown,
    };

    private static double? Level(double price) => price > 0 ? price : null;

    private static DateTime Utc(long ticks) => new(ticks, DateTimeKind.Utc);
}
