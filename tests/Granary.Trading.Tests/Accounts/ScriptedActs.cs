using Granary.Engine.Strategies;

namespace Granary.Trading.Tests.Accounts;

/// <summary>A strategy of one symbol that acts as its parameter says.</summary>
public sealed class ScriptedActs(string acts = "") : Strategy
{
    private readonly ILookup<(int Bar, string Symbol), Act> _acts = Act.Read(acts);

    public override void OnBar(StrategyContext bar)
    {
        foreach (var act in _acts[((int)bar.BarNumber, bar.Instrument.Symbol)]) act.Do(bar);
    }
}

/// <summary>The same of several symbols with one account.</summary>
public sealed class ScriptedActsOfSeveral(string acts = "") : MultiSymbolStrategy
{
    private readonly ILookup<(int Bar, string Symbol), Act> _acts = Act.Read(acts);

    public override void OnBar(MultiSymbolContext bar)
    {
        foreach (var symbol in bar.Symbols)
            if (symbol.HasBar)
                foreach (var act in _acts[((int)symbol.BarNumber, symbol.Symbol)])
                    act.Do(symbol);
    }
}
