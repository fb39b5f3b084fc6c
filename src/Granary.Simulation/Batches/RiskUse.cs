using Granary.Engine.Market;
using Granary.Learning.Gating;

namespace Granary.Simulation.Batches;

/// <summary>A model that caps the portfolio's exposure at entries in a market.</summary>
/// <param name="Timeframe">Timeframe of the market's bars that the model reads.</param>
/// <param name="Strategies">Ids of the strategies whose entries it caps.</param>
internal sealed record RiskUse(string Symbol, Timeframe Timeframe, IReadOnlyList<string> Strategies, RiskModel Model);
