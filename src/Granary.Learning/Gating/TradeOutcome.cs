using Granary.Engine.Trading;

namespace Granary.Learning.Gating;

/// <summary>A prediction beside what came of the trade.</summary>
public static class TradeOutcome
{
    /// <summary>Whether a prediction was wrong of a trade: it gave the outcome that came less than even chances.</summary>
    /// <param name="gained">Whether the trade has a net profit above zero.</param>
    public static bool IsWrong(double prediction, Side side, PredictionMeaning meaning, bool gained) => meaning switch
    {
        PredictionMeaning.ExpectedReturn => (int)side * prediction > 0,
        PredictionMeaning.ProbabilityOfRise when side == Side.Sell => prediction < 0.5,
        _ => prediction > 0.5,
    } != gained;
}
