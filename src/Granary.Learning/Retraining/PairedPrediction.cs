using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Retraining;

/// <summary>Predictions of two versions of a model for one sample, and the outcome.</summary>
/// <param name="Time">Features known, UTC ticks.</param>
/// <param name="Known">Outcome known, UTC ticks.</param>
/// <param name="Incumbent">The prediction of the version in force.</param>
/// <param name="Challenger">The prediction of the other version.</param>
/// <param name="Outcome">0 or 1, or a number.</param>
internal readonly record struct PairedPrediction(long Time, long Known, double Incumbent, double Challenger, double Outcome)
{
    /// <summary>Computes both versions' predictions for a row that both can read.</summary>
    public static PairedPrediction Of(TrainingTable table, int row, ITrainedModel incumbent, ITrainedModel challenger) => new(
        table.Time[row], table.LabelEnd[row], incumbent.Predict(table.ReadInput(row, incumbent.Input, default)),
        challenger.Predict(table.ReadInput(row, challenger.Input, default)), table.Label[row]);
}
