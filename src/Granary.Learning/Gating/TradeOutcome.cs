using Granary.Engine.Trading;

namespace Granary.Learning.Gating;

/// <summary>Compares predictions with the outcomes of trades.</summary>
internal static class TradeOutcome
{
    /// <summary>Whether a prediction was wrong: it gave the actual outcome less than even odds.</summary>
    /// <param name="gained">Whether the trade has a positive net profit.</param>
    public static bool IsWrong(double prediction, Side side, PredictionMeaning meaning, bool gained) => meaning switch
    {
        PredictionMeaning.ExpectedReturn => (int)side * prediction > 0,
        PredictionMeaning.ProbabilityOfRise when side == Side.Sell => prediction < 0.5,
        _ => prediction > 0.5,
    } != gained;
}
