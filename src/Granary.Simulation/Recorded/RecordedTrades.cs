using Granary.Engine.Strategies;

namespace Granary.Simulation.Recorded;

/// <summary>
/// Trades recorded by another program, as a member of a portfolio. The strategy decides nothing: the host replays the trades of
/// <see cref="RecordedFile"/> in order, with their prices and costs.
/// </summary>
[Strategy("Trades that another program made: 'granary combine' replays them as a member of a portfolio.",
    WorksIn = "Nothing of its own; it has what the other program earned.",
    LosesIn = "What the other program lost. What that program looked at is not known.")]
internal sealed class RecordedTrades : Strategy
{
    /// <summary>Class name in batch files and results.</summary>
    public const string ClassName = nameof(RecordedTrades);

    /// <param name="name">Name of the trade file in the batch's folder <c>members</c>, without its extension.</param>
    /// <param name="trials">Number of systems tried before these trades were chosen; 0 = unknown.</param>
    public RecordedTrades(string name = "", int trials = 0) => (Name, Trials) = (name, trials);

    /// <summary>Name of the trade file.</summary>
    public string Name { get; }

    /// <summary>Number of systems tried before these trades were chosen; 0 = unknown.</summary>
    public int Trials { get; }

    /// <exception cref="InvalidOperationException">Always: recorded trades are replayed by the host, in one process only.</exception>
    public override void OnBar(StrategyContext bar) =>
        throw new InvalidOperationException("recorded trades are replayed by 'granary combine' and 'granary backtest' in one process");
}
