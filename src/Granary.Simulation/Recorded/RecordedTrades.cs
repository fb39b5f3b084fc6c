using Granary.Engine.Strategies;

namespace Granary.Simulation.Recorded;

/// <summary>
/// Trades that another program made and wrote down, as a member of a portfolio. Nothing is decided here: the host replays the trades of
/// <see cref="RecordedFile"/> in their order, with their prices and costs.
/// </summary>
[Strategy("Trades that another program made: 'granary combine' replays them as a member of a portfolio.",
    WorksIn = "Nothing of its own; it has what the other program earned.",
    LosesIn = "What the other program lost. What that program looked at is not known.")]
public sealed class RecordedTrades : Strategy
{
    /// <summary>As batch files and results spell the class.</summary>
    public const string ClassName = nameof(RecordedTrades);

    /// <param name="name">Of the file of trades in the batch's folder <c>members</c>, without its extension.</param>
    /// <param name="trials">How many systems were tried before these trades were chosen; 0 = not known.</param>
    public RecordedTrades(string name = "", int trials = 0) => (Name, Trials) = (name, trials);

    /// <summary>Of the file of trades.</summary>
    public string Name { get; }

    /// <summary>How many systems were tried before these trades were chosen; 0 = not known.</summary>
    public int Trials { get; }

    /// <exception cref="InvalidOperationException">Always: only a run in one process replays recorded trades.</exception>
    public override void OnBar(StrategyContext bar) =>
        throw new InvalidOperationException("recorded trades are replayed by 'granary combine' and 'granary backtest' in one process");
}
