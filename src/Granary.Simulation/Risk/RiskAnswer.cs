using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Simulation.Risk;

/// <summary>What a model of the risk said of an entry.</summary>
/// <param name="Strategy">Its index in the plan.</param>
/// <param name="Number">Of the signal.</param>
/// <param name="Known">When the signal was known, UTC ticks.</param>
/// <param name="Prediction">The expected worst loss, a fraction; NaN where it had no opinion.</param>
public readonly record struct RiskAnswer(int Strategy, int Number, string Symbol, Side Side, long Known, double Prediction,
    ExposureCap Cap, PortfolioState State);
