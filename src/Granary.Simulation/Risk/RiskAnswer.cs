using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Simulation.Risk;

/// <summary>Prediction of a risk model for an entry, with the resulting exposure cap.</summary>
/// <param name="Strategy">Index of the strategy in the plan.</param>
/// <param name="Number">Number of the signal.</param>
/// <param name="Known">Time at which the signal was known, UTC ticks.</param>
/// <param name="Prediction">Expected largest loss, as a fraction; NaN if the model made no prediction.</param>
internal readonly record struct RiskAnswer(int Strategy, int Number, string Symbol, Side Side, long Known, double Prediction,
    ExposureCap Cap, PortfolioState State);
