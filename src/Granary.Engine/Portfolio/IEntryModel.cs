using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio;

/// <summary>What a model says to an entry.</summary>
/// <param name="SizeFactor">0 = refused; 1 = as the strategy wished; between, a part of it.</param>
/// <param name="Prediction">What the model predicted; NaN where it had no opinion, and the entry passes as it is.</param>
/// <param name="StopFraction">Distance of the stop as a fraction of the price, instead of the batch's; 0 leaves it.</param>
public readonly record struct EntryAdvice(double SizeFactor, double Prediction, double StopFraction = 0)
{
    public static EntryAdvice NoOpinion => new(1, double.NaN);

    public static EntryAdvice Take(double prediction, double sizeFactor = 1) => new(sizeFactor, prediction);

    public static EntryAdvice Refuse(double prediction) => new(0, prediction);
}

/// <summary>
/// A model that judges a strategy's entries. What it says travels with the signal: the strategy plays a refused signal to its outcome all the same,
/// and the portfolio has no part in it.
/// </summary>
public interface IEntryModel
{
    /// <summary>As it stands in trades.csv.</summary>
    string Name { get; }

    /// <summary>Adds what the model reads to the feed's factors, and gives the state that one run needs. Before the feed's first block.</summary>
    IEntryJudge Attach(MarketSeries series, FactorPlan plan);
}

/// <summary>The model beside one strategy run.</summary>
public interface IEntryJudge
{
    /// <summary>The next block of the feed; every block, in order.</summary>
    void Bind(BarBlock block, FactorSheet sheet);

    /// <summary>Judges an entry made at the close of a bar of the bound block. Allocates nothing.</summary>
    EntryAdvice Judge(int index, Side side);
}
