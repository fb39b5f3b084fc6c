using Granary.Engine.Trading;

namespace Granary.Engine.Strategies;

/// <summary>
/// Base class of strategies on several symbols with one account: pairs, rankings, portfolios. A declared factor is computed for each symbol
/// over that symbol's own bars; read it as <c>symbol[factor]</c>, and a crossing as <c>symbol.Crossed(crossing)</c>.
/// </summary>
/// <remarks>The batch's size rule, stop and target apply to each entry, and the number of open trades to each symbol and side.</remarks>
public abstract class MultiSymbolStrategy : Strategy
{
    /// <summary>How many symbols it needs.</summary>
    public virtual int LeastSymbols => 1;

    /// <summary>How many symbols it can trade.</summary>
    public virtual int MostSymbols => int.MaxValue;

    /// <summary>Before the first bar of any symbol: tells how many there are.</summary>
    public virtual void OnStart(MultiSymbolContext context)
    {
    }

    /// <summary>
    /// Once in each time slice in which some symbol's bar closes, when all of its bars are processed; from the first time slice on
    /// at which a symbol is ready. Symbols without a bar, or not ready yet, say so.
    /// </summary>
    public abstract void OnBar(MultiSymbolContext bar);

    /// <summary>An order of this strategy has changed its state.</summary>
    public virtual void OnOrder(SymbolContext symbol, in Order order)
    {
    }

    /// <summary>A trade of this strategy was closed.</summary>
    public virtual void OnTrade(SymbolContext symbol, in Trade trade)
    {
    }

    /// <summary>After the last bar; orders are not taken any more.</summary>
    public virtual void OnStop(MultiSymbolContext context)
    {
    }

    public sealed override void OnStart(StrategyContext context)
    {
    }

    public sealed override void OnBar(StrategyContext bar) =>
        throw new InvalidOperationException($"{GetType().Name} trades several symbols and is not run on one");

    public sealed override void OnOrder(StrategyContext bar, in Order order) => OnOrder((SymbolContext)bar, order);

    public sealed override void OnTrade(StrategyContext bar, in Trade trade) => OnTrade((SymbolContext)bar, trade);

    public sealed override void OnStop(StrategyContext context)
    {
    }
}
