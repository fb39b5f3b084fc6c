using Granary.Engine.Analysis;
using Granary.Engine.Factors;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Engine.Backtesting;

/// <summary>A running strategy on one instrument or several, as hosts see it.</summary>
internal interface IStrategyRun
{
    /// <summary>Stable over runs, as <c>Class(a=1,b=2)@SYMBOL:TF</c>.</summary>
    string Id { get; }

    /// <summary>Bars seen so far; with several instruments, time slices.</summary>
    long Bars { get; }

    /// <summary>Whether all its factors have values; before that it makes no signals.</summary>
    bool IsWarm { get; }

    /// <summary>The slowest of its factors, and the number of bars after which it has its first value; 0 without factors.</summary>
    (string Factor, int Bars) WarmUp { get; }

    /// <summary>Trades closed so far.</summary>
    int TradeCount { get; }

    /// <summary>Progress of the run. Can be read from any thread, also while the run processes a block.</summary>
    RunSnapshot Snapshot { get; }

    /// <summary>
    /// Open time, UTC ticks, of the bar or time slice that the run processes; while it processes none, of the last one.
    /// <see cref="long.MinValue"/> before the first.
    /// </summary>
    long Now { get; }

    /// <summary>The conditions that the strategy declares; empty if its code decides alone.</summary>
    IReadOnlyList<DeclaredCondition> Conditions { get; }

    /// <summary>Cash and open positions at the last closes, account currency. Must not be read while a block is processed.</summary>
    double Equity { get; }

    /// <summary>Copies orders, trades and cash after the last processed bar. Must not be called while a block is processed.</summary>
    AccountState ReadAccount();

    /// <summary>Returns the reader of its factors over a symbol's bars, by the symbol's position in its feed.</summary>
    IFactorReader Factors(int symbol);

    /// <summary>Processes the next bars of its feed. A run of one symbol skips a stretch in which its symbol has no bars.</summary>
    /// <exception cref="InvalidOperationException">The bars do not follow those before.</exception>
    void Process(PreparedBars bars);

    /// <summary>
    /// Ends the bars of its symbol while other symbols continue; call it before <see cref="Finish"/>. A run of several symbols ends with
    /// the last of them, so it changes nothing there.
    /// </summary>
    void EndData();

    /// <summary>
    /// Whether its strategy has code for the end of the run: then only <see cref="Finish"/> gives its digest.
    /// </summary>
    bool ActsAtEnd { get; }

    /// <summary>
    /// Returns the digest that <see cref="Finish"/> would give now, without the strategy's code for the end. The run goes on.
    /// </summary>
    /// <param name="listener">Receives the trades that are open; null = they are dropped.</param>
    UInt128 DigestIfEnded(IRunListener? listener);

    /// <summary>Ends the run after the last block and returns its result. Open trades stay open and are marked at the last close.</summary>
    StrategyResult Finish();
}
